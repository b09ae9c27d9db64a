// What the files of `squall attach` may hold, told before anybody is connected to. Runs the real
// binary, dry.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

class AttachUsers : public ::testing::Test {
 protected:
  ProcessResult with(const std::string& users) const {
    squall.folder().write("users.tsv", users);
    return squall({"attach", "two-node-hello", "--target", "ws://127.0.0.1:9", "--dialect", "nats",
                   "--users", "users.tsv", "--dry-run"});
  }
  Squall squall;
};

TEST_F(AttachUsers, may_come_from_windows) {
  EXPECT_EQ(with("one\tX-Key: a\r\ntwo\r\n").exit_code, 0);
}

TEST_F(AttachUsers, are_utf8_and_the_line_that_is_not_is_named) {
  const ProcessResult result = with("one\ntok\xff\xfe\n");

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("users.tsv:2: is not UTF-8"));
}

TEST_F(AttachUsers, have_headers_with_names) {
  const ProcessResult result = with("one\tX-Key\n");

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("users.tsv:1: \"X-Key\" is no header; write Name: value"));
}

}  // namespace
}  // namespace squall::testing
