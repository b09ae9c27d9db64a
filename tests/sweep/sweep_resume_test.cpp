// A sweep that is killed, interrupted, torn or out of disk goes on, and ends with the same bytes as
// one that was left alone. Runs the real binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include <csignal>

#include "strategies/placement/crc32.hpp"
#include "tests/support/place.hpp"
#include "tests/support/sweep.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Long enough that it is never over before a signal arrives.
Words long_sweep(const std::string& folder) {
  return {"sweep",    "small.json", "--grid",     "/cluster/nodes/count=2..4",
          "-n",       "150",        "-s",         "routed",
          "-j",       "2",          "--progress", "json",
          "--resume", folder};
}
constexpr std::size_t kLongSweepCells = 3 * 150;

// A small generator, so that the moments of killing are the same in every run of the test.
std::size_t next_random(std::uint64_t& state) {
  state = state * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::size_t>(state >> 33);
}

TEST(SweepResume, ten_times_killed_at_random_moments_it_ends_with_the_same_bytes) {
  const Squall squall;
  squall(long_sweep("whole"));
  std::uint64_t state = 1;
  int killed = 0;

  for (int round = 0; round < 10; ++round) {
    const std::size_t lines = 1 + next_random(state) % 30;
    const ProcessResult result =
        squall.watched(long_sweep("killed"), [&](pid_t child, const std::string& err) {
          if (lines_in(err) >= lines) ::kill(child, SIGKILL);
        });
    killed += result.exit_code == 128 + SIGKILL ? 1 : 0;
  }
  const ProcessResult last = squall(long_sweep("killed"));

  EXPECT_GT(killed, 0);
  EXPECT_EQ(last.exit_code, 0) << last.err;
  EXPECT_TRUE(outputs_in(squall, "whole").whole());
  EXPECT_EQ(outputs_in(squall, "whole"), outputs_in(squall, "killed"));
  EXPECT_EQ(lines_in(squall.folder().read("killed/cells.jsonl")), kLongSweepCells + 1);
}

TEST(SweepResume, control_c_keeps_what_is_done_and_says_how_to_go_on) {
  const Squall squall;
  squall(long_sweep("whole"));

  const ProcessResult stopped = squall.watched(
      long_sweep("stopped"), [sent = false](pid_t child, const std::string&) mutable {
        if (!sent) ::kill(child, SIGINT);
        sent = true;
      });
  const bool partial_is_marked =
      as_one_document(squall.folder().read("stopped/sweep.json"))["complete"] == false;
  const ProcessResult resumed = squall({"sweep", "--resume", "stopped", "-q"});

  EXPECT_EQ(stopped.exit_code, 130);
  EXPECT_THAT(stopped.err, HasSubstr("resume     squall sweep --resume stopped"));
  EXPECT_TRUE(partial_is_marked);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(outputs_in(squall, "whole"), outputs_in(squall, "stopped"));
}

TEST(SweepResume, a_torn_last_line_is_played_again) {
  const Squall squall;
  squall(small_sweep("whole", {"-j", "1"}));
  const std::string journal = squall.folder().read("whole/cells.jsonl");
  const std::size_t header = journal.find('\n') + 1;

  for (const std::size_t size :
       {std::size_t{0}, header / 2, header, header + 1, journal.size() / 2, journal.size() - 1}) {
    squall.folder().write("whole/cells.jsonl", journal.substr(0, size));
    std::filesystem::remove(squall.folder().path() / "whole/sweep.json");
    const ProcessResult result = squall(small_sweep("whole", {"-j", "1"}));

    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(squall.folder().read("whole/cells.jsonl"), journal) << size;
    EXPECT_NE(squall.folder().read("whole/sweep.json"), "") << size;
  }
}

TEST(SweepResume, lines_in_any_order_and_twice_give_the_same_bytes) {
  const Squall squall;
  squall(small_sweep("whole"));
  const SweepOutputs whole = outputs_in(squall, "whole");
  const std::string journal = squall.folder().read("whole/cells.jsonl");
  const std::size_t header = journal.find('\n') + 1;
  const std::size_t middle = journal.find('\n', journal.size() / 2) + 1;

  squall.folder().write("whole/cells.jsonl", journal.substr(0, header) + journal.substr(middle) +
                                                 journal.substr(header, middle - header) +
                                                 journal.substr(middle));
  const ProcessResult result = squall(small_sweep("whole"));

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(outputs_in(squall, "whole"), whole);
}

