// Every command of README.md and GUIDE.md, as a reader would type them, one after another: none is
// misunderstood, and what they name is there.
//
// What takes seconds is played, smaller (kSmaller); other runs and sweeps are only planned. What
// wants servers, a certificate or a quiet machine is left out, by name (kNotHere).
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

namespace fs = std::filesystem;

bool has(std::string_view text, std::string_view piece) { return text.find(piece) != text.npos; }

struct Documented {
  std::string text;
  std::size_t line;
};

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

// Lines of fenced blocks without a language that begin with squall, those that go on joined.
std::vector<Documented> commands_of(const std::string& file) {
  std::ifstream document(source_path(file));
  std::vector<Documented> found;
  bool inside = false, plain = false, goes_on = false;
  std::size_t number = 0;
  for (std::string line; std::getline(document, line);) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside, plain = line == "```", goes_on = false;
      continue;
    }
    if (!inside || !plain) continue;
    const std::string text = trimmed(line.substr(0, line.find(" #")));
    const bool more = text.ends_with('\\') || text.ends_with('|');
    const std::string words = trimmed(more ? text.substr(0, text.size() - 1) : text);
    if (goes_on)
      found.back().text += " " + words;
    else if (words.starts_with("squall "))
      found.push_back({words, number});
    goes_on = text.ends_with('\\') && (goes_on || words.starts_with("squall "));
  }
  return found;
}

struct Smaller {
  std::string_view what, by;
};
constexpr std::array kSmaller{Smaller{"users=3000", "users=300"},
                              Smaller{"users=5000", "users=300"}, Smaller{"-n 3", "-n 1"},
                              Smaller{"-n 5", "-n 1"}, Smaller{"--budget 5m", "--runs 64"}};

// Servers of somebody else, processes to measure, minutes on a quiet machine.
constexpr std::array<std::string_view, 3> kNotHere{"squall attach", "squall calibrate",
                                                   "squall agreement"};
// Files of the reader's own, and what was found for him.
constexpr std::array<std::string_view, 5> kPlayed{"my.json", "mine.json", "split.json",
                                                  "chat-gate.json", "broker-failover-12s"};

bool names(const std::string& text, std::span<const std::string_view> some) {
  return std::ranges::any_of(some, [&](std::string_view one) { return has(text, one); });
}

std::string smaller(std::string text) {
  for (const Smaller& one : kSmaller) {
    for (std::size_t at = text.find(one.what); at != text.npos; at = text.find(one.what)) {
      text.replace(at, one.what.size(), one.by);
    }
  }
  if (text.starts_with("squall size ")) return text + " --nodes 2..3 -n 1";
  const bool plays = text.starts_with("squall run ") || text.starts_with("squall sweep ");
  const bool several = has(text, "broker-failover-12s") && has(text, "steady-zipf");
  const bool planned = plays && (!names(text, kPlayed) || several || has(text, "--engine"));
  return planned && !has(text, "--dry-run") ? text + " --dry-run" : text;
}

// What the documents take for granted: a scenario of one's own, records, the committed baseline.
void prepare(const Squall& squall) {
  const TemporaryFolder& folder = squall.folder();
  for (const char* const name : {"my.json", "mine.json"}) folder.write(name, small_scenario());
  std::string events = "time,user,event,room,bytes\n";
  for (int user = 0; user < 20; ++user) {
    const std::string name = "u" + std::to_string(user);
    const std::string room = "r" + std::to_string(user / 4);
    events += "0," + name + ",connect," + room + ",0\n";
  }
  for (int second = 1; second < 60; ++second) {
    const std::string user = std::to_string(second % 20);
    events += std::to_string(second) + ",u" + user + ",message,r" +
              std::to_string(second % 20 / 4) + ",200\n";
  }
  folder.write("events.csv", events);
  folder.write("here.json", "{}");
  for (const char* const name : {"scenarios/ci", ".squall"}) {
    fs::create_directories((folder.path() / name).parent_path());
    fs::copy(source_path(name), folder.path() / name, fs::copy_options::recursive);
  }
}

class Document : public ::testing::TestWithParam<const char*> {};

TEST_P(Document, has_no_command_that_is_misunderstood) {
  const Squall squall;
  prepare(squall);
  std::size_t tried = 0;
  for (const Documented& command : commands_of(GetParam())) {
    if (names(command.text, kNotHere) || has(command.text, "here.json")) continue;
    Words words = shell_words(smaller(command.text));
    words.erase(words.begin());
    const ProcessResult result = squall(words, {"GITHUB_ACTIONS=no"});
    ++tried;
    EXPECT_TRUE(result.exit_code == 0 || result.exit_code == 1 || result.exit_code == 3)
        << GetParam() << ":" << command.line << ": " << command.text << "\n"
        << result.err;
  }
  EXPECT_GT(tried, 8U);
}

INSTANTIATE_TEST_SUITE_P(Files, Document, ::testing::Values("README.md", "GUIDE.md"),
                         [](const auto& one) {
                           return std::string(one.param, std::string(one.param).find('.'));
                         });

}  // namespace
}  // namespace squall::testing
