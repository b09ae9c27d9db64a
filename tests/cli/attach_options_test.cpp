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

// ---- TLS ----

TEST_F(AttachUsers, of_a_server_with_TLS_dial_it_so) {
  const ProcessResult result = squall({"attach", "two-node-hello", "--target", "wss://localhost",
                                       "--dialect", "nats", "--dry-run"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("connections to wss://localhost"));
}

TEST_F(AttachUsers, may_bring_certificates_that_can_be_read_and_are_needed) {
  squall.folder().write("no.pem", "words\n");
  const auto with_ca = [&](const char* target) {
    return squall({"attach", "two-node-hello", "--target", target, "--dialect", "nats", "--ca",
                   "no.pem", "--dry-run"});
  };

  const ProcessResult unread = with_ca("wss://localhost"), unneeded = with_ca("ws://localhost");

  EXPECT_EQ(unread.exit_code, 2);
  EXPECT_THAT(unread.err, HasSubstr("--ca no.pem: no certificate in PEM can be read"));
  EXPECT_EQ(unneeded.exit_code, 2);
  EXPECT_THAT(unneeded.err, HasSubstr("--ca no.pem: no target speaks TLS; write it as wss://"));
}

// ---- faults of the script and the commands for them ----

class AttachHooks : public ::testing::Test {
 protected:
  ProcessResult dry(Words more) const {
    Words words{"attach",    "small.json", "--target", "ws://127.0.0.1:9,ws://127.0.0.1:10",
                "--dialect", "nats",       "--dry-run"};
    words.insert(words.end(), more.begin(), more.end());
    return squall(words);
  }
  Squall squall;
};

TEST_F(AttachHooks, that_are_not_there_are_named_before_anything_is_played) {
  const ProcessResult result = dry({});

  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("NOT DONE    crash n1 at 3 s: no --hooks FILE"));
  EXPECT_THAT(result.out, HasSubstr("NOT DONE    start n1 at 4 s: no --hooks FILE"));
}

TEST_F(AttachHooks, are_shown_beside_what_has_none) {
  squall.folder().write("hooks.json", R"json({ "crash n1": "kill -9 $(cat n1.pid)" })json");

  const ProcessResult result = dry({"--hooks", "hooks.json"});

  EXPECT_THAT(result.out, HasSubstr("hook        crash n1 at 3 s: kill -9 $(cat n1.pid)"));
  EXPECT_THAT(result.out,
              HasSubstr("NOT DONE    start n1 at 4 s: hooks.json has no command for it"));
}

TEST_F(AttachHooks, are_in_the_plan_for_programs) {
  const auto plan = as_one_document(dry({"--format", "json"}).out);

  ASSERT_EQ(plan.at("hooks").size(), 2U);
  EXPECT_EQ(plan.at("hooks")[0].at("fault"), "crash n1");
  EXPECT_EQ(plan.at("hooks")[0].at("missing"), "no --hooks FILE");
}

}  // namespace
}  // namespace squall::testing
