// What stands around the numbers of the page: what was played and what was overridden, whether it
// was live, two runs of one scenario, and what a keyboard and a screen reader need.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/page/html.hpp"
#include "tests/report/page.hpp"
#include "tests/support/markup.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::page;

Result with_facts() {
  Result result = sample::result();
  result.resolved_scenario = R"({
    "why": "200 000 users in one room", "people": {"phones": {"count": 200}},
    "clients": {"alice": {}}, "rooms": {"halls": {"count": 12, "sizes": []}},
    "cluster": {"nodes": {"count": 3, "cost_profile": "beast-tls"},
                "broker": {"profile": "redis-pubsub"}},
    "traffic": [{"as": "chat", "rate": "8/s"}]})";
  return result;
}

std::string fact(const std::string& term, const std::string& value) {
  return "<dt>" + term + "</dt><dd>" + value + "</dd>";
}

TEST(PageFacts, SayWhatWasPlayed) {
  const std::string text = page({with_facts()});

  EXPECT_THAT(text, HasSubstr(fact("users", "201")));
  EXPECT_THAT(text, HasSubstr(fact("nodes", "3")));
  EXPECT_THAT(text, HasSubstr(fact("rooms", "12")));
  EXPECT_THAT(text, HasSubstr(fact("traffic", "chat 8/s")));
  EXPECT_THAT(text, HasSubstr(fact("faults", "crash at 5 s to 8 s")));
  EXPECT_THAT(text, HasSubstr(fact("engine", "simulator, virtual time")));
  EXPECT_THAT(text, HasSubstr(fact("cost profile", "beast-tls")));
  EXPECT_THAT(text, HasSubstr("What these numbers leave out"));
}

TEST(PageFacts, CountRoomsThatAreGivenBySize) {
  Result result = with_facts();
  const std::string one = R"({"halls": {"count": 12, "sizes": []}})";
  result.resolved_scenario.replace(result.resolved_scenario.find(one), one.size(),
                                   R"({"r": {"count": 1, "sizes": [[2, 5000], [500, 4]]}})");

  EXPECT_THAT(page({result}), HasSubstr(fact("rooms", "5 004")));
}

TEST(PageFacts, SayWhatFormEachStrategyHasWhateverItsName) {
  Result result = with_facts();
  EXPECT_THAT(page({result}), HasSubstr(fact("strategies", "textbook")));
  result.strategies[0].form = "hardened";
  const std::string hard = result.strategies[0].strategy;
  std::string others;
  for (std::size_t i = 1; i < result.strategies.size(); ++i) {
    others += (i == 1 ? "" : ", ") + result.strategies[i].strategy;
  }

  EXPECT_THAT(page({result}),
              HasSubstr(fact("strategies", "textbook: " + others + "; hardened: " + hard)));
}

TEST(PageFacts, SayWhatAStrategyPlaysOtherwise) {
  Result result = with_facts();
  EXPECT_THAT(page({result}), Not(HasSubstr("own values")));

  result.resolved_scenario.insert(1, R"("strategies": [{"use": "routed", "as": "routed"},
    {"use": "routed", "as": "mine", "with": {"/client/connect_timeout": "3s"}}],)");

  EXPECT_THAT(page({result}),
              HasSubstr(fact("own values", "mine: /client/connect_timeout &quot;3s&quot;")));
}

TEST(PageFacts, MarkWhatWasOverriddenAndTheStoryThatItChanged) {
  Result result = with_facts();
  EXPECT_THAT(page({result}), Not(HasSubstr("<mark>")));
  result.overrides = {"/params/users=200"};

  const std::string text = page({result});

  EXPECT_THAT(text, HasSubstr("<mark>/params/users=200</mark>"));
  EXPECT_THAT(text, HasSubstr("before the overrides below: 200 000 users"));
}

TEST(PageFacts, SayOfALiveRunThatItIsLiveAndHowLateTheGeneratorWas) {
  Result result = with_facts();
  result.engine_flags = " --engine live";
  for (StrategyResult& strategy : result.strategies) {
    strategy.live.push_back({.lateness_p99_ns = 3'030'000});
  }

  const std::string text = page({result});

  EXPECT_THAT(text, HasSubstr("live: real sockets on loopback --engine live"));
  EXPECT_THAT(text, HasSubstr("generator late<br/>"));
  EXPECT_THAT(text, HasSubstr("<td align=\"right\">3.03</td>"));
}

TEST(PageOfTwoRuns, OfOneScenarioShowsWhatChanged) {
  Result base = with_facts(), fresh = with_facts();
  fresh.resolved_scenario.replace(fresh.resolved_scenario.find("\"count\": 3"), 10, "\"count\": 4");
  for (StrategyResult& strategy : fresh.strategies) {
    for (std::string& fingerprint : strategy.fingerprints) fingerprint = "0123456789abcdef";
    for (MetricValues& values : strategy.metrics) {
      if (values.name != "loss.intent") continue;
      for (auto& value : values.per_seed) value = *value + 0.01;
    }
  }

  const std::string text = page({base, fresh});

  EXPECT_THAT(text, HasSubstr("<h1>sample: 2 runs</h1>"));
  EXPECT_THAT(text, Not(HasSubstr("2 scenarios")));
  EXPECT_THAT(text, HasSubstr("/cluster/nodes/count"));
  EXPECT_THAT(text, HasSubstr("+1.00 points"));
  EXPECT_THAT(text, HasSubstr("1: steady"));
  EXPECT_THAT(text, HasSubstr("2: steady"));
}

TEST(PageOfTwoRuns, SaysOfEqualOnesThatNothingChanged) {
  EXPECT_THAT(page({with_facts(), with_facts()}), HasSubstr("identical, to the last event"));
}

// axe-core asks for the rest in a browser.
TEST(PageForKeyboards, HasOneMainAndScrollersThatCanBeReached) {
  const testing::Markup markup = testing::read_markup(page({with_facts(), with_facts()}));

  std::size_t mains = 0;
  for (const testing::Tag& tag : markup.tags) {
    mains += tag.name == "main" ? 1 : 0;
  }
  EXPECT_EQ(mains, 1U);
  const std::string text = page({with_facts()});
  for (std::size_t at = text.find("class=\"scroll"); at != text.npos;
       at = text.find("class=\"scroll", at + 1)) {
    EXPECT_THAT(text.substr(at, 60), HasSubstr("tabindex=\"0\""));
  }
}

}  // namespace
}  // namespace squall
