// Thousands of live connections in one process: all of them connect, chat and close without an
// error. The larger crowds are in tests/parity/ and bench/live/.
#include "tests/support/live_crowd.hpp"

namespace squall::testing {
namespace {

// A sanitizer makes everything slower, and a crowd proves nothing more there than a group does.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned kClients = 400;
#else
constexpr unsigned kClients = 5000;
#endif

TEST(LiveConnections, ACrowdConnectsChatsAndClosesWithoutAnError) {
  const RunRecord run = live::play(crowd(kClients, 4), strategy("broadcast"), 1, {});

  expect_everybody_connected(run, kClients);
  EXPECT_EQ(totals(run).lost, 0U);
}

TEST(LiveConnections, MoreThanTheLimitOfDescriptorsIsRefusedWithTheNumberNeeded) {
  const Scenario scenario = crowd(4'000'000, 2);

  try {
    live::play(scenario, strategy("sticky_hash"), 1, {});
    FAIL() << "it must not start";
  } catch (const live::CannotRun& error) {
    EXPECT_NE(std::string(error.what()).find("file descriptors"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace squall::testing
