// Warnings from closed forms, before any CPU is spent: is the run long enough, the load small
// enough, the expectation coarse enough? Rough on purpose; never an error.
#include "scenarios/model/lint.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

#include "scenarios/model/calm.hpp"
#include "scenarios/model/deflate.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/distances.hpp"
#include "scenarios/model/expectation.hpp"
#include "scenarios/model/json_tree.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/plan.hpp"
#include "scenarios/model/running.hpp"
#include "scenarios/model/tables.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::language {
namespace {

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e9; }

std::string short_number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g", value);
  return buffer;
}

// The verbs that end connections of clients, or may.
bool disconnects(const Scenario& scenario, const ScriptStep& step) {
  switch (step.verb) {
    case Verb::crash:
    case Verb::restart:
    case Verb::host_loss:
    case Verb::drain:
    case Verb::rolling_restart:
    case Verb::scale:
    case Verb::disconnect: return true;
    case Verb::pause:  // of a process: its clients hear nothing meanwhile
      return step.lasts == Duration{0} ||
             std::ranges::any_of(played_clients(scenario), [&](const ClientConfig& client) {
               return step.lasts > client.heartbeat_timeout;
             });
    case Verb::partition:
    case Verb::heal:
    case Verb::undrain:
    case Verb::broker_down:
    case Verb::registry_down:
    case Verb::broker_failover:
    case Verb::registry_failover:
    case Verb::lb_reload:
    case Verb::slow:
    case Verb::flash:
    case Verb::set:
    case Verb::connect:
    case Verb::join:
    case Verb::leave:
    case Verb::send: return false;
  }
  return false;
}

class Lint {
 public:
  explicit Lint(const Scenario& scenario) : scenario_(scenario) {}

  std::vector<Finding> all();

 private:
  void warn(std::string pointer, std::string code, std::string message) {
    found_.push_back({std::move(pointer), std::move(code), std::move(message)});
  }

  void utilisation();
  void drain();
  void warm_up();
  void connecting();
  void leases();
  void quiet();
  void places();
  void memory();
  void mailboxes();
  void rooms();

  // Every `client` that is played, and where it stands.
  std::vector<std::pair<std::string, ClientConfig>> clients() const;
  void in_time(const std::string& pointer, const ClientConfig& client);
  Duration rarest_heartbeat() const;
  bool anybody_disconnects() const;
  std::pair<double, std::string> settling() const;

  const Scenario& scenario_;
  std::vector<Finding> found_;
};

void Lint::utilisation() {
  double most = 0;
  for (const StrategySpec& spec : scenario_.strategies) {
    most = std::max(most, demand(scenario_, spec).loops);
  }
  if (most <= 1) return;
  warn("/traffic", "S0501",
       "predicted utilisation of node loops is at least " + short_number(most) +
           " (> 1): queues will not settle; latency will depend on run length");
}

// Nobody gets in, or nobody stays: a run would say so at length, with an empty table.
void Lint::connecting() {
  if (scenario_.people.empty() && scenario_.clients.empty()) return;
  for (const auto& [pointer, client] : clients()) in_time(pointer, client);
}

std::vector<std::pair<std::string, ClientConfig>> Lint::clients() const {
  std::vector<std::pair<std::string, ClientConfig>> clients;
  for (const OwnClient& own : own_clients(scenario_)) {
    clients.emplace_back(own.pointer, client_of(scenario_, own));
  }
  if (played_clients(scenario_).size() > clients.size()) {
    clients.emplace(clients.begin(), "/client", scenario_.client);
  }
  return clients;
}

void Lint::in_time(const std::string& pointer, const ClientConfig& client) {
  const Duration connect = time_to_connect(scenario_);
  if (connect >= client.connect_timeout) {
    warn(pointer + "/connect_timeout", "S0509",
         fmt::format("connecting takes {}s (net.client_node, there and back several times) and "
                     "connect_timeout is {}: nobody can connect",
                     short_number(seconds(connect)), format_duration(client.connect_timeout)));
    return;
  }
  const Duration round_trip =
      Duration{static_cast<std::int64_t>(2 * scenario_.cluster.net.client_node.mean())} +
      2 * farthest_client(scenario_);
  const Duration whole = scenario_.time.warmup + scenario_.time.measure + scenario_.time.drain;
  if (round_trip < client.heartbeat_timeout || client.heartbeat_every > whole) return;
  warn(pointer + "/heartbeat/timeout", "S0510",
       fmt::format("a pong takes {}s and the heartbeat's timeout is {}: every connection is given "
                   "up at its first ping",
                   short_number(seconds(round_trip)), format_duration(client.heartbeat_timeout)));
}

