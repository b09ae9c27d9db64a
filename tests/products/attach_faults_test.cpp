// Attach when servers die or lie: what is lost has its cause, and squall neither crashes nor hangs.
//
// The processes are those of product_cluster.hpp, and one that lies in all the ways there are. Time
// passes in these tests, but no assertion is about how long anything took.
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <fstream>
#include <iterator>

#include "tests/products/product_run.hpp"
#include "tests/products/with_cluster.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {
namespace {

class AttachFaults : public WithCluster {};

TEST_F(AttachFaults, a_killed_process_costs_its_users_what_is_said_in_their_gap) {
  start(product_named("ws_redis"));
  if (cluster_ == nullptr) return;
  const Scenario scenario = product_scenario(
      3, {{"/time/measure", "5s"},
          {"/client/backoff/first", "1s"},
          {"/client/backoff/cap", "1s"},
          {"/traffic/0/rate", "120/s"},
          {"/script", R"([{"at":"2s","do":"crash","on":"n2","for":"3500ms","as":"kill"}])"}});
  live::AttachOptions attached = cluster_->attached();
  attached.hooks.file = "hooks";
  attached.hooks.commands["crash n2"] = "kill -9 " + std::to_string(cluster_->pid(1));

  const RunRecord run = live::attach(scenario, foreign_spec(), 1, {}, attached);

  expect_balanced(run);
  ASSERT_EQ(run.faults.size(), 1U);
  EXPECT_EQ(run.faults[0].disconnects, 12U) << joined(run.live.remarks);
  const double gap_s = mean(run.faults[0].ready_again) / 1e9;
  const double rate = static_cast<double>(totals(run).owed) / 5;
  const double expected = rate * 12 / 36 * gap_s;
  const auto lost = static_cast<double>(lost_by(run, Mechanism::reconnect_gap) +
                                        lost_by(run, Mechanism::downlink_in_flight_at_disconnect));
  EXPECT_NEAR(lost, expected, 0.2 * expected) << gap_s << " s, " << joined(run.live.remarks);
}

// Servers go on writing to who has fallen silent, and his kernel takes it: that comes to nobody.
TEST_F(AttachFaults, what_is_written_to_a_client_that_has_fallen_silent_is_not_at_the_clients) {
  start(product_named("ws_redis"));
  if (cluster_ == nullptr) return;
  const auto bytes_a_pair = [&](const char* silent) {
    const Scenario scenario = product_scenario(3, {{"/time/measure", "4s"},
                                                   {"/people/u/drop", "exp(1s)"},
                                                   {"/people/u/silent_drop", silent},
                                                   {"/client/heartbeat/every", "60s"},
                                                   {"/client/heartbeat/timeout", "30s"}});
    const RunRecord run = live::attach(scenario, foreign_spec(), 1, {}, cluster_->attached());
    expect_balanced(run);
    const Totals all = totals(run);
    return static_cast<double>(bytes_of(run, Link::lb_to_client)) /
           static_cast<double>(all.owed - all.lost);
  };

  const double visible = bytes_a_pair("0");

  EXPECT_NEAR(bytes_a_pair("1") / visible, 1, 0.15);  // 4.0 with what ghosts are sent
}

TEST_F(AttachFaults, a_hook_that_hangs_is_cut_off_and_what_it_said_is_kept) {
  start(product_named("ws"));
  if (cluster_ == nullptr) return;
  const Scenario scenario = product_scenario(
      3, {{"/time/measure", "2s"},
          {"/script", R"([{"at":"500ms","do":"crash","on":"n2","for":"2s","as":"two"},
                          {"at":"600ms","do":"crash","on":"n3","for":"2s","as":"three"}])"}});
  live::AttachOptions attached = cluster_->attached();
  attached.hooks.file = "hooks";
  attached.hooks.limit = std::chrono::milliseconds{200};
  attached.hooks.commands["crash n2"] = "echo I am $SQUALL_NODE; exec sleep 60";

  const RunRecord run = live::attach(scenario, foreign_spec(), 1, {}, attached);

  expect_balanced(run);
  const std::string remarks = joined(run.live.remarks);
  EXPECT_NE(remarks.find("cut off at its limit"), std::string::npos) << remarks;
  EXPECT_NE(remarks.find("it said: I am n2"), std::string::npos) << remarks;
  EXPECT_NE(remarks.find("hooks has no command for it"), std::string::npos) << remarks;
}

// ---- servers that lie --------------------------------------------------------------------------

RunRecord lied_to(const std::string& lie) {
  const ProductCluster liar = ProductCluster::alone("lying_server.js", {lie});
  const Scenario scenario = product_scenario(1, {{"/client/connect_timeout", "1s"}});
  return live::attach(scenario, foreign_spec(), 1, {}, liar.attached());
}

struct Lie {
  const char* name;
  void (*expect)(const RunRecord& run);
};
void PrintTo(const Lie& lie, std::ostream* out) { *out << lie.name; }

std::uint64_t counted(const RunRecord& run, Count Cell::*what) {
  std::uint64_t sum = 0;
  for (const Cell& cell : run.cells) sum += cell.*what;
  return sum;
}

class EveryLie : public ::testing::TestWithParam<Lie> {};

TEST_P(EveryLie, is_reported_as_what_it_is_and_costs_no_memory) {
  if (live::find_program("node").empty()) GTEST_SKIP() << "SKIPPED: node was not found";
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);

  const RunRecord run = lied_to(GetParam().name);

  ::getrusage(RUSAGE_SELF, &after);
  expect_balanced(run);
  GetParam().expect(run);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 200 * 1024);
}

