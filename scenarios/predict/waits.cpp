// L8: waiting in queues, and for one's turn in a batch of pushes.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include <algorithm>

#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::predict {
namespace {

constexpr double kQuiet = 0.05;  // utilisation below which a batch hardly waits for its loop

using laws::seconds;

// Other recipients of a message that somebody hears.
double others_who_hear(const Case& of) {
  return (users_of(of.scenario) - 2.0) * share_of_heard_room(of);
}

// Chance that another member sits on the same loop: of what is filled in turn it is less than of
// what is chosen at random, as whoever sits on one has made it fuller. Loops are filled in turn.
double shares_loop(const Case& of) {
  const NodeConfig& nodes = of.scenario.cluster.nodes;
  const auto users = static_cast<std::uint64_t>(users_of(of.scenario));
  if (users < 2) return 1.0 / (double(nodes.count) * nodes.loops);
  if (policy_of(of) == "round_robin" || policy_of(of) == "least_conn") {
    return laws::one_over_n(
        {.users = users, .nodes = std::uint32_t{nodes.count} * std::uint32_t{nodes.loops}});
  }
  const std::uint64_t on_node = std::max<std::uint64_t>(2, 1 + (users - 1) / nodes.count);
  return laws::one_over_n({.users = on_node, .nodes = nodes.loops}) / nodes.count;
}

// Between the two where it is neither: then it is said as of random, and measured with many users.
bool is_known_where_others_sit(const Case& of) {
  constexpr double kMany = 200;  // a node
  const std::string_view policy = policy_of(of);
  const bool known = policy == "random" || policy == "round_robin" || policy == "least_conn";
  return known || users_of(of.scenario) >= kMany * of.scenario.cluster.nodes.count;
}

// What a push costs is known from the mean of sizes, unless it is another from some size on.
bool pushes_cost_by_size(const Case& of) {
  const auto& deflate = of.scenario.cluster.nodes.deflate;
  if (!deflate || deflate->from == 0) return true;
  return std::ranges::all_of(of.scenario.traffic, [](const Traffic& traffic) {
    return traffic.size.kind == Distribution::Kind::fixed;
  });
}

// Mean over all deliveries of the turns until one's own push is done.
double turns(const Case& of, double& push_s) {
  double pairs = 0, waited = 0;
  push_s = 0;
  for (const Traffic& traffic : of.scenario.traffic) {
    const bool room = traffic.to == TrafficTo::room;
    const double one_s = seconds_of_push(of.scenario, traffic);
    const double heard =
        messages_per_second(traffic) * (room ? recipients_in_room(of) : recipients_of(of, traffic));
    // Every other recipient is on the same loop with this chance, and half of those are before.
    const double recipients = 1.0 + (room ? others_who_hear(of) * shares_loop(of) : 0.0);
    pairs += heard;
    waited += heard * laws::batch_mean_s({.recipients = recipients, .push_s = one_s});
    push_s += heard * one_s;
  }
  push_s = pairs > 0 ? push_s / pairs : 0;
  return pairs > 0 ? waited / pairs : 0;
}

}  // namespace

Answer waits(const Case& of) {
  const CostProfile costs = costs_of(of.scenario.cluster.nodes);
  const Demand asked = demand(of.scenario, of.strategy);
  Answer answer;
  answer.say("a frame's wait for its loop, as of M/D/1",
             1e9 * laws::wait_mean_deterministic_s(
                       {.utilisation = asked.loops, .service_s = seconds(costs.frame_read)}),
             "ns");
  const BackplaneRow& row = *backplane_named(of.strategy.backplane);
  if (row.needs.broker && !row.reads_log) {
    const ServiceCosts& broker = service_costs();
    const bool grouped = of.scenario.cluster.broker.group == ConsumerGroup::shared;
    const double hearers = grouped ? 1 : of.scenario.cluster.nodes.count;
    const double service_s = seconds(broker.publish) + hearers * seconds(broker.per_subscriber);
    answer.say("a message's wait for the broker, as of M/D/1",
               1e9 * laws::wait_mean_deterministic_s(
                         {.utilisation = asked.broker, .service_s = service_s}),
               "ns");
  }
  if (!is_keyed(of) && of.strategy.connections == 1) {
    double push_s = 0;
    const double waited_s = turns(of, push_s);
    const bool measured = row.covers == Covers::broker_link && asked.loops < kQuiet &&
                          asked.lines < kQuiet && frames_fit_into_the_kernel(of) &&
                          is_known_where_others_sit(of) && pushes_cost_by_size(of) &&
                          kNoDrops.holds(of);
    answer.say("turns of a batch until one's own push is done", waited_s * 1e9, "ns",
               measured ? "latency.stage.fan_out.mean" : "");
  }
  return answer;
}

}  // namespace squall::predict
