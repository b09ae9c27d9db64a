// The committed pairs of scenario and product (agreement.json), the simulation against the product.
//
// Loss is held by the rule of `squall agreement`; latency is shown and not asserted, as generator,
// product and other work share this machine. Only the pairs that say so are played.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "sim/cli/agreement/judgement.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/kernel/engine.hpp"
#include "tests/products/product_cluster.hpp"
#include "tests/products/product_run.hpp"
#include "tests/support/place.hpp"

namespace squall::testing {
namespace {

using Json = nlohmann::json;

const Json& list() {
  static const Json kList =
      Json::parse(std::ifstream(source_path("tests/products/agreement.json")));
  return kList;
}

std::vector<Json> played_pairs() {
  std::vector<Json> pairs;
  for (const Json& pair : list().at("pairs")) {
    if (pair.at("play").get<bool>()) pairs.push_back(pair);
  }
  return pairs;
}

Scenario scenario_of(const Json& pair, std::size_t nodes) {
  const std::string fault = pair.at("fault");
  std::vector<Override> overrides = {{"/name", fault},
                                     {"/time/measure", "6s"},
                                     {"/time/drain", "3s"},
                                     {"/cluster/nodes/cost_profile", "beast-plain"},
                                     {"/client/backoff/first", "1s"},
                                     {"/client/backoff/cap", "1s"},
                                     {"/traffic/0/rate", "100/s"},
                                     {"/script", list().at("faults").at(fault).dump()}};
  for (const char* const way : {"client_node", "node_node", "node_broker", "node_registry"}) {
    overrides.push_back({std::string("/cluster/net/") + way, "50us"});
  }
  if (fault == "silent_drop") {
    overrides.push_back({"/people/u/drop", "exp(5s)"});
    overrides.push_back({"/people/u/silent_drop", "0.5"});
  }
  return product_scenario(nodes, overrides);
}

class AgreementProducts : public ::testing::TestWithParam<Json> {};

TEST_P(AgreementProducts, loses_what_the_simulation_says) {
  const Json& pair = GetParam();
  const ProductRow& product = product_named(pair.at("product").get<std::string>());
  const std::string missing = ProductCluster::missing(product);
  if (!missing.empty()) GTEST_SKIP() << "SKIPPED: " << missing;
  std::string error;
  const auto cluster = ProductCluster::start(product, error);
  ASSERT_NE(cluster, nullptr) << error;
  const Scenario scenario = scenario_of(pair, product.nodes);
  const StrategySpec spec = strategy(pair.at("simulated").get<std::string>());
  live::AttachOptions attached = cluster->attached();
  attached.hooks.file = "hooks";
  attached.hooks.commands["crash n2"] = "kill -9 " + std::to_string(cluster->pid(1));
  Scenario one = scenario;
  one.strategies = {spec};

  std::vector<std::vector<RunRecord>> simulated(1), measured(1);
  simulated[0].push_back(play(one, spec, 1, {}));
  measured[0].push_back(live::attach(scenario, foreign_spec(), 1, {}, attached));
  const Result sim = result_of(one, {1}, simulated, {});
  one.strategies = {foreign_spec()};
  const Result real = result_of(one, {1}, measured, {});
  const AgreementPair judged = judge_agreement({.scenario = scenario,
                                                .strategy = spec,
                                                .simulated = sim.strategies.front(),
                                                .measured = real.strategies.front(),
                                                .cpu_simulated = {},
                                                .cpu_measured = {},
                                                .foreign = true});
  const std::string text = agreement_text({judged}, "beast-plain");
  std::cout << product.name << "\n" << text;

  if (!judged.invalid.empty()) GTEST_SKIP() << "SKIPPED, INVALID: " << judged.invalid;
  expect_balanced(measured[0].front());
  EXPECT_EQ(judged.quantities.front().verdict, Quantity::Ruling::holds) << text;
}

INSTANTIATE_TEST_SUITE_P(Pairs, AgreementProducts, ::testing::ValuesIn(played_pairs()),
                         [](const auto& pair) {
                           return pair.param.at("product").template get<std::string>() + "_" +
                                  pair.param.at("fault").template get<std::string>();
                         });

TEST(AgreementList, names_at_least_twelve_pairs_each_with_a_fault_that_is_there) {
  EXPECT_GE(list().at("pairs").size(), 12U);
  for (const Json& pair : list().at("pairs")) {
    EXPECT_TRUE(list().at("faults").contains(pair.at("fault").get<std::string>())) << pair;
    product_named(pair.at("product").get<std::string>());  // aborts when there is none
    strategy(pair.at("simulated").get<std::string>());
  }
}

}  // namespace
}  // namespace squall::testing
