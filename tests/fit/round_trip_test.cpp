// squall fit: a scenario is played, recorded, fitted and played again; what people compare is the
// same within 5 %. Recorder and fit directly; the command is fit_command_test.cpp.
#include <gtest/gtest.h>

#include <sstream>

#include "sim/cli/fit/access_log.hpp"
#include "sim/cli/fit/csv_record.hpp"
#include "sim/cli/fit/scenario_of.hpp"
#include "tests/support/play.hpp"
#include "tests/support/recording.hpp"

namespace squall::testing {
namespace {

// What a run comes to, for a second of it.
struct Summary {
  fit::Observed seen;
  double owed = 0, loss = 0, client_bytes = 0;
  double seconds() const { return seen.end - seen.begin; }
};

fit::Observed read(const std::string& text, fit::Source source) {
  fit::Recorder recorder;
  fit::CsvRecord csv(recorder);
  fit::AccessLog log(recorder, {.room = "meeting_id", .user = ""});
  std::istringstream in(text);
  const fit::Mistake mistake = fit::each_line(
      in,
      [&](std::string_view line, std::size_t number) {
        return source == fit::Source::csv ? csv.read(line, number) : log.read(line, number);
      },
      [](std::uint64_t) { return true; });
  EXPECT_TRUE(mistake.none()) << text_of(mistake, "test");
  return recorder.finish();
}

Summary summary_of(const Scenario& scenario, std::uint64_t seed, const StrategySpec& spec) {
  Recording recording(scenario, seed);
  PlayOptions options;
  options.witness = &recording;
  const RunRecord run = play(scenario, spec, seed, options);
  EXPECT_TRUE(complete(run));
  const double measure = static_cast<double>(scenario.time.measure.count()) * 1e-9;
  return {read(recording.csv(), fit::Source::csv), static_cast<double>(totals(run).owed) / measure,
          value("loss.intent", run), value("bytes.client.rate", run)};
}

Scenario fitted_from(const fit::Observed& seen, fit::Source source = fit::Source::csv) {
  return loaded(fit::scenario_of(seen, source, "recorded.csv").text);
}

constexpr const char* kLogins = R"x({ "squall": 1, "name": "logins",
  "time": { "warmup": "60s", "measure": "700s", "drain": "60s", "deadline": "30s" },
  "cluster": { "nodes": { "count": 3 } },
  "people": { "u": { "count": 600, "arrive": "uniform(0s,20s)",
                     "stay": "exp(80s)", "away": "exp(40s)" } },
  "rooms": { "r": { "count": 40, "popularity": "zipf(0.8)" } },
  "traffic": [ { "as": "chat", "from": "member", "to": "room:r", "rate": "20/s",
                 "size": "lognormal(300B,0.6)" } ]
})x";

constexpr const char* kDrops = R"x({ "squall": 1, "name": "drops",
  "time": { "warmup": "60s", "measure": "700s", "drain": "60s", "deadline": "30s" },
  "cluster": { "nodes": { "count": 3 } },
  "people": { "u": { "count": 600, "arrive": "uniform(0s,20s)", "drop": "exp(60s)" } },
  "rooms": { "r": { "count": 40 } },
  "traffic": [ { "as": "chat", "from": "member", "to": "room:r", "rate": "20/s",
                 "size": "200B" } ]
})x";

constexpr const char* kMeetings = R"x({ "squall": 1, "name": "meetings",
  "time": { "warmup": "60s", "measure": "700s", "drain": "60s", "deadline": "30s" },
  "cluster": { "nodes": { "count": 3 } },
  "people": { "u": { "count": 600, "arrive": "uniform(0s,20s)",
                     "stay": "uniform(20s,60s)",
                     "away": "lognormal(30s,0.3)" } },
  "rooms": { "r": { "sizes": [[4, 120], [30, 4]] } },
  "traffic": [ { "as": "chat", "from": "member", "to": "room:r", "rate": "20/s",
                 "size": "uniform(100B,500B)" } ]
})x";

