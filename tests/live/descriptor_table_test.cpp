// A loop with a table of descriptors of its own holds nobody else's sockets: when their owner
// closes one, its peer hears so at once, whatever threads have been started meanwhile.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/live_loop.hpp"

namespace squall::testing {
namespace {

TEST(DescriptorTable, DoesNotKeepSocketsOpenThatTheirOwnerHasClosed) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  LiveLoop other(true);
  other.on_loop([] {});  // it runs

  ::close(ends[0]);

  char byte = 0;
  EXPECT_EQ(::read(ends[1], &byte, 1), 0) << "the end of the stream";
  ::close(ends[1]);
}

}  // namespace
}  // namespace squall::testing
