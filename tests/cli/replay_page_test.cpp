// The replay page: what it shows of any second is what the ledger has of it, and what another count
// of the connections' lives comes to; the command writes it, and says what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include "report/measure/sha256.hpp"

#include "report/page/replay.hpp"
#include "sim/cli/explain/spread.hpp"
#include "tests/support/cli.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

const char* const kStorm = R"json({"squall": 1, "name": "storm",
  "time": {"warmup": "5s", "measure": "60s", "drain": "40s"},
  "cluster": {"nodes": {"count": 3}},
  "people": {"user": {"count": 90, "drop": "exp(30s)", "arrive": "uniform(0s,2s)"}},
  "rooms": {"room": {"count": 40}},
  "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "20/s"},
              {"as": "dm", "to": "user:online", "rate": "10/s"}],
  "script": [{"at": "20s", "do": "host_loss", "on": "n2", "for": "8s", "as": "lost"},
             {"at": "40s", "do": "crash", "on": "n1", "for": "3s", "as": "dies"}],
  "strategies": ["broadcast", "routed"]})json";

struct Told {
  explicit Told(const char* name, std::optional<std::size_t> fault = 0) : scenario(loaded(kStorm)) {
    PlayOptions options;
    options.witness = &spread;
    record = play(scenario, strategy(name), 1, options);
    replay = replay_of(record, spread, Names(scenario, 1), fault);
  }
  const Scenario scenario;
  SpreadCount spread;
  RunRecord record;
  FaultReplay replay;
};

TEST(ReplayPage, shows_of_each_second_what_the_ledger_has_of_it) {
  for (const char* name : {"broadcast", "routed", "sticky_hash", "multi_active"}) {
    SCOPED_TRACE(name);
    const Told told(name);
    std::uint64_t lost = 0;

    for (std::size_t i = 0; i < told.replay.seconds(); ++i) {
      const std::size_t second = told.replay.first + i;
      const SecondRow& row = told.record.seconds[second];
      EXPECT_EQ(told.replay.owed[i], row.owed);
      EXPECT_EQ(told.replay.delivered[i], row.delivered);
      EXPECT_EQ(told.replay.lost[i], row.lost);
      EXPECT_EQ(told.replay.connected[i], row.connected);
      std::map<std::string, std::uint64_t> by_cause, in_ledger;
      std::uint64_t by_room = 0;
      for (const ReplaySeries& room : told.replay.rooms) by_room += room.pairs[i];
      for (const ReplaySeries& cause : told.replay.causes) {
        if (cause.pairs[i] > 0) by_cause[cause.name] = cause.pairs[i];
      }
      for (const TrafficSeries& series : told.record.series) {
        for (const CauseCount& cause : series.slices[second].causes) {
          in_ledger[std::string(squall::row(cause.mechanism).name)] += cause.pairs;
        }
      }
      EXPECT_EQ(by_cause, in_ledger) << "second " << second;
      EXPECT_EQ(by_room, row.lost) << "second " << second;
      lost += row.lost;
    }
    EXPECT_GT(lost, 0U);
  }
}

// The books integrate open sessions to the nanosecond; the lives that the replay counts from must
// come to the same, and its seconds to what a plain count finds.
TEST(ReplayPage, counts_the_sessions_that_the_books_count) {
  const Told told("broadcast");
  const auto overlap = [&](Time from, Time to) {
    return std::max(Duration{0}, std::min(to, told.record.measure) - std::max(from, Time{0}));
  };
  for (std::uint16_t n = 0; n < told.record.nodes; ++n) {
    Duration open{0};
    for (const ConnectionRecord& life : told.spread.lives()) {
      if (life.node == NodeId{n}) open += overlap(life.opened, life.closed);
    }
    EXPECT_EQ(open.count(), told.record.node_rows[n].connection_ns.count()) << "n" << n + 1;
    for (std::size_t i = 0; i < told.replay.seconds(); ++i) {
      const Time at = std::chrono::seconds{told.replay.first + i};
      std::uint64_t live = 0, ghosts = 0;
      for (const ConnectionRecord& life : told.spread.lives()) {
        if (life.node != NodeId{n} || life.opened > at || life.closed <= at) continue;
        ++(life.dead > at ? live : ghosts);
      }
      EXPECT_EQ(told.replay.nodes[n].live[i], live) << "n" << n + 1 << " at second " << i;
      EXPECT_EQ(told.replay.nodes[n].ghosts[i], ghosts) << "n" << n + 1 << " at second " << i;
    }
  }
}