bool remarks_have(const RunRecord& run, const char* text) {
  return joined(run.live.remarks).find(text) != std::string::npos;
}
double share_lost(const RunRecord& run) {
  return static_cast<double>(totals(run).lost) / static_cast<double>(totals(run).owed);
}

const Lie kLies[] = {
    {"duplicates",
     [](const RunRecord& run) {
       EXPECT_EQ(totals(run).lost, 0U);
       const std::uint64_t twice =
           counted(run, &Cell::dup_suppressed) + counted(run, &Cell::dup_surfaced);
       EXPECT_EQ(twice, totals(run).owed);
     }},
    {"reorders",
     [](const RunRecord& run) {
       EXPECT_GT(counted(run, &Cell::fifo_violations), 10U);
       EXPECT_LT(share_lost(run), 0.1);  // what is held back when the run ends
     }},
    {"drops",
     [](const RunRecord& run) {
       EXPECT_EQ(totals(run).lost, lost_by(run, Mechanism::foreign_system));
       EXPECT_NEAR(share_lost(run), 0.001, 0.001);
       EXPECT_GT(totals(run).lost, 0U);
     }},
    {"garbage",
     [](const RunRecord& run) {
       EXPECT_GT(run.live.strangers.frames, 100U);
       EXPECT_NEAR(share_lost(run), 0.1, 0.05);
     }},
    {"silent",
     [](const RunRecord& run) {
       EXPECT_EQ(totals(run).owed, 0U);
       EXPECT_GT(run.timed_out, 36U);
     }},
    {"mute",
     [](const RunRecord& run) {
       EXPECT_EQ(totals(run).owed, 0U);
       EXPECT_GT(run.timed_out, 36U);
     }},
    {"middle", [](const RunRecord& run) { EXPECT_TRUE(remarks_have(run, "without a word")); }},
    {"huge",
     [](const RunRecord& run) { EXPECT_TRUE(remarks_have(run, "broke the rules of WebSocket")); }},
};
INSTANTIATE_TEST_SUITE_P(Lies, EveryLie, ::testing::ValuesIn(kLies),
                         [](const auto& lie) { return std::string(lie.param.name); });

}  // namespace
}  // namespace squall::testing