void expect_near(double again, double once, const char* what) {
  EXPECT_NEAR(again, once, 0.05 * once) << what;
}

class RoundTrip : public ::testing::TestWithParam<const char*> {};

TEST_P(RoundTrip, KeepsWhatPeopleCompareWithinFivePercent) {
  const Scenario scenario = loaded(GetParam());
  const StrategySpec apart = strategy("session_share");  // loses much: what nodes do not share

  const Summary once = summary_of(scenario, 1, apart);
  const Summary again = summary_of(fitted_from(once.seen), 2, apart);

  expect_near(double(again.seen.messages) / again.seconds(),
              double(once.seen.messages) / once.seconds(), "messages a second");
  expect_near(double(again.seen.connections.ends()) / again.seconds(),
              double(once.seen.connections.ends()) / once.seconds(), "sessions a second");
  expect_near(again.seen.connections.mean_by_exposure(), once.seen.connections.mean_by_exposure(),
              "how long they last");
  expect_near(again.seen.online / again.seconds(), once.seen.online / once.seconds(), "online");
  expect_near(double(again.seen.room_sizes.size()), double(once.seen.room_sizes.size()), "rooms");
  expect_near(again.seen.sizes.mean(), once.seen.sizes.mean(), "bytes of a message");
  expect_near(again.client_bytes, once.client_bytes, "bytes");
  expect_near(again.owed, once.owed, "pairs");
  expect_near(again.loss, once.loss, "loss");
}

INSTANTIATE_TEST_SUITE_P(Fit, RoundTrip, ::testing::Values(kLogins, kDrops, kMeetings));

// What only breaks lose, beside the chance of each of them.
TEST(Fit, BreaksLoseWhatTheyLost) {
  const Scenario scenario = loaded(kDrops);
  const StrategySpec shared = strategy("broadcast");

  const Summary once = summary_of(scenario, 1, shared);
  const Summary again = summary_of(fitted_from(once.seen), 2, shared);

  EXPECT_GT(once.loss, 0.01);
  expect_near(again.loss, once.loss, "loss");
}

TEST(Fit, TheScenarioSaysItsDistributionsAsTheyWere) {
  const Scenario fitted = fitted_from(summary_of(loaded(kMeetings), 1, strategy("broadcast")).seen);

  using Kind = Distribution::Kind;
  ASSERT_EQ(fitted.people.size(), 1U);
  EXPECT_EQ(fitted.people.front().count, 600U);
  EXPECT_EQ(fitted.people.front().stay.kind, Kind::uniform);
  EXPECT_EQ(fitted.people.front().away.kind, Kind::lognormal);
  EXPECT_EQ(fitted.traffic.front().size.kind, Kind::uniform);
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> sizes{{30, 4}, {4, 120}};
  EXPECT_EQ(fitted.rooms.front().sizes, sizes);
}

TEST(Fit, DropsAreToldFromLogouts) {
  const Scenario drops = fitted_from(summary_of(loaded(kDrops), 1, strategy("broadcast")).seen);
  const Scenario logins = fitted_from(summary_of(loaded(kLogins), 1, strategy("broadcast")).seen);

  EXPECT_FALSE(drops.people.front().drop.is_never());
  EXPECT_TRUE(drops.people.front().stay.is_never());
  EXPECT_TRUE(logins.people.front().drop.is_never());  // though a third of its gaps is short
  EXPECT_NEAR(logins.people.front().stay.mean() * 1e-9, 80, 4);
  EXPECT_NEAR(logins.people.front().away.mean() * 1e-9, 40, 3);  // and back again
  EXPECT_NEAR(logins.rooms.front().zipf, 0.8, 0.1);
}

