// The servers and the load client of bench/peers, together: everybody gets in and hears everything.
//
// Two programs, as bench/peers/run starts them, over an embedded broker; nothing here is measured.
// They are built by presets with benchmarks only: skipped, aloud, where they are not there.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/live/resp/embedded_broker.hpp"
#include "tests/support/place.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {
namespace {

// Arguments: the folder of the programs, the broker's port.
constexpr const char* kBothPrograms = R"(
  coproc nodes { exec "$1/squall_nodes_main" --redis "$2" --clients 20 --rooms 2; }
  pid=$nodes_PID
  read -r _ pass <&"${nodes[0]}" && read -r _ ports <&"${nodes[0]}" || exit 3
  "$1/load_client_main" --dialect squall --pass "$pass" --servers "${ports// /,}" \
    --pids "$pid" --clients 20 --rooms 2 --once 900
  code=$?
  kill "$pid"
  wait "$pid"
  exit $code)";

TEST(PeersLoad, EveryMessageOfTheLoadClientGetsToEverybodyInItsRoom) {
  const std::string folder = std::filesystem::path(squall_binary()).parent_path().string();
  if (!std::filesystem::exists(folder + "/squall_nodes_main") ||
      !std::filesystem::exists(folder + "/load_client_main")) {
    GTEST_SKIP() << "squall_nodes_main and load_client_main are not built here";
  }
  live::EmbeddedBroker broker({});
  std::string error;
  ASSERT_TRUE(broker.start(error)) << error;

  const ProcessResult ended = run_process(
      {{"/bin/bash", "-c", kBothPrograms, "peers", folder, std::to_string(broker.port())},
       ".",
       {},
       {}});

  ASSERT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  const auto said = nlohmann::json::parse(ended.out);
  EXPECT_GT(said.at("sent"), 0);
  EXPECT_EQ(said.at("heard"), 9 * said.at("sent").get<int>());  // 10 in a room, and not the sender
  EXPECT_EQ(said.at("failures"), 0);
}

}  // namespace
}  // namespace squall::testing
