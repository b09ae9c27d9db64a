// The small scenario of the tests that compare runs: one crash, gates on loss and on bytes, and the
// folder in which it is played. What a test makes worse, or otherwise, it names.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/support/cli.hpp"

namespace squall::testing {

inline const std::string kGates =
    R"([ { "metric": "loss.intent", "margin_abs": "0.5%" }, { "metric": "bytes.client.rate" } ])";

struct Gated {
  std::string first = "500ms";  // the wait before a client comes back: makes it worse
  std::string expect = "ledger.unattributed == 0";
  std::string gates = kGates;
  std::string name = "gated";
  std::string at = "3s";  // when the node crashes
};

// The scenario as a user writes it.
inline std::string scenario(const Gated& what) {
  return R"({
  "squall": 1, "name": ")" +
         what.name + R"(",
  "time": { "warmup": "5s", "measure": "20s", "drain": "40s", "deadline": "5s" },
  "cluster": { "nodes": { "count": 2 } },
  "client": { "backoff": { "first": ")" +
         what.first + R"(", "cap": "10s" } },
  "people": { "users": { "count": 30 } },
  "rooms": { "all": { "count": 2 } },
  "traffic": [ { "as": "chat", "from": "member", "to": "room:all", "rate": "1/s" } ],
  "script": [ { "at": ")" +
         what.at + R"(", "do": "crash", "on": "n1", "for": "2s" } ],
  "strategies": ["broadcast"],
  "expect": [ { "that": ")" +
         what.expect + R"(" } ],
  "gates": )" +
         what.gates + "\n}\n";
}

// A folder with base.json, its stored baseline `main`, and worse.json.
class BesideBaseline : public ::testing::Test {
 protected:
  BesideBaseline() {
    squall_.folder().write("base.json", scenario({}));
    squall_.folder().write("worse.json", scenario({.first = "8s"}));
    const auto saved = run({"base.json", "-n", "10", "--save-baseline", "main"});
    EXPECT_EQ(saved.exit_code, 0) << saved.err;
  }

  ProcessResult run(Words words, Words environment = {"GITHUB_ACTIONS=no"}) const {
    words.insert(words.begin(), "run");
    words.insert(words.end(), {"-q", "--progress", "none"});
    return squall_(std::move(words), std::move(environment));
  }
  ProcessResult call(Words words) const { return squall_(std::move(words), {"GITHUB_ACTIONS=no"}); }

  Squall squall_;
};

}  // namespace squall::testing
