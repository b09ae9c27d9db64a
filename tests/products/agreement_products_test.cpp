// The committed pairs of scenario and product (agreement.json), the simulation against the product.
//
// Loss is held by the rule of `squall agreement`; latency is shown and not asserted, as generator,
// product and other work share this machine. Run as one program it ends with a table of all pairs.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "scenarios/model/calibration.hpp"
#include "sim/cli/agreement/judgement.hpp"
#include "sim/cli/agreement/way.hpp"
#include "sim/cli/calibrate/process_cpu.hpp"
#include "sim/cli/input/profile_input.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/core/causes.hpp"
#include "tests/products/product_hands.hpp"
#include "tests/products/product_run.hpp"
#include "tests/products/with_cluster.hpp"
#include "tests/support/place.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {
namespace {

using Json = nlohmann::json;

const Json& list() {
  static const Json kList =
      Json::parse(std::ifstream(source_path("tests/products/agreement.json")));
  return kList;
}

// What `squall calibrate` says of this product, once in this process; played as the pair's design.
const Calibration& calibrated(const ProductRow& product, const std::string& as,
                              const ProductCluster& cluster) {
  static const TemporaryFolder kFolder;
  const std::string file = kFolder.path() / (std::string(product.name) + ".json");
  if (const Calibration* const known = calibration_named(file)) return *known;
  std::string targets;
  for (const live::AttachTarget& target : cluster.attached().targets) {
    targets += (targets.empty() ? "" : ",") + target.url;
  }
  const std::string dialect = product.dialect == "plain" ? source_path("tests/products/plain.json")
                                                         : std::string(product.dialect);
  ProcessCommand command;
  command.words = {squall_binary(), "calibrate", "-o",    file,   "--target",
                   targets,         "--dialect", dialect, "--as", as};
  const ProcessResult done = run_process(command);
  std::cout << product.name << "\n" << done.out << done.err;
  const std::string error = register_profile(file, file);
  SQUALL_CHECK(error.empty());
  return *calibration_named(file);
}

enum class Plays : std::uint8_t { product, simulation };

// What a product does after a fault is for the simulation to play; the product does it by itself.
Scenario scenario_of(const Json& pair, std::size_t nodes, const Calibration& costs, Plays what) {
  const std::string name = pair.at("fault");
  const Json& fault = list().at("faults").at(name);
  Json script = fault.at("script");
  if (what == Plays::simulation) {
    for (const Json& step : pair.value("then", Json::array())) script.push_back(step);
  }
  std::vector<Override> overrides = {{"/name", name},
                                     {"/time/measure", fault.at("measure")},
                                     {"/time/drain", "3s"},
                                     {"/cluster/nodes/cost_profile", "beast-plain"},
                                     {"/client/backoff/first", "1s"},
                                     {"/client/backoff/cap", "1s"},
                                     {"/traffic/0/rate", "100/s"},
                                     {"/script", script.dump()}};
  const Json with = pair.value("with", Json::object());  // what the product does by itself
  for (const auto& [pointer, value] : with.items()) overrides.push_back({pointer, value.dump()});
  const Json& answering = list().at("acknowledges");
  if (std::ranges::find(answering, pair.at("product")) == answering.end()) {
    overrides.push_back({"/client/ack", "none"});
  }
  // Where nobody hears of other nodes, one room: then it is known how many of it sit on each.
  const std::string reach = pair.at("simulated");
  if (reach == "session_share") overrides.push_back({"/rooms/r/count", "1"});
  if (name == "storm") {  // a crash, and so many that what a handshake takes is a queue
    overrides.push_back({"/people/u/count", "600"});
    overrides.push_back({"/rooms/r/count", "24"});
    overrides.push_back({"/client/backoff/first", "240ms"});
    overrides.push_back({"/client/backoff/cap", "240ms"});
    overrides.push_back({"/time/warmup", "5s"});
  }
  if (name == "silent_drop") {  // none of these servers looks for clients that are silent so soon
    overrides.push_back({"/client/heartbeat/every", "60s"});
    overrides.push_back({"/client/heartbeat/timeout", "30s"});
    overrides.push_back({"/people/u/drop", "exp(5s)"});
    overrides.push_back({"/people/u/silent_drop", "0.5"});
  }
  Scenario scenario = product_scenario(nodes, overrides);
  scenario.cluster.nodes.cost_profile = costs.name;  // the vocabulary of tests does not know it
  return scenario;
}

// ---- the table of all that this process has played, misses first ----

struct Line {
  bool holds;
  std::string text;
};
std::vector<Line> lines;
std::vector<AgreementPair> all_judged;  // those whose loss, cause and bytes hold

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", share * 100);
  return text;
}

struct Together {  // in all seeds together
  std::uint64_t owed = 0, lost = 0;
  double rate_x_gap = 0;  // a share of the owed pairs, from the gaps that were measured
  std::map<Mechanism, std::uint64_t> by;
  double share() const { return static_cast<double>(lost) / static_cast<double>(owed); }
};

