// What a goodbye weighs, by the kernel's own counters and in virtual time: a close frame each way,
// counted once; and what clients still send to a machine that is gone.
//
// Control frames are what is left of the bytes of TCP when messages and handshakes are taken off.
#include <gtest/gtest.h>

#include <future>

#include "sim/live/run/engine.hpp"
#include "tests/support/live_witness.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

Scenario scenario_of(const std::string& script, const std::string& heartbeat,
                     const std::string& rate = "1/s") {
  return loaded(R"json({"squall": 1, "name": "goodbyes", "why": "Everybody goes at once.",
    "time": {"warmup": "1s", "measure": "2s", "drain": "2s", "deadline": "2s"},
    "cluster": {"nodes": {"count": 2, "cost_profile": "beast-plain"},
                "lb": {"policy": "round_robin"}, "net": {"client_node": "50us"}},
    "people": {"u": {"count": 40, "arrive": "uniform(0s,100ms)", "downlink": "10Gbit/s"}},
    "client": {"heartbeat": )json" + heartbeat + R"json(,
               "backoff": {"first": "100s", "factor": 1, "cap": "100s"}},
    "rooms": {"r": {"count": 1}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": ")json" + rate +
                R"json("}],
    "script": [)json" + script + "]}");
}

Bytes control(const RunRecord& run, Link link) {
  const LinkBytes& row = run.bytes[static_cast<std::size_t>(link)];
  return row.sent[static_cast<std::size_t>(BytePurpose::control)];
}

struct BothRuns {
  RunRecord simulated, live;
};

BothRuns play_both(const Scenario& scenario) {
  const StrategySpec spec = strategy("sticky_hash");
  live::LiveOptions options;
  options.loops = 1;
  return {play(scenario, spec, 1), play_in_time(scenario, spec, options)};
}

TEST(GoodbyeBytes, a_close_frame_goes_each_way_and_is_counted_once_in_both_engines) {
  const std::string quiet = R"({"every": "100s", "timeout": "10s"})";
  const BothRuns with = play_both(scenario_of(
      R"({"at": "1s", "as": "bye", "do": "disconnect", "on": "u", "how": "close"})", quiet));
  const BothRuns without = play_both(scenario_of("", quiet));
  const auto cost = [&](const RunRecord& one, const RunRecord& other, Link link) {
    return static_cast<double>(control(one, link) - control(other, link));
  };
  constexpr double kUsers = 40;
  constexpr double kFew = 40;  // the words for one or two messages that are not said any more
  EXPECT_NEAR(cost(with.simulated, without.simulated, Link::node_to_lb), kUsers * 4, kFew);
  EXPECT_NEAR(cost(with.simulated, without.simulated, Link::client_to_lb), kUsers * 8, kFew);
  EXPECT_NEAR(cost(with.live, without.live, Link::node_to_lb), kUsers * 4, kFew);
  EXPECT_NEAR(cost(with.live, without.live, Link::client_to_lb), kUsers * 8, kFew);
}

TEST(GoodbyeBytes, what_clients_still_send_to_a_machine_that_is_gone_was_on_the_wire) {
  const BothRuns runs = play_both(
      scenario_of(R"({"at": "200ms", "as": "gone", "do": "host_loss", "on": "n1"})",
                  R"({"every": "500ms", "timeout": "400ms"})", "20/s"));
  const auto simulated = static_cast<double>(control(runs.simulated, Link::client_to_lb));
  EXPECT_GT(simulated, 400);  // pings, of 6 bytes; what is said to the dead weighs twice as much
  // A message of 208 bytes or two may lie on the edge of the window.
  EXPECT_NEAR(static_cast<double>(control(runs.live, Link::client_to_lb)), simulated,
              0.6 * simulated);
}

}  // namespace
}  // namespace squall::testing