TEST(SweepResume, a_finished_sweep_plays_nothing_and_writes_the_same_bytes) {
  const Squall squall;
  squall(small_sweep("s"));
  const SweepOutputs before = outputs_in(squall, "s");
  const std::string journal = squall.folder().read("s/cells.jsonl");

  const ProcessResult result = squall({"sweep", "--resume", "s"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("36 of them done before"));
  EXPECT_EQ(squall.folder().read("s/cells.jsonl"), journal);
  EXPECT_EQ(outputs_in(squall, "s"), before);
}

TEST(SweepResume, resume_alone_needs_no_scenario_file) {
  const Squall squall;
  squall(small_sweep("s"));
  const SweepOutputs before = outputs_in(squall, "s");
  const std::string journal = squall.folder().read("s/cells.jsonl");
  squall.folder().write("s/cells.jsonl", journal.substr(0, journal.size() / 2));
  std::filesystem::remove(squall.folder().path() / "small.json");

  const ProcessResult result = squall({"sweep", "--resume", "s", "-q"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(outputs_in(squall, "s"), before);
}

TEST(SweepResume, another_request_in_the_same_folder_is_refused) {
  const Squall squall;
  squall(small_sweep("s"));
  const std::string journal = squall.folder().read("s/cells.jsonl");

  const ProcessResult other = squall({"sweep", "small.json", "--grid", "/cluster/nodes/count=2,3",
                                      "-n", "3", "-s", "routed,broadcast", "--resume", "s"});

  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("it holds another sweep; what differs: grid"));
  EXPECT_EQ(squall.folder().read("s/cells.jsonl"), journal);
}

TEST(SweepResume, a_folder_without_a_sweep_is_refused) {
  const Squall squall;

  const ProcessResult result = squall({"sweep", "--resume", "nowhere"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("there is no sweep"));
}

TEST(SweepResume, a_journal_of_something_else_is_an_error_and_stays_as_it_is) {
  const Squall squall;
  squall(small_sweep("s"));
  const std::string journal = squall.folder().read("s/cells.jsonl");
  std::string forged = journal;
  forged.replace(forged.find("\"seed\":1"), 8, "\"seed\":7");
  const std::size_t line = forged.rfind('\n', forged.find("\"seed\":7")) + 1;
  const std::size_t seal = 9;  // a checksum of eight digits, which is right again
  const std::string content = forged.substr(line + seal, forged.find('\n', line) - line - seal);
  std::array<char, 10> checksum{};
  std::snprintf(checksum.data(), checksum.size(), "%08x ", crc32(content));
  forged.replace(line, seal, checksum.data());
  squall.folder().write("s/cells.jsonl", forged);

  const ProcessResult result = squall(small_sweep("s"));

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("another scenario, strategy or seed"));
  EXPECT_EQ(squall.folder().read("s/cells.jsonl"), forged);
}

TEST(SweepResume, a_full_disk_is_exit_4_and_whole_lines_stay) {
  const Squall squall;
  squall(small_sweep("whole"));
  std::string line = "trap '' XFSZ; ulimit -f 16; exec " + squall_binary();
  for (const std::string& word : small_sweep("full", {"-j", "1"})) line += " '" + word + "'";

  const ProcessResult full =
      run_process({{"/bin/bash", "-c", line}, squall.folder().path().string(), {}, {}});
  const std::string journal = squall.folder().read("full/cells.jsonl");
  const ProcessResult resumed = squall(small_sweep("full"));

  EXPECT_EQ(full.exit_code, 4);
  EXPECT_THAT(full.err, HasSubstr("File too large"));
  EXPECT_THAT(journal, ::testing::EndsWith("\n"));
  EXPECT_GT(lines_in(journal), 1U);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(outputs_in(squall, "full"), outputs_in(squall, "whole"));
}

}  // namespace
}  // namespace squall::testing