Together seen_in(const std::vector<RunRecord>& runs, double people) {
  Together seen;
  for (const RunRecord& run : runs) {
    seen.owed += totals(run).owed, seen.lost += totals(run).lost;
    for (const LossRow& row : run.losses) seen.by[row.mechanism] += row.pairs;
    for (const FaultRow& fault : run.faults) {
      const double gone_s = static_cast<double>(fault.disconnects) * mean(fault.ready_again) / 1e9;
      const double all_s = people * static_cast<double>(run.measure.count()) / 1e9;
      seen.rate_x_gap += gone_s / all_s / static_cast<double>(runs.size());
    }
  }
  return seen;
}

std::string causes_of(const Together& seen) {
  std::vector<std::pair<std::uint64_t, std::string>> most;
  for (const auto& [mechanism, count] : seen.by) {
    if (count > 0) most.emplace_back(count, std::string(row(mechanism).name));
  }
  std::ranges::sort(most, std::greater<>());
  std::string text;
  for (const auto& [count, name] : most) {
    text += (text.empty() ? "" : ", ") + name + " " + std::to_string(count);
  }
  return text.empty() ? "-" : text;
}

// A miss that is known, and why.
std::optional<std::string> why_missed(const Json& pair, const JudgedQuantity& quantity) {
  const Json known = pair.value("misses", Json::object());
  return known.contains(quantity.name) ? std::optional(known.at(quantity.name).get<std::string>())
                                       : std::nullopt;
}

void add_line(const Json& pair, double people, const std::vector<RunRecord>& simulated,
              const std::vector<RunRecord>& measured, const AgreementPair& judged) {
  const Together sim = seen_in(simulated, people), real = seen_in(measured, people);
  bool holds = true;
  std::string errors, why;
  for (const JudgedQuantity& quantity : judged.quantities) {
    if (quantity.name != "loss" && quantity.simulated && quantity.measured) {
      char one[64];
      std::snprintf(one, sizeof one, "%s%s %+.1f %%", errors.empty() ? "" : ", ",
                    quantity.name.c_str(), quantity.error().value_or(0) * 100);
      errors += one;
    }
    if (quantity.verdict != JudgedQuantity::Ruling::misses) continue;
    why += (why.empty() ? "" : "; ") + quantity.name + ": " +
           why_missed(pair, quantity).value_or(quantity.why);
    holds = holds && quantity.of_latency;
  }
  std::string text;
  for (const std::string& cell :
       {pair.at("product").get<std::string>(), pair.at("fault").get<std::string>(),
        std::to_string(real.owed), percent(1 - real.share()), percent(real.share()),
        percent(sim.share()), percent(real.rate_x_gap), causes_of(real), errors,
        holds ? "holds" + (why.empty() ? "" : " but for " + why) : "MISSES: " + why}) {
    text += "| " + cell + " ";
  }
  lines.push_back({holds, text + "|\n"});
  if (holds) all_judged.push_back(judged);
}

class Table : public ::testing::Environment {
 public:
  void TearDown() override {
    if (lines.empty()) return;
    std::ranges::stable_sort(lines, {}, &Line::holds);
    std::cout << "\n| product | fault | owed pairs | reach % | lost % | simulated % | rate x gap % "
                 "| causes | simulated / measured - 1 | |\n"
                 "|---|---|---:|---:|---:|---:|---:|---|---|---|\n";
    for (const Line& line : lines) std::cout << line.text;
    const Tally tally = tally_of(all_judged);
    std::cout << "p50 and p99 hold in " << tally.latency_hold << " of " << tally.latency_judged
              << "\n";
    constexpr std::size_t kEnough = 12;  // pairs; fewer were asked for
    if (tally.latency_judged < kEnough) return;
    EXPECT_GE(static_cast<double>(tally.latency_hold),
              kLatencyShare * static_cast<double>(tally.latency_judged));
  }
};
const ::testing::Environment* const kTable = ::testing::AddGlobalTestEnvironment(new Table);

// ---- each pair ----

// A just-in-time compiler is slow until it has seen something.
void warm_up(const Scenario& scenario, const live::AttachOptions& attached) {
  Scenario busy = calm_form_of(scenario, scenario.strategies.front());
  busy.traffic.front().rate_per_second_nano *= 8;
  live::attach(busy, foreign_spec(), 1, {}, attached);
}

// A table that holds whatever the profile says would be worth nothing.
void expect_miss_with_three_times_the_handshake(const Scenario& scenario, const StrategySpec& spec,
                                                const std::vector<std::uint64_t>& seeds,
                                                const Result& real) {
  Scenario tripled = scenario;
  tripled.strategies = {spec};
  const Calibration* const profile = calibration_named(scenario.cluster.nodes.cost_profile);
  tripled.cluster.nodes.costs.handshake = 3 * profile->costs.handshake.value();
  std::vector<std::vector<RunRecord>> simulated(1);
  for (const std::uint64_t seed : seeds) simulated[0].push_back(play(tripled, spec, seed, {}));
  const Result sim = result_of(tripled, seeds, simulated, {});
  const AgreementPair judged = judge_agreement({.scenario = scenario,
                                                .strategy = spec,
                                                .simulated = sim.strategies.front(),
                                                .measured = real.strategies.front(),
                                                .cpu_simulated = {},
                                                .cpu_measured = {},
                                                .foreign = true});
  const auto ready = std::ranges::find(judged.quantities, "ready again p50", &JudgedQuantity::name);
  EXPECT_EQ(ready->verdict, JudgedQuantity::Ruling::misses)
      << agreement_text({judged}, "three times");
}