Duration Lint::rarest_heartbeat() const {
  Duration rarest{0};
  for (const auto& [pointer, client] : clients()) {
    rarest = std::max(rarest, client.heartbeat_every);
  }
  return rarest;
}

bool Lint::anybody_disconnects() const {
  const bool churn = std::ranges::any_of(
      scenario_.people, [](const Population& population) { return !population.drop.is_never(); });
  return churn || std::ranges::any_of(scenario_.script, [this](const ScriptStep& step) {
           return disconnects(scenario_, step);
         });
}

void Lint::drain() {
  Duration wait{0};
  for (const auto& [pointer, client] : clients()) {
    wait = std::max(wait, longest_wait(client.backoff));
  }
  if (scenario_.time.drain >= wait + scenario_.time.deadline || !anybody_disconnects()) return;
  warn("/time/drain", "S0503",
       fmt::format("drain {} is shorter than the longest back-off {} + deadline {}: who waits that "
                   "long is still away at the end, and what it has queued counts as never sent",
                   format_duration(scenario_.time.drain), format_duration(wait),
                   format_duration(scenario_.time.deadline)));
}

// The longest of the options that have to pass before things have settled.
std::pair<double, std::string> Lint::settling() const {
  std::pair<double, std::string> longest;
  for (const StrategySpec& spec : scenario_.strategies) {
    for (const Option& option : backplane_named(spec.backplane)->options) {
      const double value = seconds(duration_of(option, spec));
      if (option.settles && value > longest.first) longest = {value, std::string(option.name)};
    }
  }
  return longest;
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
  const auto [cache, name] = settling();
  if (scenario_.people.empty() || seconds(scenario_.time.warmup) >= arrived + cache) return;
  const std::string also =
      name.empty() ? "" : fmt::format(" + {} ({}s)", name, short_number(cache));
  warn("/time/warmup", "S0507",
       fmt::format("warmup {} is shorter than the last arrivals ({}s){}: measure begins before "
                   "things have settled",
                   format_duration(scenario_.time.warmup), short_number(arrived), also));
}

// An entry that only a ping renews is gone between two of them.
void Lint::leases() {
  const RegistryConfig& registry = scenario_.cluster.registry;
  const Duration every = rarest_heartbeat();
  const bool asked = std::ranges::any_of(scenario_.strategies, [](const StrategySpec& spec) {
    return backplane_named(spec.backplane)->needs.registry;
  });
  if (!asked || registry.renew != Renew::ping || every < registry.lease) return;
  warn("/cluster/registry", "S0513",
       fmt::format("the lease of {} is not longer than the {} between two pings, and only a ping "
                   "renews it: entries are missing although nothing fails",
                   format_duration(registry.lease), format_duration(every)));
}

// A ping is the only thing that a quiet connection can be kept alive with.
void Lint::quiet() {
  for (const auto& [pointer, client] : clients()) {
    if (client.nat_timeout == Duration{0} || client.heartbeat_every < client.nat_timeout) continue;
    warn(pointer, "S0504",
         fmt::format("heartbeat {} is not shorter than nat_timeout {}: quiet connections die, and "
                     "their clients go on waiting",
                     format_duration(client.heartbeat_every), format_duration(client.nat_timeout)));
  }
  const Duration limit = scenario_.cluster.lb.idle_timeout;
  const Duration every = rarest_heartbeat();
  if (limit == Duration{0} || every < limit) return;
  warn("/cluster/lb/idle_timeout", "S0504",
       fmt::format(
           "heartbeat {} is not shorter than lb.idle_timeout {}: quiet connections will be cut",
           format_duration(every), format_duration(limit)));
}

