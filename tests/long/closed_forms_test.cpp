// Laws against runs: each closed form at points that are drawn afresh, over twenty seeds.
//
// A point is a scenario of a size that plays in a fraction of a second. One test holds all forms
// together: a wrong one is seen, and chance alone turns it red once in a thousand times (Holm). The
// number that the points are drawn from is printed; SQUALL_POINTS=N draws them again.
#include <gtest/gtest.h>

#include <boost/math/distributions/students_t.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

#include "scenarios/predict/prediction.hpp"
#include "strategies/products.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr std::uint64_t kSeeds = 20;
constexpr double kError = 0.001;   // of all forms together
constexpr double kBucket = 0.008;  // of a histogram: quantiles are known to this share

class Draws {
 public:
  explicit Draws(std::uint32_t point) : bits_(point) {}
  int whole(int low, int high) {
    return low + static_cast<int>(bits_() % static_cast<unsigned>(high - low + 1));
  }
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(bits_()) / 4294967296.0;
  }

 private:
  std::mt19937 bits_;  // whose numbers, unlike those of distributions, are the same everywhere
};

std::string text(int value) { return std::to_string(value); }
std::string text(double value) { return std::to_string(value); }

struct Range {
  int low, high;
};

// What differs between the families of scenarios below; the rest is drawn.
struct Shape {
  std::string policy = "random";
  std::string delay = "uniform(10ms,60ms)";
  std::string more = "";    // further sections
  std::string drop = "";    // members of the population
  std::string client = "";  // members of the client, before its heartbeat
  std::string node = "";    // members of the nodes, after their count
  std::string net = "";     // of the network, after client_node
  std::string from = "member";
  std::string measure = "20s";
  bool rooms = true, direct = true;
  bool everybody = false;  // is spoken to, and there is no other room
  Range nodes = {3, 10}, users = {500, 900}, in_rooms = {10, 60}, rate = {10, 30}, size = {50, 900};
  std::string beat = "10s";
};

std::string drawn(Draws& draw, Range range) { return text(draw.whole(range.low, range.high)); }

std::string class_of(Draws& draw, const std::string& who, Range rate, Range size) {
  return R"j({"as": "t)j" + text(draw.whole(0, 1'000'000'000)) + R"j(", )j" + who +
         R"j(, "rate": ")j" + drawn(draw, rate) + R"j(/s", "size": ")j" + drawn(draw, size) +
         R"j(B"})j";
}

std::string traffic_of(Draws& draw, const Shape& shape) {
  if (shape.everybody) return class_of(draw, R"j("to": "all")j", {1, 3}, shape.size);
  std::string traffic;
  if (shape.rooms) {
    const std::string to_room = R"j("from": ")j" + shape.from + R"j(", "to": "room:r")j";
    traffic = class_of(draw, to_room, shape.rate, shape.size);
  }
  if (!shape.direct) return traffic;
  const Range size = shape.rooms ? Range{50, 900} : shape.size;
  return traffic + (traffic.empty() ? "" : ", ") +
         class_of(draw, R"j("to": "user:online")j", {10, 30}, size);
}

// A few hundred users who are in before measure, in rooms, on a calm cluster.
Scenario crowd(Draws& draw, const Shape& shape) {
  const std::string rooms = R"j("r": {"count": )j" + drawn(draw, shape.in_rooms) +
                            R"j(, "popularity": "zipf()j" + text(draw.real(0.2, 1.1)) + R"j()"})j";
  return loaded(scenario_with(R"j("time": {"warmup": "30s", "measure": ")j" + shape.measure +
                              R"j(", "drain": "45s", "deadline": "10s"},
      "cluster": {"nodes": {"count": )j" +
                              drawn(draw, shape.nodes) + shape.node + R"j(}, "lb": {"policy": ")j" +
                              shape.policy + R"j("}, "net": {"client_node": ")j" + shape.delay +
                              "\"" + shape.net + R"j(}}, "client": {)j" + shape.client +
                              R"j("heartbeat": {"every": ")j" + shape.beat +
                              R"j(", "timeout": ")j" + (shape.beat == "10s" ? "3s" : "500ms") +
                              R"j("}}, "people": {"u": {"count": )j" + drawn(draw, shape.users) +
                              R"j(, "arrive": "uniform(0s,10s)")j" + shape.drop +
                              R"j(}}, "rooms": {)j" + (shape.everybody ? "" : rooms) +
                              R"j(}, "traffic": [)j" + traffic_of(draw, shape) + "]" + shape.more));
}

