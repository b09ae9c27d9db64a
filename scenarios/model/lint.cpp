// Warnings from closed forms, before any CPU is spent: is the run long enough, the load small
// enough, the expectation coarse enough? Rough on purpose; never an error.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "scenarios/model/plan.hpp"
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

constexpr double kCheapestPush = 3e-6;  // seconds of a loop per recipient; the low end measured

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e9; }

std::string short_number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g", value);
  return buffer;
}

// Sum of rank^-exponent: the first terms exactly, the rest as an integral.
double zipf_sum(std::uint32_t count, double exponent) {
  constexpr std::uint32_t kExact = 10000;
  double sum = 0;
  for (std::uint32_t rank = 1; rank <= std::min(count, kExact); ++rank) {
    sum += std::pow(rank, -exponent);
  }
  if (count <= kExact) return sum;
  const double from = kExact + 0.5;
  const double to = count + 0.5;
  if (std::fabs(exponent - 1) < 1e-9) return sum + std::log(to / from);
  return sum + (std::pow(to, 1 - exponent) - std::pow(from, 1 - exponent)) / (1 - exponent);
}

double all_people(const Scenario& scenario) {
  double total = 0;
  for (const Population& population : scenario.people) total += population.count;
  return total;
}

// Mean recipients of a message to a room, when messages are proportional to membership.
double fan_out(const Scenario& scenario, const RoomSet& set) {
  if (!set.sizes.empty()) {
    double slots = 0;
    double squares = 0;
    for (const auto& [members, rooms] : set.sizes) {
      slots += double(members) * rooms;
      squares += double(members) * members * rooms;
    }
    return squares / slots;
  }
  const double shares = zipf_sum(set.count, set.zipf);
  const double even = zipf_sum(set.count, 2 * set.zipf) / (shares * shares);
  return all_people(scenario) * set.joined_per_user * even;
}

double recipients(const Scenario& scenario, const Traffic& traffic) {
  if (traffic.to != TrafficTo::room) return 1;
  const auto set = std::ranges::find(scenario.rooms, traffic.room_set, &RoomSet::name);
  return set == scenario.rooms.end() ? 0 : fan_out(scenario, *set);
}

double rate(const Traffic& traffic) {
  return static_cast<double>(traffic.rate_per_second_milli) / 1000;
}

class Lint {
 public:
  Lint(Reading& reading, const Json& root)
      : reading_(reading), root_(root), scenario_(reading.scenario) {}

  void utilisation();
  void drain();
  void resolution();
  void warm_up();
  void leases();

 private:
  bool anybody_disconnects() const;
  double owed_pairs(const Expectation& expectation) const;

  Reading& reading_;
  const Json& root_;
  const Scenario& scenario_;
};

void Lint::utilisation() {
  double pushes = 0;
  for (const Traffic& traffic : scenario_.traffic) {
    pushes += rate(traffic) * (1 + recipients(scenario_, traffic));
  }
  const NodeConfig& nodes = scenario_.cluster.nodes;
  const double predicted = pushes * kCheapestPush / (double(nodes.count) * nodes.loops);
  if (predicted <= 1) return;
  reading_.warn_at(root_, "/traffic", "S0501",
                   "predicted utilisation of node loops is at least " + short_number(predicted) +
                       " (> 1): queues will not settle; latency will depend on run length");
}

bool Lint::anybody_disconnects() const {
  const bool churn = std::ranges::any_of(
      scenario_.people, [](const Population& population) { return !population.drop.is_never(); });
  return churn || std::ranges::any_of(scenario_.script, [](const ScriptStep& step) {
           return row(step.verb).has_span && step.verb != Verb::flash;
         });
}

void Lint::drain() {
  const Duration needed = scenario_.client.backoff.cap + scenario_.time.deadline;
  if (scenario_.time.drain >= needed || !anybody_disconnects()) return;
  reading_.warn_at(
      root_, "/time/drain", "S0503",
      "drain " + format_duration(scenario_.time.drain) + " is shorter than backoff cap " +
          format_duration(scenario_.client.backoff.cap) + " + deadline " +
          format_duration(scenario_.time.deadline) + ": some pairs will be unresolved");
}