void Lint::places() {
  const ClusterConfig& cluster = scenario_.cluster;
  double places = 1e18;
  if (cluster.nodes.max_connections > 0) {
    places = double(cluster.nodes.max_connections) * most_running(scenario_);
  }
  const char* what = "max_connections";
  if (cluster.lb.max_connections > 0) places = std::min(places, double(cluster.lb.max_connections));
  const double ports =
      double(cluster.lb.source_ports) * most_running(scenario_) * double(cluster.lb.replicas);
  if (ports > 0 && ports < places) {
    places = ports;
    what = "source_ports";
  }
  const double users = users_of(scenario_) + double(scenario_.clients.size());
  std::uint32_t each = 1;  // connections of a client
  for (const StrategySpec& spec : scenario_.strategies) {
    each = std::max<std::uint32_t>(each, spec.connections);
  }
  if (users * each <= places) return;
  warn("/cluster", "S0514",
       fmt::format("{} leaves {} places for {} clients{}: some never get in", what,
                   whole_number(places), whole_number(users),
                   each > 1 ? " of up to " + whole_number(each) + " connections" : ""));
}

// By the strategy that has most connections, evenly spread; what waits comes on top.
void Lint::memory() {
  const NodeConfig& nodes = scenario_.cluster.nodes;
  if (!nodes.memory || scenario_.strategies.empty()) return;
  const MemoryConfig& memory = *nodes.memory;
  std::uint16_t each = 1;
  for (const StrategySpec& spec : scenario_.strategies) each = std::max(each, spec.connections);
  const std::uint16_t running = nodes.running > 0 ? nodes.running : nodes.count;
  const double users = users_of(scenario_) + double(scenario_.clients.size());
  const double connections = std::ceil(users * each / running);
  const double needed = double(memory.base) + connections * double(memory_per_connection(nodes));
  if (needed <= double(memory.limit)) return;
  warn("/cluster/nodes/memory", "S0515",
       fmt::format("base {} and {} connections a node of {} are {} MiB, more than the limit of {}: "
                   "nodes are killed although nothing waits",
                   format_size(memory.base), static_cast<std::uint64_t>(connections),
                   format_size(memory_per_connection(nodes)), short_number(needed / 1048576),
                   format_size(memory.limit)));
}

// It all comes at once; who is thrown out for it is nowhere again, and more waits for him.
void Lint::mailboxes() {
  const NodeConfig& nodes = scenario_.cluster.nodes;
  if (nodes.egress_on_full != OnFull::disconnect) return;
  for (const StrategySpec& spec : scenario_.strategies) {
    const double waiting = bytes_in_mailboxes(scenario_, spec);
    if (waiting <= double(nodes.egress_limit)) continue;
    warn("/cluster/nodes", "S0517",
         fmt::format(
             "{}: mailboxes of nodes keep up to {} KiB for a client that is away, which come "
             "at once, and egress_queue.limit is {}: he is thrown out as he comes, and may "
             "be again and again; a higher limit, or fewer mailbox_messages",
             spec.name, whole_number(waiting / 1024), format_size(nodes.egress_limit)));
  }
}

std::vector<Finding> Lint::all() {
  connecting();
  rooms();
  utilisation();
  drain();
  for (Finding& finding : findings_of_expectations(scenario_)) found_.push_back(std::move(finding));
  warm_up();
  leases();
  quiet();
  places();
  memory();
  mailboxes();
  return std::move(found_);
}

// Everybody is in one room of a histogram.
void Lint::rooms() {
  for (const RoomSet& set : scenario_.rooms) {
    double seats = 0, rooms = 0, filled = 0;
    for (const auto& [members, many] : set.sizes) seats += double(members) * many, rooms += many;
    const double users = users_in(scenario_, set);
    if (seats <= users) continue;
    for (const auto& [members, many] : filled_sizes(set, users)) filled += many;
    warn("/rooms/" + pointer_token(set.name) + "/sizes", "S0516",
         fmt::format("these rooms have {} members, and there are {} users, each in one of them: "
                     "the last are not full, {} of {} are empty; more users or smaller rooms fill "
                     "them",
                     whole_number(seats), whole_number(users), whole_number(rooms - filled),
                     whole_number(rooms)));
  }
}

}  // namespace

std::string whole_number(double value) {
  std::string digits = std::to_string(std::llround(std::min(value, 1e18)));
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::vector<Finding> findings_in(const Scenario& scenario) { return Lint(scenario).all(); }

}  // namespace squall::language
