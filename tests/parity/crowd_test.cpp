// Nine thousand live connections in one process, within 20,000 file descriptors.
// How much memory one takes is printed by bench/live/connections.
#include "tests/support/live_crowd.hpp"

namespace squall::testing {
namespace {

TEST(LiveConnections, NineThousandConnectWithinTheUsualLimitOfDescriptors) {
  const RunRecord run = live::play(crowd(9000, 4), strategy("broadcast"), 1, {});

  expect_everybody_connected(run, 9000);
}

}  // namespace
}  // namespace squall::testing