struct Form {
  const char* name;
  const char* preset;
  const char* metric;
  Shape shape;
  double allowed = 0;  // share of the law: what it leaves out on purpose, or a bucket
};

const char* const kExponential = R"j(, "drop": "exp(60s)")j";
const char* const kGap = R"j("backoff": {"kind": "full_jitter", "first": "2s", "cap": "2s"}, )j";

Shape churning() {
  return {.delay = "20ms", .drop = kExponential, .client = kGap, .measure = "200s"};
}
Shape silent() {
  return {.delay = "20ms",
          .drop = R"j(, "drop": "exp(100s)", "silent_drop": 1)j",
          .client = R"j("backoff": {"kind": "fixed", "first": "20s", "cap": "20s"}, )j",
          .measure = "200s"};
}
Shape deploying(const std::string& policy) {
  return {.policy = policy,
          .delay = "20ms",
          .more = R"j(, "script": [{"at": "1s", "do": "rolling_restart", "on": "node[*]",
              "as": "deploy", "drain": "2s", "down": "8s", "pause": "2s"}])j",
          .client = kGap,
          .measure = "150s"};
}
Shape with_delay(const std::string& delay) { return {.delay = delay, .rooms = false}; }
Shape behind(const std::string& policy) { return {.policy = policy}; }
Shape rooms_only() { return {.direct = false}; }
Shape direct_only() { return {.rooms = false}; }
Shape unanswered() { return {.client = R"j("ack": "none", )j"}; }

// Regions that nobody had tuned a law for, until they were played.
Shape few_nodes() { return {.nodes = {1, 2}, .users = {60, 120}, .in_rooms = {1, 4}}; }
Shape many_nodes() { return {.nodes = {30, 60}, .in_rooms = {200, 600}}; }
Shape one_room() { return {.direct = false, .users = {60, 120}, .in_rooms = {1, 1}}; }
Shape few_users() { return {.delay = "20ms", .rooms = false, .users = {20, 60}}; }
Shape large() { return {.rooms = false, .size = {1500, 15000}}; }
Shape busy_pings() { return {.delay = "20ms", .rooms = false, .beat = "1s"}; }
Shape often(const std::string& delay) {
  return {.delay = delay, .rooms = false, .users = {160, 240}};  // fewer: the laws keep silent
}
Shape deflated() { return {.delay = "20ms", .node = R"j(, "deflate": {})j"}; }
Shape protocol() {
  return {.delay = "20ms", .client = R"j("overhead": {"up": "30B", "down": "200B"}, )j"};
}
Shape across_an_ocean() {
  return {.delay = "20ms",
          .node = R"j(, "zones": ["a", "b"])j",
          .net = R"j(, "zones": [{"between": ["a", "b"], "delay": "80ms"}])j"};
}
Shape far_away() { return {.delay = "lognormal(250ms,0.3)"}; }
Shape to_everybody() { return {.everybody = true, .users = {100, 300}}; }
Shape from_server() { return {.delay = "20ms", .from = "server"}; }
Shape in_turn() { return {.policy = "least_conn", .direct = false, .users = {60, 120}}; }
Shape hashed(const std::string& policy) {
  return {.policy = policy, .delay = "20ms", .direct = false, .nodes = {6, 12}, .in_rooms = {2, 5}};
}
// Who drops, some silently, and is back before pings can tell; or when they have told.
Shape back(const std::string& policy, const std::string& after, const std::string& silent_drop) {
  return {.policy = policy,
          .delay = "uniform(10ms,200ms)",
          .drop = R"j(, "drop": "exp(200s)", "silent_drop": )j" + silent_drop,
          .client = R"j("backoff": {"kind": "fixed", "first": ")j" + after + R"j(", "cap": ")j" +
                    after + R"j("}, )j",
          .measure = "200s",
          .rooms = false};
}
Shape slow_pushes() {
  return {.delay = "20ms", .node = R"j(, "costs": {"push": "300us", "frame_read": "500us"})j"};
}

