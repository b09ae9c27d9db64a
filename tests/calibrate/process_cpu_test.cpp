// Whose CPU is read: processes of this machine, found by the port they have.
// This process stands for servers; products are in tests/products/.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "sim/cli/calibrate/process_cpu.hpp"
#include "sim/live/net/loopback_port.hpp"

namespace squall::testing {
namespace {

using namespace std::chrono_literals;

constexpr pid_t kNobody = 0x7FFFFFFF;

TEST(ProcessCpu, WhoListensOnAPortIsFound) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET, at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(::listen(socket, 1), 0);
  ASSERT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size), 0);
  live::AttachTarget one;
  one.at = {"127.0.0.1", ntohs(at.sin_port)};
  std::string error;

  const std::vector<pid_t> found = servers_of({one, one}, error);
  ::close(socket);

  EXPECT_EQ(found, std::vector{::getpid()}) << error;
}

TEST(ProcessCpu, WhereNobodyListensNobodyIsFound) {
  std::string error;
  auto port = live::LoopbackPort::reserve(error);
  ASSERT_TRUE(port) << error;
  live::AttachTarget nobody;
  nobody.url = "ws://127.0.0.1:" + std::to_string(port->number());
  nobody.at = {"127.0.0.1", port->number()};

  EXPECT_TRUE(listeners_of(port->number()).empty());
  EXPECT_TRUE(servers_of({nobody}, error).empty());
  EXPECT_NE(error.find(nobody.url + ": no process of this machine"), error.npos) << error;
}

TEST(ProcessCpu, OfOneLoopWithHelpersIsTheLoopsAndOfManyThreadsTheirSum) {
  EXPECT_EQ(loops_of({{1, 95ms}, {2, 3ms}, {3, 2ms}}), 95ms);  // an interpreter and its collector
  EXPECT_EQ(loops_of({{1, 50ms}, {2, 30ms}, {3, 20ms}}), 100ms);
  EXPECT_EQ(loops_of({}), 0ms);
  EXPECT_TRUE(threads_of(kNobody).empty());
  EXPECT_TRUE(threads_of(::getpid()).contains(::getpid()));
}

TEST(ProcessCpu, OfAMeasureIsWhatWasBurntWithin) {
  MeasuredCpu own({::getpid()}), gone({kNobody});
  for (MeasuredCpu* const one : {&own, &gone}) {
    one->mark(true);
    EXPECT_FALSE(one->spent());
    one->mark(false);
  }

  EXPECT_TRUE(own.spent());
  EXPECT_FALSE(gone.spent());
}

}  // namespace
}  // namespace squall::testing
