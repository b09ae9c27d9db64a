// The closed forms: what a run must come out at, computed without one. Pure functions.
//
// Each states its assumptions. Where a scenario does not meet them, closed_form() says nothing
// rather than something close. Times are in seconds unless the type says Duration; loss, share and
// probability are ratios in [0, 1]. Used by `metric ~ closed_form` and by tests.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "strategies/core/spec.hpp"
#include "strategies/core/types.hpp"

namespace squall::laws {

// A time as the formulas take it.
inline double seconds(Duration duration) { return static_cast<double>(duration.count()) * 1e-9; }

// ---- 1. Effective number of rooms --------------------------------------------------------------

// K_eff = (sum w)^2 / sum w^2: how many equal rooms would be as concentrated as these sizes.
double effective_rooms(std::span<const double> sizes);

struct Popularity {
  std::uint32_t rooms;
  double zipf;  // exponent; 0: all equal
};
double effective_rooms(Popularity popularity);
std::vector<double> shares(Popularity popularity);  // by rank; their sum is 1

// Mean recipients of a message when each user is in one room and rooms speak in proportion to size.
struct Audience {
  double users;
  double effective_rooms;
};
double fanout(Audience audience);

// ---- 2, 3. When the backplane matters ----------------------------------------------------------

struct Spread {
  double members;  // of one room, placed uniformly and independently
  double nodes;
};
// Expected number of nodes that hold at least one member: N (1 - (1 - 1/N)^m).
double distinct_nodes(Spread spread);

// What nodes put around a message for each other: as sim/record/wire.hpp says.
inline constexpr double kRelayEnvelope = 24;

// Copies on the backplane per copy on a last mile, global broadcast: N / F.
struct BackplaneLoad {
  double nodes;
  double fanout;
};
double backplane_per_last_mile(BackplaneLoad load);

// ---- 4. Churn floor ----------------------------------------------------------------------------

// Share of messages to a client that fall into its gaps, at most once, nothing replayed:
// g / (g + 1/nu). Steady state; one interval between the end of a gap and the next drop is `up_s`.
struct Churn {
  double gap_s;  // involuntary disconnection until reachable again
  double up_s;   // 1 / nu
};
double churn_floor(Churn churn);

// Share of a sender's messages that are on the uplink when its connection ends, when connections
// end without memory: 1 - e^(-d / up), so d / up while d is short. What it says in a gap is sent on
// the next connection, and is as likely to be lost.
double uplink_loss(Churn churn, double uplink_s);

// Mean delay before the first reconnect attempt, per back-off formula.
Duration expected_first_backoff(const Backoff& backoff);

// Mean time from an involuntary disconnection to ready when the first attempt succeeds and nothing
// queues: first back-off + round trips of net.client_node (TCP, upgrade, subscribe, and TLS when
// the cost profile's name ends in "tls").
Duration expected_ready_again(const Scenario& scenario, const ClientConfig& client);
Duration expected_ready_again(const Scenario& scenario);  // of who does as `client` says

// ---- 5. Rolling deploys ------------------------------------------------------------------------

struct Deploy {
  std::uint32_t nodes;
  std::uint32_t batch;  // nodes restarted at once; the last batch may be smaller
};
// Involuntary disconnections per client over a whole rolling restart, clients coming back while
// their batch is still down. Random: (N-b)/N ((N/(N-b))^(N/b) - 1), towards e - 1 for small b.
double deploy_disconnects_random(Deploy deploy);
// Least connections: the batch that just came back is empty and takes everybody; 1 + b/N.
double deploy_disconnects_least_conn(Deploy deploy);

// ---- 6. Reconnect storms -----------------------------------------------------------------------

// A loop takes one new connection a turn; who has been taken is served without waiting for the
// others (ARCHITECTURE, Decisions), so a handshake waits for those before it and for nothing else.
struct Storm {
  double clients;    // n, retrying uniformly in the window
  double window_s;   // W
  double capacity;   // M, handshakes per second left after base load
  double timeout_s;  // theta; abandoned work is not cancelled, the accept queue is unbounded
};
double storm_excess_s(Storm storm);       // x = n/M - W, how late the last one is
bool storm_is_clean(Storm storm);         // x <= theta
double storm_first_wave(Storm storm);     // share that succeeds: 1 or theta / x
bool storm_sustains_itself(Storm storm);  // n (1 - phi) > M (theta + W/2), fixed window

// ---- 7. Heartbeats -----------------------------------------------------------------------------

struct Heartbeat {
  double interval_s;  // I
  double timeout_s;   // T
};
double detection_mean_s(Heartbeat heartbeat);  // silent death is seen after U[T, T + I]
double ghosts(Heartbeat heartbeat, double silent_deaths_per_s);  // Little's law

struct HeartbeatCost {
  double half_ping_bytes;      // h: one direction of a ping-pong
  double silent_deaths_per_s;  // nu, per client
  double messages_per_s;       // lambda, per client
  double message_bytes;        // p
};
// The interval with the fewest bytes on pings plus pushes to ghosts: 2 sqrt(h / (nu lambda p)).
double cheapest_interval_s(HeartbeatCost cost);

// ---- 8. Queues ---------------------------------------------------------------------------------

struct Queue {
  double utilisation;  // rho < 1
  double service_s;    // mean
};
double wait_mean_deterministic_s(Queue queue);                       // M/D/1: rho S / (2 (1 - rho))
double wait_mean_general_s(Queue queue, double service_cv_squared);  // Pollaczek-Khinchine
double sojourn_tail_exponential(Queue queue, double beyond_s);       // M/M/1: P(T > t)

struct Batch {
  double recipients;  // m
  double push_s;      // s each, one after the other
};
double batch_mean_s(Batch batch);  // (m + 1)/2 s

// ---- 9, 10. Redundancy -------------------------------------------------------------------------

struct Paths {
  std::uint32_t count;       // k
  double loss;               // q, per path
  double shared_fate = 0.0;  // c: probability that all fail together
};
double redundant_loss(Paths paths);                        // c + (1 - c) q^k
double min_of_k(std::uint32_t paths, double tail_of_one);  // P(min > t) = P(one > t)^k

// ---- Strategies --------------------------------------------------------------------------------

struct Placed {
  std::uint64_t users;
  std::uint32_t nodes;
};
// Session sharing delivers when both sit on one node. Placed evenly (round robin):
// (n/N - 1)/(n - 1), with the remainder of n / N accounted for. At least two users.
double one_over_n(Placed placed);

// Multi-active without a backplane, k random distinct nodes of n for each side: the probability
// that two such sets meet, 1 - C(n-k, k)/C(n, k).
struct ActiveSets {
  std::uint32_t nodes;
  std::uint32_t connections;
};
double bare_meeting(ActiveSets sets);
// Share of clients whose k nodes are all among the dead ones: C(dead, k)/C(n, k).
double cut_off(ActiveSets sets, std::uint32_t dead_nodes);

// Coefficient of variation of connections per node when rooms are hashed to nodes:
// sqrt((N-1)/K_eff + (N-1)/(N V + 1)), V ring points per node; V = 0: no ring term.
// It is the root mean square over all namings of rooms and nodes. One naming scatters around it,
// the more the smaller K_eff, and does so alike for every seed.
struct Sticky {
  std::uint32_t nodes;
  double effective_rooms;
  std::uint32_t points_per_node = 160;  // nginx
};
double sticky_cv(Sticky sticky);

}  // namespace squall::laws

namespace squall {

// What `metric` must come out at for this strategy in this scenario, or nothing when no law covers
// it. Metrics: loss.intent, reconnects.per_client, imbalance.connections.cv.
std::optional<double> closed_form(std::string_view metric, const Scenario& scenario,
                                  const StrategySpec& strategy);

}  // namespace squall