double Lint::owed_pairs(const Expectation& expectation) const {
  double window = seconds(scenario_.time.measure);
  for (const FaultSpan& span : fault_spans(scenario_)) {
    const Time begin = std::max(span.begin, Time{0});
    const Time end = std::min(span.end, scenario_.time.measure);
    const double length = end > begin ? seconds(end - begin) : 0;
    if (span.label == expectation.during) window = length;
    if (span.label == expectation.outside) window -= length;
  }
  double pairs = 0;
  for (const Traffic& traffic : scenario_.traffic) {
    const bool asked = expectation.of.empty() || expectation.of == traffic.name;
    if (asked) pairs += rate(traffic) * window * recipients(scenario_, traffic);
  }
  return pairs;
}

void Lint::resolution() {
  if (scenario_.traffic.empty()) return;  // scripted sends are counted exactly, not estimated
  for (std::size_t i = 0; i < scenario_.expect.size(); ++i) {
    const Expectation& expectation = scenario_.expect[i];
    const bool upper_bound = expectation.op == "<" || expectation.op == "<=";
    const bool share_of_pairs = expectation.metric.starts_with("loss.") &&
                                !expectation.metric.starts_with("loss.endpoint") &&
                                expectation.metric != "loss.worst_1pct_share";
    if (!upper_bound || !share_of_pairs || expectation.value <= 0) continue;
    const double needed = 3 / expectation.value;
    const double pairs = owed_pairs(expectation);
    if (pairs >= needed) continue;
    reading_.warn_at(root_, "/expect/" + std::to_string(i) + "/that", "S0505",
                     in_quotes(expectation.that) + " needs " + short_number(needed) +
                         " owed pairs at 95 %; this run has about " + short_number(pairs));
  }
}

void Lint::warm_up() {
  double arrived = 0;
  for (const Population& population : scenario_.people) {
    const Distribution& arrive = population.arrive;
    double last = static_cast<double>(std::max(arrive.first, arrive.second));
    if (arrive.kind == Distribution::Kind::exponential) last *= 3;  // 95 %
    if (arrive.kind == Distribution::Kind::lognormal) last *= std::exp(1.65 * arrive.sigma);
    arrived = std::max(arrived, last / 1e9);
  }
  double cache = 0;
  for (const StrategySpec& spec : scenario_.strategies) {
    if (spec.backplane == "routed") cache = std::max(cache, seconds(spec.route_cache));
  }
  if (scenario_.people.empty() || seconds(scenario_.time.warmup) >= arrived + cache) return;
  reading_.warn_at(root_, "/time/warmup", "S0507",
                   "warmup " + format_duration(scenario_.time.warmup) +
                       " is shorter than the last arrivals (" + short_number(arrived) +
                       "s) + the route cache (" + short_number(cache) +
                       "s): measure begins before things have settled");
}

// An entry that only a ping renews is gone between two of them.
void Lint::leases() {
  const RegistryConfig& registry = scenario_.cluster.registry;
  const Duration every = scenario_.client.heartbeat_every;
  const bool asked = std::ranges::any_of(scenario_.strategies, [](const StrategySpec& spec) {
    return spec.backplane == "routed" || spec.backplane == "session_store";
  });
  if (!asked || registry.renew != Renew::ping || every < registry.lease) return;
  reading_.warn_at(root_, "/cluster/registry", "S0513",
                   "the lease of " + format_duration(registry.lease) + " is not longer than the " +
                       format_duration(every) +
                       " between two pings, and only a ping renews it: entries are missing "
                       "although nothing fails");
}

}  // namespace

void lint_scenario(Reading& reading, const Json& root) {
  Lint lint(reading, root);
  lint.utilisation();
  lint.drain();
  lint.resolution();
  lint.warm_up();
  lint.leases();
}

}  // namespace squall::language
