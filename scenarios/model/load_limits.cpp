// What a valid scenario may not ask for, although each of its values is in range: loops in which
// time hardly moves, and amounts that no machine holds. Refused with the figure, before memory is
// touched. What the loader cannot foresee, the engine ends (sim/kernel/hurry.hpp).
#include <fmt/core.h>
#include <cstdio>

#include "scenarios/model/across_sections.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/plan.hpp"
#include "scenarios/model/settings.hpp"
#include "scenarios/model/tables.hpp"
#include "scenarios/model/volume.hpp"

namespace squall::language {
namespace {

// A loop of one client, and of all clients together. Each round is some ten events.
constexpr double kShortestRound = 10e-6;  // seconds
constexpr double kMostRounds = 1e6;       // per virtual second, while nothing is wrong
constexpr double kMostRetries = 1e7;      // per virtual second, while nobody gets in
constexpr double kMostMessages = 1e9;     // of a run
constexpr double kMostPerSecond = 1e7;    // messages
constexpr double kMostScripted = 10e6;    // sends of individuals
constexpr double kMostConnections = 1e8;  // of all endpoints
constexpr double kLongestBacklog = 10 * 365.25 * 24 * 3600;  // seconds that a queue may hold

std::string figure(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g", value);
  return buffer;
}

// Seconds: the mean of what is drawn, where a draw beyond a second counts as one. A loop that is
// slow now and then is not kept from being fast in between, so plain means would not do.
double typical(const Distribution& distribution) {
  if (distribution.is_never()) return 1;
  constexpr std::uint64_t kQuantiles = 64;
  const Sampler sampler(distribution);
  double sum = 0;
  for (std::uint64_t i = 0; i < kQuantiles; ++i) {
    const std::uint64_t bits = (2 * i + 1) << 57;  // the middle of each sixty-fourth
    sum += std::min(static_cast<double>(sampler.sample(bits)) / 1e9, 1.0);
  }
  return sum / double(kQuantiles);
}

// Seconds that a client waits between attempts when it has failed for long.
double settled_wait(const Backoff& backoff) {
  const double first = static_cast<double>(backoff.first.count()) / 1e9;
  const double cap = static_cast<double>(backoff.cap.count()) / 1e9;
  const bool grows = first > 0 && backoff.factor > 1;
  const double bound = grows ? cap : std::min(first, cap);
  const double least = static_cast<double>(backoff.least.count()) / 1e9;
  switch (backoff.kind) {
    case BackoffKind::none: return least;
    case BackoffKind::fixed: return first + least;
    case BackoffKind::exponential: return bound;
    case BackoffKind::equal_jitter: return bound * 0.75;
    case BackoffKind::full_jitter: return least + bound * 0.5;
    case BackoffKind::decorrelated: return first > 0 ? cap * 0.5 : 0;
    case BackoffKind::plus_minus: return bound;
    case BackoffKind::table:
      if (backoff.delays.empty()) return least;
      return least + static_cast<double>(mean_wait(backoff, backoff.delays.size()).count()) / 1e9;
  }
  return 0;
}

class Limits : private AcrossSections {
 public:
  using AcrossSections::AcrossSections;

  void lives();
  void retries();
  void amounts();
  void messages();
  void backlogs();
  void memory();
  void liveness();

 private:
  void round(const std::string& pointer, const std::string& what, double seconds, double count,
             double most, std::string suggestion);
  void all_of_it(const std::string& pointer, double copies, std::int64_t bits_per_second);
  void backlog(const std::string& pointer, const std::string& what, Bytes limit,
               std::int64_t bits_per_second);
  void sum_up_what_is_said();
  double users() const;
  ClusterConfig at_worst() const;