TEST(ReplayPage, begins_before_the_fault_and_bills_to_it) {
  const Told first("broadcast", 0), second("broadcast", 1);

  EXPECT_EQ(first.replay.fault, "lost");
  EXPECT_EQ(first.replay.first, 10U);
  EXPECT_EQ(second.replay.first, 30U);
  std::uint64_t billed = 0;
  for (const std::uint64_t pairs : first.replay.billed) billed += pairs;
  EXPECT_EQ(billed, first.record.faults[0].pairs_lost);
  EXPECT_EQ(first.replay.nodes[1].state[11], "down");
}

TEST(ReplayPage, is_one_file_with_pictures_that_fetches_nothing) {
  const std::string page = replay_page(Told("broadcast").replay);

  EXPECT_LT(page.size(), 2'000'000U);
  // Found by hand: a page is too long for a failure text.
  EXPECT_NE(page.find("default-src 'none'"), page.npos);
  EXPECT_NE(page.find("The cluster at 19 s"), page.npos);
  EXPECT_EQ(page.find("src=\"http"), page.npos);
}

TEST(ReplayCommand, writes_the_page_of_a_stored_run_and_follows_a_lost_message) {
  const Squall squall;
  squall.folder().write("storm.json", kStorm);
  squall({"run", "storm.json", "-n", "1", "-q"});

  const ProcessResult made = squall({"explain", "latest", "--replay", "a.html", "--fault", "dies"});

  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("how dies spread"));
  EXPECT_THAT(squall.folder().read("a.html"), HasSubstr("One message, followed"));
}

// As a run leaves it that was cut short: a later strategy was played, and lost nothing.
TEST(ReplayCommand, shows_what_was_played_of_a_run_that_was_cut_short) {
  const Squall squall;
  squall.folder().write("storm.json", kStorm);
  squall({"run", "storm.json", "-n", "1", "-q", "-s", "broadcast,routed"});
  const std::string folder = squall.newest_run();
  auto result = nlohmann::json::parse(squall.folder().read(folder + "/result.json"));
  result["results"][0]["fingerprints"] = nlohmann::json::array();
  for (auto& strategy : result["results"]) strategy["loss"] = nlohmann::json::array();
  squall.folder().write(folder + "/result.json", result.dump());
  auto manifest = nlohmann::json::parse(squall.folder().read(folder + "/manifest.json"));
  manifest["result_sha256"] = sha256_hex(result.dump());
  squall.folder().write(folder + "/manifest.json", manifest.dump());

  const ProcessResult made = squall({"explain", "latest", "--replay", "a.html"});
  const ProcessResult other =
      squall({"explain", "latest", "--replay", "a.html", "-s", "broadcast"});

  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("routed, seed 1"));
  EXPECT_THAT(other.err, HasSubstr("cut short before it played broadcast"));
}

TEST(ReplayCommand, mistakes_are_exit_2_and_name_the_fix) {
  const Squall squall;
  squall.folder().write("storm.json", kStorm);
  squall({"run", "storm.json", "-n", "1", "-q"});
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
      {{"explain", "latest", "--replay", "a.html", "--fault", "dyes"}, "dies"},
      {{"explain", "latest", "--replay", "a.txt"}, "something.html"},
      {{"explain", "latest", "--lost", "--fault", "dies"}, "--replay FILE.html"},
      {{"explain", "latest", "--replay", "a.html", "-s", "sticky_hash"},
       "no strategy \"sticky_hash\" in this run"}};
  for (const auto& [words, sentence] : mistakes) {
    const ProcessResult result = squall(words);
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_THAT(result.err, HasSubstr(sentence));
  }
}

}  // namespace
}  // namespace squall::testing