// The second half: of designs, people and machines that came later than the laws.
std::vector<Form> further_forms() {
  return {
      {"turns_deflated", "broadcast", "latency.stage.fan_out.mean", deflated(), 0.01},
      {"down_bytes_deflated", "routed", "bytes.lb_to_client.rate", deflated()},
      {"down_bytes_protocol", "broadcast", "bytes.lb_to_client.rate", protocol()},
      {"client_bytes_protocol", "broadcast", "bytes.client.rate", protocol(), kBucket},
      {"turns_in_turn", "broadcast+resume", "latency.stage.fan_out.mean", in_turn(), 0.02},
      {"spread_consistent", "sticky_hash", "imbalance.connections.cv", hashed("random"), 0.02},
      {"spread_plain", "sticky_hash:plain", "imbalance.connections.cv", hashed("random"), 0.02},
      {"spread_maglev", "broadcast", "imbalance.connections.cv", hashed("maglev"), 0.02},
      {"spread_rendezvous", "routed", "imbalance.connections.cv", hashed("rendezvous"), 0.02},
      {"hashed_rooms_reached", "sticky_hash", "loss.intent", hashed("random")},
      {"owned_rooms_reached", "sticky_hash:fenced", "loss.intent", hashed("random")},
      {"pairs_to_all", "broadcast:interest", "pairs.owed", to_everybody()},
      {"reached_to_all", "routed:hardened", "loss.intent", to_everybody()},
      {"down_bytes_to_all", "multi_active:make_before_break", "bytes.lb_to_client.rate",
       to_everybody()},
      {"pairs_from_server", "broadcast", "pairs.owed", from_server()},
      {"reached_from_server", "broadcast", "loss.intent", from_server()},
      {"broker_bytes_from_server", "broadcast", "bytes.broker_to_node.rate", from_server()},
      {"pairs_across", "routed", "pairs.owed", across_an_ocean()},
      {"reached_across", "broadcast:interest", "loss.intent", across_an_ocean()},
      {"broker_bytes_across", "broadcast", "bytes.broker_to_node.rate", across_an_ocean()},
      {"uplink_far", "broadcast", "latency.stage.uplink.mean", far_away(), 0.001},
      {"extra_far", "multi_active", "dup.redundant", far_away()},
      {"ghosts_half", "broadcast", "ghost.time", back("random", "20s", "0.5"), 0.01},
      {"ghosts_hashed", "sticky_hash", "ghost.time", back("random", "1s", "1"), 0.01},
      {"ghosts_hashed_half", "sticky_hash:plain", "ghost.time", back("random", "1s", "0.5"), 0.01},
      {"ghosts_soon", "broadcast", "ghost.time", back("round_robin", "1s", "0.3"), 0.02},
      {"extra_busy", "multi_active:k3", "dup.redundant", slow_pushes()},
      {"reached_busy", "multi_active:k3", "loss.intent", slow_pushes()},
      {"reached_kept", "broadcast:interest+resume", "loss.intent", slow_pushes()},
      {"reached_socketio", "socketio:redis", "loss.intent", far_away()},
      {"pairs_centrifugo", "centrifugo:redis", "pairs.owed", far_away()},
      {"broker_bytes_anycable", "anycable:nats", "bytes.broker_to_node.rate", {}},
      {"reached_ejabberd", "ejabberd:redis", "loss.intent", {}},
      {"pairs_mailbox", "session_share:mailbox", "pairs.owed", {}},
  };
}