  double said_ = 0;  // bytes
};

double Limits::users() const {
  double total = static_cast<double>(scenario_.clients.size());
  for (const Population& population : scenario_.people) total += population.count;
  return total;
}

void Limits::round(const std::string& pointer, const std::string& what, double seconds,
                   double count, double most, std::string suggestion) {
  if (count == 0) return;
  if (seconds < kShortestRound) {
    fail(pointer, "S0411",
         fmt::format("{} takes {}: time would stand still; at least 10 us", what,
                     seconds == 0 ? "no time" : figure(seconds * 1e6) + " us"),
         std::move(suggestion));
  } else if (count / seconds > most) {
    fail(
        pointer, "S0411",
        fmt::format("{} takes {} ms, and there are {}: {} rounds per second are more than {}", what,
                    figure(seconds * 1e3), figure(count), figure(count / seconds), figure(most)),
        std::move(suggestion));
  }
}

// Logout and login, drop and return: they go round as long as the run lasts.
void Limits::lives() {
  for (const Population& population : scenario_.people) {
    const std::string pointer = "/people/" + pointer_token(population.name);
    if (!clean(pointer)) continue;
    if (!population.stay.is_never() && !population.away.is_never()) {
      round(pointer + "/stay", "a login and a logout of " + population.name,
            typical(population.stay) + typical(population.away), population.count, kMostRounds,
            "a longer stay or away");
    }
    if (!population.drop.is_never()) {
      round(pointer + "/drop", "from one drop of " + population.name + " to the next",
            typical(population.drop), population.count, kMostRounds, "a longer drop");
    }
  }
}

void Limits::retries() {
  if (!clean("/client") || !clean("/cluster/net")) return;
  const double there_and_back = 2 * typical(scenario_.cluster.net.client_node);
  const auto retry = [&](const std::string& pointer, const ClientConfig& client, double count) {
    round(pointer + "/backoff", "a refused attempt and the wait after it",
          there_and_back + settled_wait(client.backoff), count, kMostRetries,
          "a longer back-off, or a client_node that takes time");
  };
  double others = users();
  for (const OwnClient& own : own_clients(scenario_)) {
    if (!clean(own.pointer)) continue;
    retry(own.pointer, client_of(scenario_, own), own.count);
    others -= own.count;
  }
  retry("/client", scenario_.client, others);
}

void Limits::amounts() {
  double seats = 0;
  for (const RoomSet& set : scenario_.rooms) {
    if (clean("/rooms/" + pointer_token(set.name))) seats += memberships(scenario_, set);
  }
  if (seats > kMostMemberships) {
    fail("/rooms", "S0410",
         fmt::format("{} memberships are more than {}", figure(seats), kMostMemberships));
  }
  const double sends = scripted_sends(scenario_);
  if (sends > kMostScripted) {
    fail("/script", "S0410",
         figure(sends) + " sends of individuals are more than " + figure(kMostScripted),
         "a traffic class takes no memory");
  }
  for (std::size_t i = 0; i < scenario_.strategies.size() && clean("/strategies"); ++i) {
    const double links = users() * scenario_.strategies[i].connections;
    if (links <= kMostConnections) continue;
    fail(fmt::format("/strategies/{}", i), "S0410",
         figure(links) + " connections are more than " + figure(kMostConnections));
  }
}

void Limits::messages() {
  if (!clean("/time") || !clean("/script")) return;
  double total = 0;
  for (std::size_t i = 0; i < scenario_.traffic.size(); ++i) {
    const std::string pointer = fmt::format("/traffic/{}", i);
    if (!clean(pointer)) continue;
    const Traffic& traffic = scenario_.traffic[i];
    const Volume volume =
        volume_of(scenario_, traffic, -scenario_.time.warmup, scenario_.time.measure);
    total += volume.messages;
    if (volume.per_second <= kMostPerSecond) continue;
    fail(pointer + "/rate", "S0411",
         figure(volume.per_second) + " messages per second at the busiest moment are more than " +
             figure(kMostPerSecond),
         "flashes that overlap multiply");
  }
  if (total <= kMostMessages) return;
  fail("/traffic", "S0410",
       figure(total) + " messages in one run are more than " + figure(kMostMessages));
}

// A queue that would take longer to empty than the clock of a run can count.
void Limits::backlog(const std::string& pointer, const std::string& what, Bytes limit,
                     std::int64_t bits_per_second) {
  const bool unlimited = limit == kUnlimited;
  const double bytes = unlimited ? said_ : static_cast<double>(limit + kLargestMessage);
  const double seconds = bytes * 8 / static_cast<double>(bits_per_second);
  if (seconds <= kLongestBacklog) return;
  fail(pointer, "S0412",
       fmt::format("{}{} at {} takes {} hours to empty: more than ten years", what,
                   unlimited ? " without a limit" : " of " + format_size(limit),
                   format_bit_rate(bits_per_second), figure(seconds / 3600)));
}

// Bytes of all messages of the run: more never waits anywhere.
void Limits::sum_up_what_is_said() {
  if (!clean("/time") || !clean("/script") || !clean("/traffic")) return;
  for (const Traffic& traffic : scenario_.traffic) {
    const Volume all =
        volume_of(scenario_, traffic, -scenario_.time.warmup, scenario_.time.measure);
    said_ += all.messages * std::min(traffic.size.mean(), double(kLargestMessage));
  }
  said_ += scripted_sends(scenario_) * double(kLargestMessage);
}

// The slowest card and the largest queues that the script ever sets.
ClusterConfig Limits::at_worst() const {
  ClusterConfig worst = scenario_.cluster;
  for (const ScriptStep& step : scenario_.script) {
    if (step.verb != Verb::set || !step.traffic.empty()) continue;
    Scenario own = scenario_;
    apply_setting(own, step.path, step.value);
    const auto raise = [](Bytes& limit, Bytes set) { limit = std::max(limit, set); };
    raise(worst.nodes.egress_limit, own.cluster.nodes.egress_limit);
    raise(worst.net.peer_queue, own.cluster.net.peer_queue);
    raise(worst.broker.output_hard, own.cluster.broker.output_hard);
    raise(worst.broker.publisher_buffer, own.cluster.broker.publisher_buffer);
    const auto slow_down = [](std::int64_t& rate, std::int64_t set) {
      if (set > 0 && (rate == 0 || set < rate)) rate = set;
    };
    slow_down(worst.net.node_bandwidth, own.cluster.net.node_bandwidth);
    slow_down(worst.net.client_bandwidth, own.cluster.net.client_bandwidth);
    slow_down(worst.net.broker_bandwidth, own.cluster.net.broker_bandwidth);
  }
  return worst;
}

void Limits::backlogs() {
  if (!clean("/cluster") || !clean("/people") || !clean("/clients")) return;
  if (!clean("/script")) return;
  sum_up_what_is_said();
  const ClusterConfig cluster = at_worst();
  for (const Population& population : scenario_.people) {
    backlog("/people/" + pointer_token(population.name) + "/downlink", "an egress queue",
            cluster.nodes.egress_limit, population.downlink);
  }
  for (const ScriptedClient& client : scenario_.clients) {
    if (reading_.full()) return;
    backlog("/clients/" + pointer_token(client.name) + "/downlink", "an egress queue",
            cluster.nodes.egress_limit, client.downlink);
  }
  const std::string net = "/cluster/net/node_bandwidth";
  const std::int64_t rate = cluster.net.node_bandwidth;
  backlog(net, "a peer_queue", cluster.net.peer_queue, rate);
  backlog(net, "a broker output of output_hard", cluster.broker.output_hard, rate);
  backlog(net, "a publisher_buffer", cluster.broker.publisher_buffer, rate);
  all_of_it(net, cluster.nodes.count, rate);
  all_of_it("/cluster/net/broker_bandwidth", cluster.nodes.count, cluster.net.broker_bandwidth);
  all_of_it("/cluster/net/client_bandwidth", users(), cluster.net.client_bandwidth);
}

// What is said in the whole run, to so many, on one card.
void Limits::all_of_it(const std::string& pointer, double copies, std::int64_t bits_per_second) {
  if (bits_per_second == 0) return;
  const double seconds = said_ * copies * 8 / static_cast<double>(bits_per_second);
  if (seconds <= kLongestBacklog) return;
  fail(pointer, "S0412",
       fmt::format("the messages of the run take {} hours at {}: more than ten years",
                   figure(seconds / 3600), format_bit_rate(bits_per_second)));
}

// A process that is killed at its start is started again, and again.
void Limits::memory() {
  if (!clean("/cluster/nodes")) return;
  const auto check = [&](const std::string& pointer, const std::string& whose,
                         const Scenario& scenario) {
    const std::optional<MemoryConfig>& memory = scenario.cluster.nodes.memory;
    if (!memory || memory->limit > memory->base) return true;
    fail(pointer, "S0330",
         fmt::format("{}limit {} must be above base {}: the process would be killed as it starts",
                     whose, format_size(memory->limit), format_size(memory->base)),
         "a limit of more than " + format_size(memory->base) + ", or a smaller base");
    return false;
  };
  if (!check("/cluster/nodes/memory/limit", "", scenario_) || !clean("/strategies")) return;
  for (std::size_t i = 0; i < scenario_.strategies.size(); ++i) {
    const StrategySpec& spec = scenario_.strategies[i];
    if (spec.settings.empty()) continue;
    check(fmt::format("/strategies/{}", i), spec.name + " plays a memory whose ",
          with_settings(scenario_, spec));
  }
}

// The next question would come before the answer to this one is due.
void Limits::liveness() {
  const std::optional<LivenessConfig>& liveness = scenario_.cluster.nodes.liveness;
  if (!clean("/cluster/nodes") || !liveness || liveness->timeout <= liveness->every) return;
  fail("/cluster/nodes/liveness/timeout", "S0330",
       "timeout " + format_duration(liveness->timeout) + " must not be longer than every " +
           format_duration(liveness->every),
       "a timeout of at most " + format_duration(liveness->every));
}

}  // namespace

void check_limits(Reading& reading, const Json& root) {
  if (reading.full()) return;
  Limits limits(reading, root);
  limits.lives();
  limits.retries();
  limits.amounts();
  limits.messages();
  limits.backlogs();
  limits.memory();
  limits.liveness();
}

}  // namespace squall::language
