// The squall binary in a folder of its own, and a small scenario for it.
//
// For tests of what a user sees: exit code, standard output, standard error, files.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/place.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {

using Words = std::vector<std::string>;

// Two users on two nodes, ten messages, one crash after them. One expectation can be added.
inline std::string small_scenario(const std::string& expectation = "ledger.unattributed == 0") {
  return R"({
  "squall": 1,
  "name": "small",
  "why": "ten messages from one node to another",
  "time": { "warmup": "1s", "measure": "5s", "drain": "40s", "deadline": "5s" },
  "cluster": { "nodes": { "count": 2 } },
  "clients": { "alice": { "on": "n1", "rooms": ["lobby"] },
               "bob": { "on": "n2", "rooms": ["lobby"] } },
  "script": [
    { "at": "1s", "do": "send", "by": "alice", "to": "user:bob", "size": "128B",
      "repeat": 10, "every": "100ms" },
    { "at": "3s", "do": "crash", "on": "n1", "for": "1s", "as": "crash" }
  ],
  "expect": [ { "that": ")" +
         expectation + R"(" } ]
})";
}

class Squall {
 public:
  Squall() { folder_.write("small.json", small_scenario()); }

  ProcessResult operator()(Words words, Words environment = {}) const {
    return run({std::move(words), folder_.path().string(), std::move(environment), {}});
  }

  // With a look at standard error while it runs.
  ProcessResult watched(Words words, std::function<void(pid_t, const std::string&)> on_err) const {
    return run({std::move(words), folder_.path().string(), {}, std::move(on_err)});
  }

  const TemporaryFolder& folder() const { return folder_; }
  // The newest run folder, complete or not, inside folder(); `latest` is the last complete one.
  std::string newest_run() const {
    std::string newest, stamp;
    for (const auto& scenario :
         std::filesystem::directory_iterator(folder_.path() / "squall-results")) {
      if (!scenario.is_directory() || scenario.is_symlink()) continue;
      for (const auto& run : std::filesystem::directory_iterator(scenario.path())) {
        const std::string name = run.path().filename().string();
        if (name <= stamp) continue;
        stamp = name;
        newest = "squall-results/" + scenario.path().filename().string() + "/" + name;
      }
    }
    return newest;
  }
  bool has(const std::string& name) const { return std::filesystem::exists(folder_.path() / name); }

 private:
  static ProcessResult run(ProcessCommand command) {
    command.words.insert(command.words.begin(), squall_binary());
    return run_process(command);
  }

  TemporaryFolder folder_;
};

// The words of a command, as a shell would split it.
inline Words shell_words(const std::string& command) {
  Words words;
  std::string word;
  bool quoted = false, any = false;
  for (const char c : command) {
    if (c == '\'') {
      quoted = !quoted, any = true;
    } else if (c == ' ' && !quoted) {
      if (any) words.push_back(word);
      word.clear(), any = false;
    } else {
      word += c, any = true;
    }
  }
  if (any) words.push_back(word);
  return words;
}

// The last line that is not empty.
inline std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const std::size_t start = text.rfind('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1,
                     end - (start == std::string::npos ? 0 : start + 1) + 1);
}

// The whole text as one JSON document; discarded() when it is not exactly that.
inline nlohmann::json as_one_document(const std::string& text) {
  return nlohmann::json::parse(text, nullptr, false);
}

}  // namespace squall::testing