std::vector<Form> first_forms() {
  constexpr double kTiny = 0.0005;  // turns of other loops, microseconds beside milliseconds
  return {
      {"pairs", "broadcast", "pairs.owed", {}},
      {"pairs_of_rooms", "routed", "pairs.owed", rooms_only()},
      {"pairs_of_direct", "broadcast", "pairs.owed", direct_only()},
      {"down_bytes_broadcast", "broadcast", "bytes.lb_to_client.rate", {}},
      {"down_bytes_routed", "routed", "bytes.lb_to_client.rate", {}},
      {"down_bytes_interest", "broadcast:interest", "bytes.lb_to_client.rate", rooms_only()},
      {"down_bytes_unanswered", "broadcast", "bytes.lb_to_client.rate", unanswered()},
      {"client_bytes_broadcast", "broadcast", "bytes.client.rate", {}, kBucket},
      {"client_bytes_routed", "routed", "bytes.client.rate", direct_only(), kBucket},
      {"client_bytes_unanswered", "broadcast", "bytes.client.rate", unanswered(), kBucket},
      {"broker_bytes_broadcast", "broadcast", "bytes.broker_to_node.rate", {}},
      {"broker_bytes_direct", "broadcast", "bytes.broker_to_node.rate", direct_only()},
      {"broker_bytes_two", "multi_active", "bytes.broker_to_node.rate", {}},
      {"uplink_uniform", "broadcast", "latency.stage.uplink.mean", {}, kTiny},
      {"uplink_exponential", "routed", "latency.stage.uplink.mean", with_delay("exp(40ms)"), kTiny},
      {"uplink_lognormal", "broadcast", "latency.stage.uplink.mean",
       with_delay("lognormal(45ms,0.4)"), kTiny},
      {"downlink_uniform", "routed", "latency.stage.downlink.mean", direct_only(), kTiny},
      {"downlink_exponential", "broadcast", "latency.stage.downlink.mean", with_delay("exp(40ms)"),
       0.005},
      {"downlink_of_two", "multi_active", "latency.stage.downlink.mean", direct_only(), 0.01},
      {"downlink_of_three", "multi_active:k3", "latency.stage.downlink.mean", direct_only(), 0.01},
      {"downlink_of_two_exponential", "multi_active", "latency.stage.downlink.mean",
       with_delay("exp(40ms)"), 0.01},
      {"downlink_of_two_lognormal", "multi_active", "latency.stage.downlink.mean",
       with_delay("lognormal(45ms,0.4)"), 0.01},
      {"turns", "broadcast", "latency.stage.fan_out.mean", rooms_only(), 0.01},
      {"turns_direct", "broadcast", "latency.stage.fan_out.mean", direct_only(), 0.01},
      {"extra_of_two", "multi_active", "dup.redundant", {}},
      {"extra_of_three", "multi_active:k3", "dup.redundant", {}},
      {"one_over_n_random", "session_share", "loss.intent", {}},
      {"one_over_n_in_turn", "session_share", "loss.intent", behind("round_robin")},
      {"one_over_n_least", "session_share", "loss.intent", behind("least_conn")},
      {"sets_that_miss", "multi_active:bare", "loss.intent", direct_only()},
      {"balance_random", "broadcast", "imbalance.connections.cv", {}},
      {"deploy_random", "broadcast", "reconnects.per_client", deploying("random"), 0.01},
      {"deploy_least_conn", "routed", "reconnects.per_client", deploying("least_conn"), 0.01},
      {"churn_breaks", "broadcast", "reconnects.per_client", churning()},
      {"churn_attempts", "broadcast", "connections.attempts", churning()},
      {"churn_reachable", "broadcast", "reachable.share", churning()},
      {"churn_loss", "broadcast", "loss.intent", churning(), 0.02},
      {"churn_loss_direct", "broadcast:shortcut", "loss.intent",
       [] {
         Shape shape = churning();
         shape.rooms = false;
         return shape;
       }(),
       0.02},
      {"ghosts", "broadcast", "ghost.time", silent(), 0.01},
      {"pairs_few_nodes", "routed", "pairs.owed", few_nodes()},
      {"pairs_many_nodes", "broadcast", "pairs.owed", many_nodes()},
      {"pairs_one_room", "sticky_hash", "pairs.owed", one_room()},
      {"down_bytes_few_nodes", "broadcast", "bytes.lb_to_client.rate", few_nodes()},
      {"down_bytes_many_nodes", "routed", "bytes.lb_to_client.rate", many_nodes()},
      {"down_bytes_one_room", "broadcast", "bytes.lb_to_client.rate", one_room()},
      {"down_bytes_large", "broadcast", "bytes.lb_to_client.rate", large()},
      {"down_bytes_pings", "routed", "bytes.lb_to_client.rate", busy_pings()},
      {"broker_bytes_many_nodes", "broadcast", "bytes.broker_to_node.rate", many_nodes()},
      {"broker_bytes_few_users", "broadcast", "bytes.broker_to_node.rate", few_users()},
      {"balance_many_nodes", "broadcast", "imbalance.connections.cv", many_nodes(), 0.005},
      {"uplink_often", "broadcast", "latency.stage.uplink.mean", often("exp(40ms)"), 0.002},
      {"downlink_often", "routed", "latency.stage.downlink.mean", often("exp(40ms)"), 0.005},
      {"uplink_often_uniform", "routed", "latency.stage.uplink.mean", often("uniform(10ms,60ms)"),
       0.001},
      {"extra_few_users", "multi_active", "dup.redundant", few_users()},
  };
}

