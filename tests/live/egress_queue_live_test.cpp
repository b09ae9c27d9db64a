// Queues that let go of older messages, on real sockets: what was taken out of them is said, what
// stayed arrives, and the books balance.
//
// The same in virtual time: tests/kernel/egress_queue_test.cpp.
#include <gtest/gtest.h>

#include <string>

#include "sim/live/run/engine.hpp"
#include "tests/support/balanced.hpp"
#include "tests/support/live_witness.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// A hundred times 128 KiB in two seconds; Bob reads 2 MB of them a second, and kernels hold some.
RunRecord slow_reader(const std::string& on_full) {
  const Scenario scenario = loaded(R"json({"squall": 1, "name": "queue", "why": "one slow reader",
    "time": {"warmup": "1s", "measure": "3s", "drain": "6s", "deadline": "5s"},
    "client": {"heartbeat": {"every": "60s", "timeout": "59s"}},
    "cluster": {"nodes": {"count": 1, "egress_queue": {"limit": "512KiB", "on_full": ")json" +
                                   on_full + R"json("}}},
    "clients": {"ann": {"on": "n1", "rooms": ["r"], "downlink": "10Gbit/s"},
                "bob": {"on": "n1", "rooms": ["r"], "downlink": "16Mbit/s"}},
    "script": [{"at": "100ms", "do": "send", "by": "ann", "to": "room:r", "size": "128KiB",
                "repeat": 100, "every": "20ms"}]})json");
  live::LiveOptions options;
  options.loops = 1;
  return play_in_time(scenario, strategy("session_share"), options);
}

TEST(EgressQueueLive, DropsTheOldestAndDeliversTheRest) {
  const RunRecord run = slow_reader("drop_oldest");

  expect_balanced(run);
  EXPECT_EQ(totals(run).owed, 100U);
  EXPECT_GT(lost_by(run, Mechanism::egress_queue_dropped), 0U);
  EXPECT_EQ(totals(run).lost, lost_by(run, Mechanism::egress_queue_dropped));
}

TEST(EgressQueueLive, CoalescesWhatWaitsOfARoom) {
  const RunRecord run = slow_reader("coalesce");

  expect_balanced(run);
  EXPECT_GT(lost_by(run, Mechanism::egress_coalesced), 0U);
  EXPECT_EQ(totals(run).lost, lost_by(run, Mechanism::egress_coalesced));
  EXPECT_EQ(value("order.fifo_violations", run), 0);
}

}  // namespace
}  // namespace squall::testing
