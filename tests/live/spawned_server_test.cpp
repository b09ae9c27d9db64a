// Private servers: each kind becomes ready, dies and comes back on its port, and leaves nothing.
// A server whose program is not installed is skipped aloud.
#include "sim/live/servers/spawned_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/live/process_marks.hpp"

namespace squall::live {
namespace {

using namespace std::chrono_literals;
using squall::testing::ProcessMarks;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What stands behind the descriptors of these processes: "socket:[INODE]" and others.
std::set<std::string> sockets_of(const std::vector<std::string>& pids) {
  std::set<std::string> targets;
  for (const std::string& pid : pids) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/" + pid + "/fd")) {
      std::error_code gone;
      targets.insert(std::filesystem::read_symlink(entry.path(), gone).string());
    }
  }
  return targets;
}

class EveryServer : public ::testing::TestWithParam<ServerKind> {
 protected:
  void SetUp() override {
    if (find_program(GetParam().program).empty()) {
      GTEST_SKIP() << "SKIPPED: " << GetParam().package << " is not installed";
    }
  }

  ProcessMarks marks;
  std::string error;
};

TEST_P(EveryServer, answers_dies_comes_back_on_its_port_and_leaves_nothing) {
  const ServerKind& kind = GetParam();

  auto server = spawn_server(kind.name, error);
  ASSERT_NE(server, nullptr) << error;
  const std::size_t while_it_runs = marks.processes();
  const std::string url = server->url();
  const bool ready = answers(server->port(), kind.greeting, 5s);
  server->kill_hard();
  const bool dead = !answers(server->port(), kind.greeting, 5s);
  const std::size_t after_the_crash = marks.processes();
  const std::string failure = server->start_again();
  const bool ready_again = answers(server->port(), kind.greeting, 5s);
  const std::string url_again = server->url();
  server.reset();

  EXPECT_TRUE(ready);
  EXPECT_THAT(url, StartsWith(std::string(kind.url_start)));
  EXPECT_TRUE(dead);
  EXPECT_GE(while_it_runs, 1U);
  EXPECT_EQ(after_the_crash, 0U);
  EXPECT_EQ(failure, "");
  EXPECT_TRUE(ready_again);
  EXPECT_EQ(url_again, url);
  EXPECT_EQ(marks.processes(), 0U);
  EXPECT_EQ(marks.files(), 0);
}

TEST_P(EveryServer, listens_on_loopback_only) {
  auto server = spawn_server(GetParam().name, error);
  ASSERT_NE(server, nullptr) << error;

  const std::set<std::string> sockets = sockets_of(marks.pids());
  std::set<std::string> listening;  // ports
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string number, local, remote, state, skipped, inode;
      words >> number >> local >> remote >> state;
      for (int i = 0; i < 5; ++i) words >> skipped;
      words >> inode;
      if (state != "0A" || !sockets.contains("socket:[" + inode + "]")) continue;
      // 127.0.0.1 or ::1
      EXPECT_THAT(local,
                  AnyOf(StartsWith("0100007F:"), StartsWith(std::string(24, '0') + "01000")));
      listening.insert(local.substr(local.find(':')));
    }
  }

  EXPECT_EQ(listening.size(), GetParam().ports);
}

std::string name_of(const ::testing::TestParamInfo<ServerKind>& info) {
  return std::string(info.param.name);
}
INSTANTIATE_TEST_SUITE_P(Spawned, EveryServer, ::testing::ValuesIn(server_kinds()), name_of);

TEST(SpawnedServer, two_of_a_kind_live_side_by_side) {
  if (find_program("redis-server").empty()) GTEST_SKIP() << "SKIPPED: no redis-server";
  std::string error;

  const auto one = spawn_server("redis", error);
  const auto other = spawn_server("redis", error);

  ASSERT_NE(one, nullptr) << error;
  ASSERT_NE(other, nullptr) << error;
  EXPECT_NE(one->port(), other->port());
  EXPECT_TRUE(answers(one->port(), one->kind().greeting, 5s));
}

TEST(SpawnedServer, redis_is_given_the_output_limits_of_the_scenario) {
  if (find_program("redis-server").empty()) GTEST_SKIP() << "SKIPPED: no redis-server";
  std::string error;

  const auto server = spawn_server("redis", error, nullptr, {1048576, 262144, 1500ms});

  ASSERT_NE(server, nullptr) << error;
  EXPECT_TRUE(answers(server->port(),
                      {"CONFIG GET client-output-buffer-limit\r\n", "pubsub 1048576 262144 2"},
                      5s));
}

TEST(SpawnedServer, ends_with_us_when_we_are_killed_and_its_folder_too) {
  if (find_program("redis-server").empty()) GTEST_SKIP() << "SKIPPED: no redis-server";
  const ProcessMarks marks;
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // so that the guardian becomes a child we can wait for
  std::array<int, 2> line{};
  ASSERT_EQ(::pipe(line.data()), 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    std::string error;
    const auto server = spawn_server("redis", error);
    (void)!::write(line[1], server != nullptr ? "y" : "n", 1);
    ::pause();
  }
  char ready = 'n';
  ASSERT_EQ(::read(line[0], &ready, 1), 1);
  const std::ptrdiff_t files = marks.files();

  ::kill(owner, SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0) {
  }

  EXPECT_EQ(ready, 'y');
  EXPECT_EQ(files, 1);
  EXPECT_EQ(marks.processes(), 0U);
  EXPECT_EQ(marks.files(), 0);
}

TEST(SpawnedServer, a_raised_stop_flag_ends_the_waiting_and_leaves_nothing) {
  if (find_program("redis-server").empty()) GTEST_SKIP() << "SKIPPED: no redis-server";
  const ProcessMarks marks;
  const std::atomic<bool> stop{true};
  std::string error;

  const auto server = spawn_server("redis", error, &stop);

  EXPECT_EQ(server, nullptr);
  EXPECT_THAT(error, HasSubstr("interrupted"));
  EXPECT_EQ(marks.processes(), 0U);
  EXPECT_EQ(marks.files(), 0);
}

TEST(SpawnedServer, a_missing_program_is_named_with_its_package) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  std::string error;

  const auto server = spawn_server("redis", error);
  ::setenv("PATH", path.c_str(), 1);

  EXPECT_EQ(server, nullptr);
  EXPECT_EQ(error, "redis-server is not installed; the Debian package is redis-server");
}

TEST(SpawnedServer, an_unknown_kind_is_an_error_with_the_nearest_one) {
  std::string error, kafka;

  EXPECT_EQ(spawn_server("rabitmq", error), nullptr);
  EXPECT_EQ(spawn_server("kafka", kafka), nullptr);

  EXPECT_THAT(error, HasSubstr("did you mean \"rabbitmq\"?"));
  EXPECT_THAT(kafka, HasSubstr("Debian has no Kafka server"));
}

TEST(LoopbackPort, a_reserved_port_is_given_to_nobody_else) {
  std::string error;
  std::set<std::uint16_t> numbers;
  std::vector<LoopbackPort> ports;

  for (int i = 0; i < 200; ++i) {
    auto port = LoopbackPort::reserve(error);
    ASSERT_TRUE(port) << error;
    numbers.insert(port->number());
    ports.push_back(std::move(*port));
  }

  EXPECT_EQ(numbers.size(), ports.size());
  EXPECT_FALSE(answers(ports.front().number(), {"", "anything"}, 5s));
}

}  // namespace
}  // namespace squall::live
