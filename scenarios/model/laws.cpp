// The formulas of laws.hpp, one short function each.
//
// Which of them covers a given scenario is decided in closed_form.cpp.
#include "scenarios/model/laws.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "scenarios/model/distribution.hpp"
#include "strategies/core/check.hpp"
#include "strategies/core/exact_math.hpp"

namespace squall::laws {
namespace {

double square_root(double x) { return __builtin_sqrt(x); }

// x^n by repeated multiplication: exact for 0 and 1, and no logarithm needed.
double power(double base, std::uint64_t exponent) {
  double result = 1.0;
  for (; exponent > 0; exponent >>= 1, base *= base) {
    if ((exponent & 1) != 0) result *= base;
  }
  return result;
}

// C(from, k) / C(all, k): all of k distinct picks out of `all` fall among `from`.
double all_among(std::uint32_t from, std::uint32_t all, std::uint32_t k) {
  SQUALL_CHECK(k <= all && from <= all);
  double probability = 1.0;
  for (std::uint32_t i = 0; i < k; ++i) {
    if (from <= i) return 0.0;
    probability *= static_cast<double>(from - i) / static_cast<double>(all - i);
  }
  return probability;
}

Duration nanoseconds(double value) { return Duration{static_cast<std::int64_t>(value + 0.5)}; }

// Mean of min(cap, U(base, 3 base)), the first delay of decorrelated jitter.
double decorrelated_mean(double base, double cap) {
  if (base <= 0.0) return 0.0;
  if (cap <= base) return cap;
  if (cap >= 3.0 * base) return 2.0 * base;
  return (cap * cap - base * base) / (4.0 * base) + cap * (3.0 * base - cap) / (2.0 * base);
}

}  // namespace

double effective_rooms(std::span<const double> sizes) {
  double sum = 0.0;
  double squares = 0.0;
  for (const double size : sizes) {
    sum += size;
    squares += size * size;
  }
  return squares > 0.0 ? sum * sum / squares : 0.0;
}

namespace {

// Unnormalized: what effective_rooms() makes of them does not depend on their sum.
std::vector<double> weights(Popularity popularity) {
  std::vector<double> sizes(popularity.rooms);
  for (std::uint32_t rank = 0; rank < popularity.rooms; ++rank) {
    sizes[rank] = exact::pow(static_cast<double>(rank) + 1.0, -popularity.zipf);
  }
  return sizes;
}

}  // namespace

double effective_rooms(Popularity popularity) { return effective_rooms(weights(popularity)); }

std::vector<double> shares(Popularity popularity) {
  std::vector<double> sizes = weights(popularity);
  const double all = std::accumulate(sizes.begin(), sizes.end(), 0.0);
  for (double& size : sizes) size /= all;
  return sizes;
}

double fanout(Audience audience) { return audience.users / audience.effective_rooms; }

double distinct_nodes(Spread spread) {
  if (spread.nodes <= 1.0) return spread.members > 0.0 ? spread.nodes : 0.0;
  return spread.nodes * (1.0 - exact::pow(1.0 - 1.0 / spread.nodes, spread.members));
}

double backplane_per_last_mile(BackplaneLoad load) { return load.nodes / load.fanout; }

double churn_floor(Churn churn) { return churn.gap_s / (churn.gap_s + churn.up_s); }

double uplink_loss(Churn churn, double uplink_s) {
  return 1.0 - exact::exp(-uplink_s / churn.up_s);
}

namespace {

Duration first_wait_without_least(const Backoff& backoff) {
  const double first = static_cast<double>(backoff.first.count());
  const double cap = static_cast<double>(backoff.cap.count());
  const double delay = std::min(first, cap);
  switch (backoff.kind) {
    case BackoffKind::none: return Duration{0};
    case BackoffKind::fixed: return backoff.first;
    case BackoffKind::exponential: return nanoseconds(delay);
    case BackoffKind::equal_jitter: return nanoseconds(0.75 * delay);
    case BackoffKind::full_jitter: return nanoseconds(0.5 * delay);
    case BackoffKind::plus_minus: return nanoseconds(delay);
    case BackoffKind::table: return mean_wait(backoff, 0);
    case BackoffKind::decorrelated: break;
  }
  return nanoseconds(decorrelated_mean(first, cap));
}

}  // namespace

Duration expected_first_backoff(const Backoff& backoff) {
  const Duration wait = first_wait_without_least(backoff);
  return backoff.least == Duration{0} ? wait : std::min(backoff.cap, backoff.least + wait);
}

Duration expected_ready_again(const Scenario& scenario, const ClientConfig& client) {
  const bool tls = scenario.cluster.nodes.cost_profile.ends_with("tls");
  const double one_way = scenario.cluster.net.client_node.mean();
  return expected_first_backoff(client.backoff) + nanoseconds(2.0 * one_way * (tls ? 4.0 : 3.0));
}

Duration expected_ready_again(const Scenario& scenario) {
  return expected_ready_again(scenario, scenario.client);
}

double deploy_disconnects_random(Deploy deploy) {
  SQUALL_CHECK(deploy.nodes > 0 && deploy.batch > 0);
  double load = 1.0 / deploy.nodes;  // of every node not yet restarted, in clients
  double total = 0.0;
  for (std::uint32_t done = 0; done < deploy.nodes; done += deploy.batch) {
    const std::uint32_t size = std::min(deploy.batch, deploy.nodes - done);
    total += size * load;
    if (size < deploy.nodes) load *= static_cast<double>(deploy.nodes) / (deploy.nodes - size);
  }
  return total;
}

double deploy_disconnects_least_conn(Deploy deploy) {
  SQUALL_CHECK(deploy.nodes > 0 && deploy.batch > 0);
  if (deploy.batch >= deploy.nodes) return 1.0;
  return 1.0 + static_cast<double>(deploy.batch) / deploy.nodes;
}

double storm_excess_s(Storm storm) { return storm.clients / storm.capacity - storm.window_s; }

bool storm_is_clean(Storm storm) { return storm_excess_s(storm) <= storm.timeout_s; }

double storm_first_wave(Storm storm) {
  return storm_is_clean(storm) ? 1.0 : storm.timeout_s / storm_excess_s(storm);
}

bool storm_sustains_itself(Storm storm) {
  const double left = storm.clients * (1.0 - storm_first_wave(storm));
  return left > storm.capacity * (storm.timeout_s + storm.window_s / 2.0);
}

double detection_mean_s(Heartbeat heartbeat) {
  return heartbeat.timeout_s + heartbeat.interval_s / 2.0;
}

double ghosts(Heartbeat heartbeat, double silent_deaths_per_s) {
  return silent_deaths_per_s * detection_mean_s(heartbeat);
}

double cheapest_interval_s(HeartbeatCost cost) {
  return 2.0 * square_root(cost.half_ping_bytes /
                           (cost.silent_deaths_per_s * cost.messages_per_s * cost.message_bytes));
}

double wait_mean_deterministic_s(Queue queue) { return wait_mean_general_s(queue, 0.0); }

double wait_mean_general_s(Queue queue, double service_cv_squared) {
  SQUALL_CHECK(queue.utilisation < 1.0);
  return queue.utilisation * queue.service_s * (1.0 + service_cv_squared) /
         (2.0 * (1.0 - queue.utilisation));
}

double sojourn_tail_exponential(Queue queue, double beyond_s) {
  SQUALL_CHECK(queue.utilisation < 1.0);
  return exact::exp(-(1.0 - queue.utilisation) * beyond_s / queue.service_s);
}

double batch_mean_s(Batch batch) { return (batch.recipients + 1.0) / 2.0 * batch.push_s; }

double redundant_loss(Paths paths) {
  return paths.shared_fate + (1.0 - paths.shared_fate) * power(paths.loss, paths.count);
}

double min_of_k(std::uint32_t paths, double tail_of_one) { return power(tail_of_one, paths); }

double one_over_n(Placed placed) {
  SQUALL_CHECK(placed.users >= 2 && placed.nodes > 0);
  const double low = static_cast<double>(placed.users / placed.nodes);
  const double fuller = static_cast<double>(placed.users % placed.nodes);  // nodes with low + 1
  const double users = static_cast<double>(placed.users);
  const double pairs = fuller * (low + 1.0) * low + (placed.nodes - fuller) * low * (low - 1.0);
  return pairs / (users * (users - 1.0));
}

double bare_meeting(ActiveSets sets) {
  return 1.0 - all_among(sets.nodes - sets.connections, sets.nodes, sets.connections);
}

double cut_off(ActiveSets sets, std::uint32_t dead_nodes) {
  return all_among(dead_nodes, sets.nodes, sets.connections);
}

double sticky_cv(Sticky sticky) {
  const double others = static_cast<double>(sticky.nodes) - 1.0;
  const double points = static_cast<double>(sticky.nodes) * sticky.points_per_node;
  const double arcs = sticky.points_per_node == 0 ? 0.0 : others / (points + 1.0);
  return square_root(others / sticky.effective_rooms + arcs);
}

}  // namespace squall::laws
