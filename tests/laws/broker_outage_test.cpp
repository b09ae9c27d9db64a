// What a broker's absence costs: broadcast loses everything said meanwhile, with a local shortcut
// all but the one node in N that needs no broker; designs without a broker do not notice.
//
// The built-in scenario broker-failover-12s, small, with delays that do not vary, so that what is
// said during the outage is refused by the broker and not saved by its return.
#include <gtest/gtest.h>

#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr Filter kDuring{.traffic = {}, .during = 0, .outside = {}};
constexpr Filter kOutside{.traffic = {}, .during = {}, .outside = 0};

Scenario outage() {
  Scenario scenario = built_in("broker-failover-12s", {{"/params/users", "3000"},
                                                       {"/params/rooms", "300"},
                                                       {"/params/chat", "10/s"},
                                                       {"/params/measure", "80s"}});
  scenario.cluster.net.client_node = Distribution::fixed(45'000'000);
  scenario.cluster.broker.reconnect = Distribution::fixed(500'000'000);
  return scenario;
}

TEST(BrokerOutage, TakesEverythingFromABroadcast) {
  const Scenario scenario = outage();

  for (const char* name : {"broadcast", "multi_active"}) {
    const RunRecord run = play(scenario, strategy(name), 1);
    EXPECT_TRUE(complete(run)) << name;
    EXPECT_EQ(value("loss.intent", run, kDuring), 1.0) << name;
    EXPECT_EQ(run.disconnects, 0U) << name;
  }
}

TEST(BrokerOutage, LeavesALocalShortcutOneNodeInTwelve) {
  const Scenario scenario = outage();

  const auto values =
      metric_over_seeds(scenario, strategy("broadcast:shortcut"), 10, "loss.intent", kDuring);

  EXPECT_TRUE(agrees(values, 1.0 - 1.0 / 12, 0.005));
}

TEST(BrokerOutage, LastsForMessagesUntilTheNodesHaveSubscribedAgain) {
  const Scenario scenario = outage();
  const double reconnect_s = 0.5 + 4 * 0.0003;  // the wait, then four legs to the broker
  const double uplink_s = 0.045;                // said so long before, a message is just in time
  const double outage_s = 12.0;

  const auto lost = over_seeds(scenario, strategy("broadcast"), 10, [](const RunRecord& run) {
    std::uint64_t seconds_lost = 0, seconds_owed = 0;
    for (const Cell& cell : run.cells) {
      if (cell.traffic != 1) continue;  // the direct messages
      seconds_lost += cell.lost;
      seconds_owed += cell.owed;
    }
    return static_cast<double>(seconds_lost) / static_cast<double>(seconds_owed) * 80.0;
  });

  EXPECT_TRUE(agrees(lost, outage_s + reconnect_s, 0.05));
  EXPECT_LT(uplink_s, reconnect_s);  // else the loss during the outage were not total
}

TEST(BrokerOutage, IsOverSoonAfterItsEnd) {
  const RunRecord run = play(outage(), strategy("broadcast"), 1);

  EXPECT_LT(value("loss.intent", run, kOutside), 0.02);
  EXPECT_LE(value("recover.max", run), 2e9);
}

TEST(BrokerOutage, IsNotNoticedWithoutABroker) {
  const Scenario scenario = outage();
  Filter chat = kDuring;
  chat.traffic = 0;

  const RunRecord routed = play(scenario, strategy("routed"), 1);
  const RunRecord hashed = play(scenario, strategy("sticky_hash"), 1);

  EXPECT_EQ(totals(routed).lost, 0U);
  EXPECT_EQ(value("loss.intent", hashed, chat), 0.0);
}

}  // namespace
}  // namespace squall::testing
