// Mailboxes in the store, and owners of rooms, on real sockets.
//
// The same in virtual time: tests/laws/session_mailbox_test.cpp and room_owner_test.cpp.
#include <gtest/gtest.h>

#include <future>

#include "tests/support/recovery.hpp"

namespace squall::testing {
namespace {

// n1 is away for a second. Members of its rooms come and go, so that a new one meets it again.
Scenario splitting() {
  return loaded(scenario_with(R"json(
    "time": {"warmup": "2s", "measure": "7s", "drain": "3s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"fail_timeout": "1s"}},
    "people": {"user": {"count": 60, "stay": "exp(6s)", "away": "exp(500ms)",
                        "arrive": "uniform(0s,1s)"}},
    "rooms": {"live": {"count": 6}},
    "client": {"backoff": {"kind": "fixed", "first": "50ms"}},
    "traffic": [{"as": "talk", "from": "member", "to": "room:live", "rate": "60/s"}],
    "script": [{"at": "500ms", "as": "away", "do": "crash", "on": "n1", "for": "500ms"}])json"));
}

TEST(DesignsLive, MailboxesReachWhoIsElsewhereAndASplitRoomIsMadeWhole) {
  StrategySpec mailbox = strategy("session_share:mailbox");
  mailbox.options["poll"] = Duration{std::chrono::milliseconds{200}}.count();
  mailbox.outbox = 100;
  StrategySpec plain = strategy("sticky_hash"), owned = strategy("sticky_hash:fenced");
  owned.options["fence_check"] = Duration{std::chrono::milliseconds{200}}.count();
  const auto start = [](const Scenario& scenario, const StrategySpec& spec) {
    return std::async(std::launch::async, [=] { return lived(scenario, spec); });
  };

  auto mail_run = start(dropping(), mailbox);
  auto plain_run = start(splitting(), plain), owned_run = start(splitting(), owned);
  const RunRecord mail = mail_run.get(), split = plain_run.get(), whole = owned_run.get();

  expect_balanced_among_us(mail);
  EXPECT_LT(value("loss.intent", mail), 0.002);
  EXPECT_GT(value("resume.yes", mail), 10);
  expect_balanced_among_us(whole);
  EXPECT_GT(lost_by(split, Mechanism::split_room), 50U);
  EXPECT_LT(lost_by(whole, Mechanism::split_room), lost_by(split, Mechanism::split_room) / 2);
}

}  // namespace
}  // namespace squall::testing
