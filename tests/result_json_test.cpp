// result.json: round trip, sorted keys, no NaN, exact integers, and its schema.
// Also how make_result warns and names problems, since the document is where they end up.
#include "report/export/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "report/measure/metrics.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

using OrderedJson = nlohmann::ordered_json;

Result read_back(const std::string& text) {
  auto read = from_json(text);
  if (const auto* error = std::get_if<std::string>(&read)) {
    ADD_FAILURE() << *error;
    return {};
  }
  return std::get<Result>(read);
}

void expect_sorted_keys(const OrderedJson& json) {
  std::string before;
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) {
      EXPECT_LE(before, key);
      before = key;
    }
    if (value.is_structured()) expect_sorted_keys(value);
  }
}

TEST(ResultJson, IsTheGoldenFile) {
  const std::string text = to_json(sample::result());

  EXPECT_TRUE(testing::equals_golden_file(text, "report/result.golden"));
}

TEST(ResultJson, SurvivesARoundTripByteForByte) {
  const std::string text = to_json(sample::result());

  EXPECT_EQ(to_json(read_back(text)), text);
}

TEST(ResultJson, ComesBackWithEveryFieldInItsPlace) {
  const Result before = sample::result();

  const Result after = read_back(to_json(before));

  EXPECT_EQ(after.scenario_name, before.scenario_name);
  EXPECT_EQ(after.scenario_sha256, before.scenario_sha256);
  EXPECT_EQ(after.seeds, before.seeds);
  EXPECT_EQ(after.complete, before.complete);
  ASSERT_EQ(after.strategies.size(), before.strategies.size());
  for (std::size_t i = 0; i < before.strategies.size(); ++i) {
    const StrategyResult& a = after.strategies[i];
    const StrategyResult& b = before.strategies[i];
    EXPECT_EQ(a.strategy, b.strategy);
    EXPECT_EQ(a.fingerprints, b.fingerprints);
    ASSERT_EQ(a.metrics.size(), b.metrics.size());
    for (std::size_t m = 0; m < b.metrics.size(); ++m) {
      EXPECT_EQ(a.metrics[m].name, b.metrics[m].name);
      EXPECT_EQ(a.metrics[m].unit, b.metrics[m].unit);
      EXPECT_EQ(a.metrics[m].per_seed, b.metrics[m].per_seed) << b.metrics[m].name;
    }
  }
  ASSERT_EQ(after.verdicts.size(), before.verdicts.size());
  EXPECT_EQ(after.verdicts.back().outcome, Outcome::no_data);
  EXPECT_EQ(after.verdicts.back().line, 12);
}

TEST(ResultJson, HasSortedKeysOnEveryLevel) {
  OrderedJson document = OrderedJson::parse(to_json(sample::result()));

  EXPECT_EQ(document.begin().key(), "schema");  // who reads the file learns first what it is
  document.erase("schema");
  expect_sorted_keys(document);
}