// Equal seeds ask equal things of equal users; SQUALL_SEEDS=5 gives the losses an interval.
std::vector<std::uint64_t> asked_seeds() {
  const char* const asked = std::getenv("SQUALL_SEEDS");
  std::vector<std::uint64_t> seeds(asked == nullptr ? 1 : std::stoul(asked));
  std::iota(seeds.begin(), seeds.end(), 1);
  return seeds;
}

class AgreementProducts : public WithCluster, public ::testing::WithParamInterface<Json> {};

TEST_P(AgreementProducts, loses_what_the_simulation_says) {
  const Json& pair = GetParam();
  const ProductRow& product = product_named(pair.at("product").get<std::string>());
  start(product);
  if (cluster_ == nullptr) return;
  const std::string as = pair.at("simulated");
  const Calibration& costs = calibrated(product, as, *cluster_);
  const Scenario scenario = scenario_of(pair, product.nodes, costs, Plays::product);
  const StrategySpec spec = strategy(as);
  live::AttachOptions attached = cluster_->attached();
  const ProductHands hands(*cluster_);
  attached.hooks = hands.hooks();
  Scenario one = scenario_of(pair, product.nodes, costs, Plays::simulation);
  one.strategies = {spec};
  warm_up(scenario, attached);
  const std::string way = use_way_of_now(one, spec, foreign_spec(), {}, attached);

  std::vector<std::vector<RunRecord>> simulated(1), measured(1);
  std::vector<double> busy;  // of all servers, by seed
  std::string error;
  const std::vector<std::uint64_t> seeds = asked_seeds();
  for (const std::uint64_t seed : seeds) {
    MeasuredCpu servers(servers_of(attached.targets, error));
    live::LiveOptions options;
    options.on_measure = [&](bool begins) { servers.mark(begins); };
    simulated[0].push_back(play(one, spec, seed, {}));
    measured[0].push_back(live::attach(scenario, foreign_spec(), seed, options, attached));
    expect_balanced(measured[0].back());
    const double measure_s = std::chrono::duration<double>(scenario.time.measure).count();
    if (const auto spent = servers.spent())
      busy.push_back(std::chrono::duration<double>(*spent).count() / measure_s);
  }
  const auto busy_measured =
      busy.size() == seeds.size() ? std::optional(mean_of_all(busy)) : std::nullopt;
  const Result sim = result_of(one, seeds, simulated, {});
  one.strategies = {foreign_spec()};
  const Result real = result_of(one, seeds, measured, {});
  const AgreementPair judged = judge_agreement({.scenario = scenario,
                                                .strategy = spec,
                                                .simulated = sim.strategies.front(),
                                                .measured = real.strategies.front(),
                                                .cpu_simulated = cpu_of_nodes(simulated[0]),
                                                .cpu_measured = busy_measured,
                                                .foreign = true});
  const std::string text = agreement_text({judged}, costs_in_words(scenario.cluster.nodes));
  std::cout << product.name << "\n"
            << text << way << '\n'
            << joined(measured[0].front().live.remarks);

  if (pair.at("fault") == "storm")
    expect_miss_with_three_times_the_handshake(one, spec, seeds, real);
  if (!judged.invalid.empty()) GTEST_SKIP() << "SKIPPED, INVALID: " << judged.invalid;
  add_line(pair, scenario.people.front().count, simulated[0], measured[0], judged);
  for (const JudgedQuantity& quantity : judged.quantities) {
    if (quantity.of_latency || why_missed(pair, quantity)) continue;  // the table judges those
    EXPECT_NE(quantity.verdict, JudgedQuantity::Ruling::misses) << quantity.name << '\n' << text;
  }
}

std::vector<Json> pairs() { return list().at("pairs").get<std::vector<Json>>(); }

INSTANTIATE_TEST_SUITE_P(Pairs, AgreementProducts, ::testing::ValuesIn(pairs()),
                         [](const auto& pair) {
                           return pair.param.at("product").template get<std::string>() + "_" +
                                  pair.param.at("fault").template get<std::string>();
                         });

TEST(AgreementList, names_at_least_twelve_pairs_each_with_a_fault_that_is_there) {
  EXPECT_GE(pairs().size(), 12U);
  for (const Json& pair : pairs()) {
    EXPECT_TRUE(list().at("faults").contains(pair.at("fault").get<std::string>())) << pair;
    product_named(pair.at("product").get<std::string>());  // aborts when there is none
    strategy(pair.at("simulated").get<std::string>());
  }
}

}  // namespace
}  // namespace squall::testing
