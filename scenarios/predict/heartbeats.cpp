// L7: how long a silent death goes unnoticed, how many ghosts that makes, what pings should cost.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include <algorithm>
#include <optional>

#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "sim/record/wire.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::predict {
namespace {

using laws::seconds;

// Silent deaths per second of some clients, each gone for `gap_s`; negative: not without memory.
double silent_deaths(const Population& people, double gap_s) {
  if (people.drop.is_never() || people.silent_drop == 0) return 0;
  if (people.drop.kind != Distribution::Kind::exponential) return -1;
  return people.count * people.silent_drop / (people.drop.mean() * 1e-9 + gap_s);
}

double silent_deaths(const Scenario& scenario, double gap_s) {
  double deaths = 0;
  for (const Population& people : scenario.people) {
    const double own = silent_deaths(people, gap_s);
    if (own < 0) return own;
    deaths += own;
  }
  return deaths;
}

// At any moment. Who breaks visibly is a ghost as well, for as long as the news is on its way.
double news_on_their_way(const Scenario& scenario) {
  double news = 0;
  for (const Population& people : scenario.people) {
    if (people.drop.is_never()) continue;
    const ClientConfig client = client_of(scenario, people);
    const double gap_s = seconds(laws::expected_ready_again(scenario, client));
    news += people.count * (1 - people.silent_drop) / (people.drop.mean() * 1e-9 + gap_s);
  }
  return news * scenario.cluster.net.client_node.mean() * 1e-9;
}

laws::Heartbeat beat_of(const ClientConfig& client) {
  return {.interval_s = seconds(client.heartbeat_every),
          .timeout_s = seconds(client.heartbeat_timeout)};
}

// Ghosts are as many as at any moment when measure begins: who died first has been found by then.
bool settled_by_then(const Case& of, laws::Heartbeat beat) {
  if (!kSettled.holds(of) || !kConnectionsComeAbout.holds(of)) return false;
  if (!kQueuesSettle.holds(of) || !kMessagesFit.holds(of)) return false;
  double latest_s = 0;
  for (const Population& people : of.scenario.people) {
    latest_s = std::max(latest_s, nearly_highest(people.arrive) * 1e-9);
  }
  return latest_s + beat.interval_s + beat.timeout_s <= seconds(of.scenario.time.warmup);
}

// Where populations have a heartbeat of their own, each is seen after its own time.
Answer each_by_itself(const Case& of) {
  const Scenario& scenario = of.scenario;
  Answer answer;
  double ghosts = 0;
  bool late = true;  // who is back before its ghost is found ends it early; and ghosts are settled
  for (const Population& people : scenario.people) {
    const ClientConfig client = client_of(scenario, people);
    const laws::Heartbeat beat = beat_of(client);
    answer.say("a silent death of " + people.name + " is seen after, on average",
               laws::detection_mean_s(beat) * 1e9, "ns");
    const double gap_s = seconds(laws::expected_ready_again(scenario, client));
    const double deaths = silent_deaths(people, gap_s);
    if (deaths < 0) return answer;
    if (deaths == 0) continue;
    ghosts += laws::ghosts(beat, deaths);
    late = late && gap_s > beat.interval_s + beat.timeout_s && settled_by_then(of, beat);
  }
  if (ghosts == 0 || !late) return answer;
  ghosts += news_on_their_way(scenario);
  answer.say("ghosts at any moment", ghosts, "1");
  answer.say("time that nodes believe in the dead",
             ghosts * static_cast<double>(scenario.time.measure.count()), "ns", "ghost.time");
  return answer;
}

// Who is back before its ghost can be found ends it where it was, if it comes back to that node.
// The chance of that; nothing where it depends on more, or on when the ghost would be found.
std::optional<double> share_ended_early(const Case& of, laws::Heartbeat beat, double gap_s) {
  if (gap_s > beat.interval_s + beat.timeout_s) return 0;
  if (gap_s > beat.timeout_s) return std::nullopt;
  // Who relays what is not its own sends clients elsewhere, and takes in those of others.
  const BackplaneRow& row = *backplane_named(of.strategy.backplane);
  const bool relays = row.reach == Reach::own_node && row.needs.peers;
  if (is_keyed(of)) return relays ? std::nullopt : std::optional(1.0);
  const std::string_view policy = policy_of(of);
  if (policy != "random" && policy != "round_robin") return std::nullopt;
  return 1.0 / of.scenario.cluster.nodes.count;
}

// Of ghosts that pings find: between what they cost and what is pushed to them.
void say_cheapest_interval(const Case& of, double deaths, Answer& answer) {
  const wire::Tls tls = tls_of(of);
  double heard = 0, bytes = 0;
  for (const Traffic& traffic : of.scenario.traffic) {
    const double pushes = messages_per_second(traffic) * mean_recipients(of.scenario, traffic);
    heard += pushes;
    bytes += pushes * traffic.size.mean();
  }
  if (heard <= 0 || deaths <= 0) return;
  const double users = users_of(of.scenario);
  answer.say("interval with the fewest bytes on pings and on pushes to ghosts",
             1e9 * laws::cheapest_interval_s(
                       {.half_ping_bytes = double(wire::websocket(0, true, tls).total()),
                        .silent_deaths_per_s = deaths / users,
                        .messages_per_s = heard / users,
                        .message_bytes = bytes / heard}),
             "ns");
}

}  // namespace

Answer heartbeats(const Case& of) {
  if (!clients_alike(of.scenario)) return each_by_itself(of);
  const laws::Heartbeat beat = beat_of(of.scenario.client);
  Answer answer;
  answer.say("a silent death is seen after, on average", laws::detection_mean_s(beat) * 1e9, "ns");
  const double gap_s = seconds(laws::expected_ready_again(of.scenario));
  const double deaths = silent_deaths(of.scenario, gap_s);
  if (deaths <= 0) return answer;
  const auto early = share_ended_early(of, beat, gap_s);
  if (!early) return answer;
  const double found = deaths * (1 - *early);  // by a ping
  // The node hears of who is back when he asks to be in, a way before he is told so.
  const double back_s = gap_s - of.scenario.cluster.net.client_node.mean() * 1e-9;
  const double ghosts =
      laws::ghosts(beat, found) + deaths * *early * back_s + news_on_their_way(of.scenario);
  answer.say("ghosts at any moment", ghosts, "1");
  if (settled_by_then(of, beat)) {
    answer.say("time that nodes believe in the dead",
               ghosts * static_cast<double>(of.scenario.time.measure.count()), "ns", "ghost.time");
  }
  say_cheapest_interval(of, found, answer);
  return answer;
}

}  // namespace squall::predict
