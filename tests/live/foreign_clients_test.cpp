// WebSocket clients that are not squall's against servers of the live engine: Node's `ws`, Python's
// websockets, and Chromium. What they check is in tests/foreign/; who is missing is skipped, aloud.
//
// Two servers: one that says everything again, and a node of a cluster that was never told of them.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/books/setup.hpp"
#include "sim/live/cluster.hpp"
#include "sim/live/node/node.hpp"
#include "tests/support/echo_server.hpp"
#include "tests/support/place.hpp"
#include "tests/support/play.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {
namespace {

// One node on a loop of its own, for as long as the test lasts.
class LiveNode {
 public:
  LiveNode() {
    cluster_.loops.push_back(std::make_unique<live::RunLoop>(cluster_.clock));
    for (std::uint16_t n = 0; n < cluster_.node_addresses.size(); ++n) {
      cluster_.nodes.push_back(std::make_unique<live::Node>(cluster_, NodeId{n}));
    }
    loop().start(false);
    std::string error;
    loop().call([&] {
      for (const auto& node : cluster_.nodes) {
        if (node->listen(error)) node->start();
      }
    });
    EXPECT_EQ(error, "");
  }
  ~LiveNode() {
    loop().call([this] {
      for (const auto& node : cluster_.nodes) node->finish();
    });
    loop().stop();
    loop().join();
  }
  std::uint16_t port() const { return cluster_.node_addresses[0].port; }

 private:
  live::Loop& loop() { return *cluster_.loops[0]; }

  const Scenario scenario_ = built_in("two-node-hello");
  const Plan plan_{scenario_, 1};
  const live::LiveOptions options_;
  live::Cluster cluster_{plan_, with_placement(strategy("sticky_hash"), scenario_), options_};
};

class ForeignClients : public ::testing::TestWithParam<const char*> {};

TEST_P(ForeignClients, TalkToTheLiveServersAsToAnyOther) {
  EchoServer echo;
  LiveNode node;
  const std::string folder =
      std::filesystem::path(squall_binary()).parent_path() / "npm" / "foreign";

  const ProcessResult result =
      run_process({{source_path("tests/foreign/run.sh"), GetParam(), folder,
                    std::to_string(echo.port()), std::to_string(node.port())},
                   ".",
                   {},
                   {}});

  if (result.exit_code == 77) GTEST_SKIP() << result.out;
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_NE(result.out.find(" passed, 0 failed"), std::string::npos) << result.out << result.err;
}

INSTANTIATE_TEST_SUITE_P(Each, ForeignClients, ::testing::Values("node", "python", "browser"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace squall::testing
