// The real HAProxy against our policy for its version: the same keys on the same nodes, weighted,
// and with one and two nodes that its own health checks have found dead.
//
// HAProxy is no part of squall; the test starts it on free ports in a scratch folder. Where it is
// not installed the test says so and is skipped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "sim/live/net/loopback_port.hpp"
#include "sim/live/servers/child_process.hpp"
#include "sim/live/servers/scratch_folder.hpp"
#include "strategies/core/placement.hpp"
#include "tests/live/named_nodes.hpp"
#include "tests/live/process_marks.hpp"

namespace squall::live {
namespace {

using namespace std::chrono_literals;
using squall::testing::ask;
using squall::testing::NamedNodes;
using squall::testing::ProcessMarks;

constexpr int kKeys = 3000;

struct HaproxyCase {
  std::vector<std::uint32_t> weights;  // of the nodes that live
  std::size_t dead = 0;                // in front of them in the list
};

class HaproxyPlaces : public ::testing::TestWithParam<HaproxyCase> {
 protected:
  void SetUp() override {
    if (find_program("haproxy").empty()) GTEST_SKIP() << "SKIPPED: haproxy is not installed";
    for (std::size_t i = 0; i < GetParam().dead; ++i) {
      dead_.push_back(std::move(*LoopbackPort::reserve(error_)));
      backends_.push_back({"127.0.0.1:" + std::to_string(dead_.back().number()), 1});
    }
    for (std::size_t i = 0; i < GetParam().weights.size(); ++i) {
      backends_.push_back({nodes_.address(i), GetParam().weights[i]});
    }
    start();
  }

  // A server is checked every 20 ms, and down after the first failure.
  std::string configuration() const {
    std::string text =
        "defaults\n  mode http\n  timeout connect 2s\n  timeout client 30s\n  timeout server 30s\n"
        "frontend all\n  bind 127.0.0.1:" +
        std::to_string(port_->number()) +
        "\n  stats enable\n  stats uri /squall\n  default_backend nodes\n"
        "backend nodes\n  balance url_param meeting_id\n  hash-type consistent\n";
    for (std::size_t i = 0; i < backends_.size(); ++i) {
      text += "  server s" + std::to_string(i + 1) + " " + backends_[i].address + " weight " +
              std::to_string(backends_[i].weight) + " check inter 20ms fall 1\n";
    }
    return text;
  }

  void start() {
    folder_ = ScratchFolder::make("haproxy", error_);
    port_.emplace(std::move(*LoopbackPort::reserve(error_)));
    ASSERT_EQ(folder_->write("haproxy.cfg", configuration()), "");
    process_ = ChildProcess::start({.program = find_program("haproxy"),
                                    .arguments = {"-db", "-f", "haproxy.cfg"},
                                    .environment = {},
                                    .folder = folder_->path(),
                                    .output = folder_->path() / "output.log",
                                    .remove_when_orphaned = folder_->path()},
                                   error_);
    ASSERT_NE(process_, nullptr) << error_;
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!knows_the_dead()) {
      ASSERT_TRUE(process_->running()) << folder_->read("output.log");
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << folder_->read("output.log");
      std::this_thread::yield();
    }
  }

  bool knows_the_dead() const {
    if (!answers(port_->number(), {"GET /squall;csv HTTP/1.0\r\n\r\n", "svname"}, 1s)) return false;
    const std::string table = ask(port_->number(), "/squall;csv", "Connection: close\r\n");
    std::size_t down = 0;
    for (std::size_t at = table.find(",DOWN,"); at != table.npos; at = table.find(",DOWN,", at + 1))
      ++down;
    return down == GetParam().dead;
  }

  // As the product's own page says it.
  std::string_view policy() const {
    const std::string page = ask(port_->number(), "/squall", "Connection: close\r\n");
    if (page.find("HAProxy version 2.") != page.npos) return "haproxy_consistent";
    if (page.find("HAProxy version 3.") != page.npos) return "haproxy3_consistent";
    return "";
  }

  std::string node_of(const std::string& key) const {
    const std::string answer =
        ask(port_->number(), "/room?meeting_id=" + key, "Connection: close\r\n");
    const std::size_t body = answer.find("\r\n\r\n");
    return body == answer.npos ? "no answer" : answer.substr(body + 4);
  }

  ProcessMarks marks_;
  std::string error_;
  NamedNodes nodes_{GetParam().weights.size()};
  std::vector<LoopbackPort> dead_;
  std::vector<Backend> backends_;
  std::unique_ptr<ScratchFolder> folder_;
  std::optional<LoopbackPort> port_;
  std::unique_ptr<ChildProcess> process_;
};

TEST_P(HaproxyPlaces, three_thousand_keys_on_the_nodes_that_our_policy_names) {
  const PlacementRow* const row = placement_named(policy());
  ASSERT_NE(row, nullptr) << "a version of HAProxy that was never compared";
  const auto placement = row->make(backends_, {});
  std::vector<BackendView> views(backends_.size());
  for (std::size_t i = 0; i < GetParam().dead; ++i) report_failure(views[i], 0s);
  int mismatches = 0;

  for (int i = 0; i < kKeys; ++i) {
    const std::string key = "meeting-" + std::to_string(i * 7919);
    const auto pick = placement->pick({.now = 0s, .key = key, .draw = 0, .avoid = {}}, views);
    const std::string found = node_of(key);
    if (pick && found == backends_[index(*pick)].address) continue;
    if (++mismatches == 1) ADD_FAILURE() << key << " is on " << found;
  }

  EXPECT_EQ(mismatches, 0);
}

INSTANTIATE_TEST_SUITE_P(Weights, HaproxyPlaces,
                         ::testing::Values(HaproxyCase{{1, 1, 1, 1}}, HaproxyCase{{10, 20, 1, 5}},
                                           HaproxyCase{{1, 1, 1, 1}, 1},
                                           HaproxyCase{{3, 1, 2, 1}, 2},
                                           HaproxyCase{std::vector<std::uint32_t>(20, 1)}));

}  // namespace
}  // namespace squall::live
