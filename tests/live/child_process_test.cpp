// Programs we start: they are told apart from failures to start, obey, and leave nothing behind.
// The programs are small shell scripts that say through a fifo when they are ready.
#include "sim/live/servers/child_process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tests/live/process_marks.hpp"

namespace squall::live {
namespace {

using squall::testing::ProcessMarks;
using ::testing::HasSubstr;

class ChildProcessTest : public ::testing::Test {
 protected:
  ChildProcessTest() { ::mkfifo((marks.folder().path() / "ready").c_str(), 0600); }

  std::unique_ptr<ChildProcess> start(const std::string& script) {
    return ChildProcess::start({.program = "/bin/sh",
                                .arguments = {"-c", script},
                                .environment = {"GREETING=hello"},
                                .folder = marks.folder().path(),
                                .output = marks.folder().path() / "output",
                                .remove_when_orphaned = {}},
                               error);
  }

  // Blocks until a script has done `echo WORD > ready`.
  std::string wait_for_word() const { return marks.folder().read("ready"); }

  ProcessMarks marks;
  std::string error;
};

TEST_F(ChildProcessTest, a_program_that_does_not_exist_is_an_error_that_names_it) {
  const auto process = ChildProcess::start({.program = "/no/such/program",
                                            .arguments = {},
                                            .environment = {},
                                            .folder = {},
                                            .output = {},
                                            .remove_when_orphaned = {}},
                                           error);

  EXPECT_EQ(process, nullptr);
  EXPECT_THAT(error, HasSubstr("/no/such/program"));
  EXPECT_THAT(error, HasSubstr("No such file"));
}

TEST_F(ChildProcessTest, what_it_says_goes_to_the_file_and_how_it_ended_is_told) {
  auto process = start("echo $GREETING; echo bad >&2; exit 7");

  while (process->running()) std::this_thread::yield();

  EXPECT_EQ(marks.folder().read("output"), "hello\nbad\n");
  EXPECT_EQ(process->how_it_ended(), "exit code 7");
}

TEST_F(ChildProcessTest, stop_lets_it_end_in_its_own_way) {
  auto process = start("trap 'echo bye; exit 3' TERM; echo > ready; while :; do sleep 0.01; done");
  wait_for_word();

  process->stop();

  EXPECT_FALSE(process->running());
  EXPECT_EQ(process->how_it_ended(), "exit code 3");
  EXPECT_EQ(marks.folder().read("output"), "bye\n");
}

TEST_F(ChildProcessTest, stop_kills_what_does_not_listen) {
  auto process = start("trap '' TERM; echo > ready; while :; do sleep 1000; done");
  wait_for_word();

  process->stop(std::chrono::milliseconds{1});

  EXPECT_EQ(process->how_it_ended(), "signal 9");
  EXPECT_EQ(marks.processes(), 0U);
}

TEST_F(ChildProcessTest, daemons_it_started_end_with_it) {
  auto process = start("(setsid sh -c 'sleep 1000 & sleep 1000' &); echo > ready; sleep 1000");
  wait_for_word();
  const std::size_t before = marks.processes();

  process->kill_hard();

  EXPECT_GE(before, 2U);
  EXPECT_EQ(marks.processes(), 0U);
}

TEST_F(ChildProcessTest, a_daemon_ends_when_its_program_ends_by_itself) {
  auto process = start("(setsid sh -c 'sleep 1000 & sleep 1000' &); exit 0");

  while (process->running()) std::this_thread::yield();

  EXPECT_EQ(marks.processes(), 0U);
}

TEST_F(ChildProcessTest, it_can_be_started_again_after_its_end) {
  auto process = start("echo $$ > ready; sleep 1000");
  const std::string first = wait_for_word();
  process->kill_hard();

  const std::string failure = process->start_again();
  const std::string second = wait_for_word();

  EXPECT_EQ(failure, "");
  EXPECT_TRUE(process->running());
  EXPECT_EQ(second, std::to_string(process->pid()) + "\n");
  EXPECT_NE(second, first);
  EXPECT_EQ(process->start_again(), "it runs already");
}

// Its guardian may be late, and only he can say how it ended.
TEST_F(ChildProcessTest, an_end_is_seen_before_the_guardian_tells_of_it) {
  auto process = start("echo yes > ready; read never < ready");
  ASSERT_NE(process, nullptr) << error;
  wait_for_word();
  std::ifstream status("/proc/" + std::to_string(process->pid()) + "/status");
  pid_t guardian = 0;
  for (std::string line; guardian == 0 && std::getline(status, line);) {
    if (line.starts_with("PPid:")) guardian = std::stoi(line.substr(5));
  }
  ASSERT_GT(guardian, 1);
  EXPECT_TRUE(process->lives());

  ::kill(guardian, SIGSTOP);
  ::kill(process->pid(), SIGKILL);
  while (process->lives()) std::this_thread::yield();

  EXPECT_TRUE(process->running());
  ::kill(guardian, SIGCONT);
}

TEST_F(ChildProcessTest, a_signal_reaches_the_program) {
  auto process = start("trap 'echo again > ready' HUP; echo > ready; while :; do sleep 0.01; done");
  wait_for_word();

  process->signal(SIGHUP);

  EXPECT_EQ(wait_for_word(), "again\n");
}

TEST_F(ChildProcessTest, it_does_not_survive_us_when_we_are_killed) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // so that the guardian becomes a child we can wait for
  const std::filesystem::path doomed = marks.folder().path() / "doomed";
  std::filesystem::create_directory(doomed);
  const pid_t owner = ::fork();
  if (owner == 0) {
    const auto process =
        ChildProcess::start({.program = "/bin/sh",
                             .arguments = {"-c", "(setsid sleep 1000 &); echo > ready; sleep 1000"},
                             .environment = {},
                             .folder = marks.folder().path(),
                             .output = {},
                             .remove_when_orphaned = doomed},
                            error);
    ::pause();
  }
  wait_for_word();
  const std::size_t before = marks.processes();

  ::kill(owner, SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0) {
  }

  EXPECT_GE(before, 2U);
  EXPECT_EQ(marks.processes(), 0U);
  EXPECT_FALSE(std::filesystem::exists(doomed));
}

TEST_F(ChildProcessTest, the_guardian_keeps_no_descriptor_of_ours_open) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const auto process = start("echo > ready; sleep 1000");
  wait_for_word();

  ::close(ends[1]);
  char byte = 0;

  EXPECT_EQ(::read(ends[0], &byte, 1), 0);  // would wait for ever if a copy were open
  ::close(ends[0]);
}

TEST(FindProgram, looks_along_the_path_and_in_the_sbin_folders) {
  EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
  EXPECT_EQ(find_program("sh").filename(), "sh");
  EXPECT_EQ(find_program("no-such-program-at-all"), "");
  EXPECT_EQ(find_program("/etc"), "");
}

}  // namespace
}  // namespace squall::live