TEST(ResultJson, HasNoNullAndEndsWithALineBreak) {
  const std::string text = to_json(sample::result());

  EXPECT_EQ(text.find("null"), std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
  EXPECT_TRUE(text.ends_with("}\n"));
}

TEST(ResultJson, SaysNoDataAndInfinityInWords) {
  const auto json = nlohmann::json::parse(to_json(sample::result()));
  const auto& leaky = json["results"][0]["metrics"];

  EXPECT_EQ(leaky["latency.obliged.p99"]["pooled"], "infinity");
  EXPECT_EQ(leaky["latency.obliged.p99"]["ci95"]["no_data"], true);
  EXPECT_EQ(leaky["route.stale_fraction"]["no_data"], true);
  EXPECT_FALSE(leaky["route.stale_fraction"].contains("mean"));
  EXPECT_EQ(json["verdicts"].back()["measured"]["no_data"], true);
}

TEST(ResultJson, WritesWholeNumbersAsIntegers) {
  Result result = sample::result();
  result.seeds[0] = std::numeric_limits<std::uint64_t>::max();

  const auto json = nlohmann::json::parse(to_json(result));

  EXPECT_EQ(json["seeds"][0].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(json["results"][0]["metrics"]["pairs.owed"]["mean"].is_number_integer());
}

TEST(ResultJson, FingerprintChangesWithAnySeed) {
  Result result = sample::result();
  const auto before = nlohmann::json::parse(to_json(result));

  result.strategies[0].fingerprints[2] = "0000000000000000";
  const auto after = nlohmann::json::parse(to_json(result));

  EXPECT_NE(before["results"][0]["fingerprint"], after["results"][0]["fingerprint"]);
  EXPECT_EQ(before["results"][1]["fingerprint"], after["results"][1]["fingerprint"]);
}

TEST(ResultJson, HoldsHostileNamesUnharmed) {
  const Result result = read_back(to_json(sample::hostile_result()));

  EXPECT_EQ(result.scenario_name, sample::kHostileName);
  EXPECT_EQ(result.strategies[0].strategy, sample::kHostileName);
}

TEST(ResultJson, ReplacesBytesThatAreNoText) {
  Result result = sample::result();
  result.scenario_name = "a\xff" "b";

  EXPECT_EQ(read_back(to_json(result)).scenario_name, "a\xEF\xBF\xBD" "b");
}

TEST(ResultJson, RefusesOtherDocumentsWithASentence) {
  for (const char* text : {"", "[]", "{}", "{\"schema\": \"squall.result/2\"}", "{\"schema\": 1}",
                           "{\"schema\": \"squall.result/1\"}"}) {
    const auto read = from_json(text);

    ASSERT_TRUE(std::holds_alternative<std::string>(read)) << text;
    EXPECT_FALSE(std::get<std::string>(read).empty());
  }
}

TEST(ResultSchema, DescribesEveryMetricOfTheRegistry) {
  const auto schema = nlohmann::json::parse(result_schema());
  const auto& metrics =
      schema["properties"]["results"]["items"]["properties"]["metrics"]["properties"];

  EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#");
  EXPECT_EQ(metrics.size(), metric_rows().size());
  for (const MetricRow& row : metric_rows()) EXPECT_TRUE(metrics.contains(row.name)) << row.name;
}

TEST(ResultSchema, RequiresWhatADocumentHas) {
  const auto schema = nlohmann::json::parse(result_schema());
  const auto json = nlohmann::json::parse(to_json(sample::result()));

  EXPECT_EQ(schema["required"].size(), json.size());
  for (const auto& key : schema["required"]) EXPECT_TRUE(json.contains(key)) << key;
}

TEST(MakeResult, NamesTheViolatedLawWithStrategyAndSeed) {
  auto records = sample::records();
  records[1][2].violations.push_back({"pairs", "owed 10 = delivered 9"});

  const Result result = make_result(sample::scenario(), sample::strategies(), sample::seeds(),
                                    records);

  EXPECT_FALSE(result.complete);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0],
            "steady seed 3: the law of pairs does not balance: owed 10 = delivered 9");
}

TEST(MakeResult, OfACutRunIsNotCompleteAndKeepsWhatThereIs) {
  auto records = sample::records();
  records[2].pop_back();

  const Result result = make_result(sample::scenario(), sample::strategies(), sample::seeds(),
                                    records);

  EXPECT_FALSE(result.complete);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0], "mute: only 2 of 3 replications were run");
  for (const MetricValues& metric : result.strategies[2].metrics) {
    ASSERT_EQ(metric.per_seed.size(), 3U);
    EXPECT_FALSE(metric.per_seed[2].has_value());
  }
}

TEST(MakeResult, NoticesThatStrategiesFacedDifferentArrivals) {
  auto records = sample::records();
  records[1][0].arrivals_hash = 7;

  const Result result = make_result(sample::scenario(), sample::strategies(), sample::seeds(),
                                    records);

  EXPECT_FALSE(result.complete);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0], "seed 1: steady and leaky did not face the same arrivals");
}

TEST(MakeResult, SumsLossesOverSeedsLargestFirst) {
  const Result result = sample::result();

  const auto& loss = result.strategies[0].loss;
  ASSERT_EQ(loss.size(), 3U);
  EXPECT_EQ(loss[0].mechanism, "ingress_lost_at_crash");
  EXPECT_EQ(loss[0].trigger, "fault:crash");
  EXPECT_EQ(loss[0].pairs, 150U + 160U + 170U);
  EXPECT_EQ(loss[0].broken_promises, 360U);
  EXPECT_EQ(loss[1].reason, "crash");
  EXPECT_EQ(loss[2].trigger, "churn:phones");
}

TEST(MakeResult, NotesWhenTheSampleIsTooSmallForAPercentile) {
  std::vector<std::vector<RunRecord>> records(1);
  records[0].push_back(sample::steady(1));
  records[0][0].cells = {sample::cell(0, 0, {400, 0, 0})};

  const Result result = make_result(sample::scenario(), {sample::strategies()[1]}, {1}, records);

  EXPECT_TRUE(result.strategies[0].warnings.empty());
  ASSERT_EQ(result.strategies[0].notes.size(), 1U);
  EXPECT_EQ(result.strategies[0].notes[0],
            "latency p99.9 and beyond are not supported by 400 owed pairs (p99.9 needs 3 688)");
}

}  // namespace
}  // namespace squall