std::vector<Form> forms() {
  std::vector<Form> all = first_forms();
  for (Form& form : further_forms()) all.push_back(std::move(form));
  return all;
}

// Two-sided; beyond what the law leaves out.
double p_value(std::span<const double> values, double law, double allowed) {
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / double(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto freedom = static_cast<double>(values.size() - 1);
  const double error = std::sqrt(squares / freedom / double(values.size()));
  const double beyond = std::abs(mean - law) - std::max(allowed, 1e-9) * std::abs(law);
  if (!(beyond > 0)) return std::isnan(beyond) ? 0 : 1;
  if (error <= 0) return 0;
  const boost::math::students_t student(freedom);
  return 2 * boost::math::cdf(boost::math::complement(student, beyond / error));
}

StrategySpec spec_of(std::string_view name) {
  const ProductRow* const product = product_named(name);
  return product != nullptr ? product->spec : strategy(name);
}

struct Judged {
  double p = 0;
  std::string words;
};

Judged judged(const Form& form, Draws& draw) {
  const Scenario scenario = crowd(draw, form.shape);
  const StrategySpec spec = spec_of(form.preset);
  const auto law = predict::predicted(form.metric, {scenario, spec});
  std::string words = std::string(form.name) + " (" + form.preset + ", " + form.metric + "): ";
  if (!law) return {0, words + "the law keeps silent"};
  const auto values = metric_over_seeds(scenario, spec, kSeeds, form.metric);
  const auto interval = student_interval(values);
  const double p = p_value(values, *law, form.allowed);
  words += "law " + text(*law) + ", measured " + text(interval ? interval->mean : 0) + " +- " +
           text(interval ? interval->half_width : 0) + ", p = " + text(p);
  return {p, words};
}

// Or the test below would fail on a day when it draws a point where one keeps silent.
TEST(ClosedForms, SpeakAtAllPointsThatCanBeDrawn) {
  constexpr std::uint32_t kPoints = 200;
  for (const Form& form : forms()) {
    for (std::uint32_t point = 0; point < kPoints; ++point) {
      Draws draw(point);
      const Scenario scenario = crowd(draw, form.shape);
      ASSERT_TRUE(predict::predicted(form.metric, {scenario, spec_of(form.preset)}))
          << form.name << " at " << point;
    }
  }
}

std::uint32_t point_of_today() {
  const char* const asked = std::getenv("SQUALL_POINTS");
  if (asked != nullptr) return static_cast<std::uint32_t>(std::strtoul(asked, nullptr, 10));
  return std::random_device{}();
}

TEST(ClosedForms, AgreeWithRunsAtPointsDrawnAtRandom) {
  const std::uint32_t point = point_of_today();
  std::cout << "points drawn from " << point << "; again: SQUALL_POINTS=" << point << std::endl;
  ASSERT_GE(forms().size(), 30U);

  std::vector<Judged> all;
  for (const Form& form : forms()) {
    Draws draw(point + static_cast<std::uint32_t>(all.size()));
    all.push_back(judged(form, draw));
    std::cout << all.back().words << std::endl;
  }

  // Holm: the smallest against error / n, the next against error / (n - 1) ...
  std::ranges::sort(all, {}, &Judged::p);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double limit = kError / static_cast<double>(all.size() - i);
    if (all[i].p >= limit) break;
    ADD_FAILURE() << all[i].words << ", below " << limit << "\nagain: SQUALL_POINTS=" << point;
  }
}

}  // namespace
}  // namespace squall::testing