TEST(Fit, AnAccessLogGivesSessionsAndRooms) {
  const Scenario scenario = loaded(kMeetings);
  Recording recording(scenario, 1);
  PlayOptions options;
  options.witness = &recording;
  play(scenario, strategy("broadcast"), 1, options);

  const fit::Observed seen = read(recording.access_log(10'000), fit::Source::access_log);
  const Scenario fitted = fitted_from(seen, fit::Source::access_log);

  EXPECT_EQ(seen.users, 600U);
  EXPECT_EQ(seen.room_sizes.size(), 124U);
  EXPECT_NEAR(seen.connections.mean(), 40, 1);
  EXPECT_NEAR(fitted.people.front().stay.mean() * 1e-9, 40, 1);
  const RunRecord run = play(fitted, strategy("broadcast"), 1);
  const double sent = 10'000.0 * double(seen.lines) / (seen.end - seen.begin);
  EXPECT_NEAR(double(totals(run).owed) * 204 / (double(run.measure.count()) * 1e-9), sent,
              0.1 * sent);
}

TEST(Fit, WhoIsConnectedTwiceIsTwoUsers) {
  const fit::Observed seen = read(
      "time,user,event,room\n"
      "0,a,connect,r\n1,a,connect,r\n5,a,disconnect,\n9,a,disconnect,\n20,a,connect,r\n"
      "30,a,disconnect,\n",
      fit::Source::csv);

  EXPECT_EQ(seen.users, 2U);
  EXPECT_EQ(seen.at_the_same_time, 1U);
  EXPECT_EQ(seen.room_sizes, std::vector<std::uint32_t>{2});
  EXPECT_EQ(seen.connections.size(), 3U);
  EXPECT_DOUBLE_EQ(seen.online, 5 + 8 + 10);
  EXPECT_EQ(seen.gaps.size(), 1U);
  EXPECT_DOUBLE_EQ(seen.gaps.mean(), 11);  // since the connection that ended last
}

TEST(Fit, WhoWasThereBeforeTheRecordIsCutOffAndCounted) {
  const fit::Observed seen = read(
      "user,time,room,event\na,0,,connect\nb,4,x,message\nb,10,,disconnect\nc,10,,disconnect\n",
      fit::Source::csv);

  EXPECT_EQ(seen.users, 3U);
  EXPECT_EQ(seen.connections.size(), 0U);
  EXPECT_EQ(seen.connections.cut(), 3U);
  EXPECT_EQ(seen.connections.ends(), 2U);
  EXPECT_DOUBLE_EQ(seen.connections.mean_by_exposure(), 15);  // 30 s of lives, two ends
}

TEST(Fit, EvenlySpacedMessagesStaySo) {
  std::string even = "time,user,event\n0,a,connect\n", uneven = even;
  for (int i = 0; i < 60; ++i) {
    even += std::to_string(i) + ",a,message\n";
    uneven += std::to_string(i * i) + ",a,message\n";
  }

  EXPECT_FALSE(fitted_from(read(even, fit::Source::csv)).traffic.front().poisson);
  EXPECT_TRUE(fitted_from(read(uneven, fit::Source::csv)).traffic.front().poisson);
}

// A distribution of each kind, drawn by quantiles, is told as what it is.
TEST(Sample, TellsTheKindsApart) {
  using Kind = Distribution::Kind;
  const Distribution all[] = {Distribution::fixed(40),
                              {Kind::uniform, 20, 60, 0},
                              {Kind::exponential, 40'000, 0, 0},
                              {Kind::lognormal, 40'000, 0, 0.5}};
  for (const Distribution& distribution : all) {
    const Sampler sampler(distribution);
    fit::Sample sample;
    for (std::uint64_t i = 0; i < 4096; ++i) {
      sample.add(double(sampler.sample((2 * i + 1) * (std::uint64_t{1} << 51))));
    }

    const fit::Fitted found = fit::fitted(sample, 1);

    EXPECT_EQ(found.distribution.kind, distribution.kind);
    EXPECT_NEAR(found.distribution.mean(), distribution.mean(), 0.02 * distribution.mean());
    EXPECT_LE(found.low, found.mean);
    EXPECT_GE(found.high, found.mean);
  }
}

}  // namespace
}  // namespace squall::testing
