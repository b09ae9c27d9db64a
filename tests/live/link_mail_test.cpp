// The box between a library's thread and a loop: order, bounds, pauses and the end.
// The threads here stand for the ones of a broker's library.
#include "sim/live/links/link_mail.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sim/live/resp/resp.hpp"
#include "tests/support/live_loop.hpp"

namespace squall::testing {
namespace {

using live::bytes_of;

// Belongs to the loop.
struct Reader final : live::LinkMail::Receiver {
  std::vector<std::string> heard;
  std::int64_t position = -1;
  std::function<void()> at_message = [] {};

  void mail_up(std::int64_t from) override {
    heard.emplace_back("up");
    position = from;
  }
  void mail_message(std::span<const std::byte> payload, std::int64_t next) override {
    heard.emplace_back(reinterpret_cast<const char*>(payload.data()), payload.size());
    position = next;
    at_message();
  }
  void mail_down(const std::string& why) override { heard.push_back("down: " + why); }
};

class LinkMailTest : public ::testing::Test {
 protected:
  bool hears(std::size_t count) {
    return loop_.eventually([this, count] { return reader_.heard.size() >= count; });
  }

  Reader reader_;
  LiveLoop loop_;
  std::shared_ptr<live::LinkMail> mail_ = std::make_shared<live::LinkMail>(loop_.loop(), reader_);
};

TEST_F(LinkMailTest, EverythingArrivesInOrderWithThePositionToGoOnFrom) {
  std::thread library([this] {
    mail_->up(7);
    mail_->message(bytes_of("one"), 8);
    mail_->message(bytes_of(""), 9);
    mail_->down("gone");
  });
  library.join();

  ASSERT_TRUE(hears(4));

  EXPECT_EQ(reader_.heard, (std::vector<std::string>{"up", "one", "", "down: gone"}));
  EXPECT_EQ(reader_.position, 9);
}

TEST_F(LinkMailTest, ABusyLoopMakesTheLibraryWait) {
  constexpr int kMessages = 5000;
  std::atomic<int> told{0};
  std::promise<void> busy, go_on;
  loop_.loop().post([&] {
    busy.set_value();
    go_on.get_future().wait();
  });
  busy.get_future().wait();

  std::thread library([&] {
    for (int i = 0; i < kMessages; ++i, ++told) mail_->message(bytes_of(std::to_string(i)));
  });
  while (!mail_->full()) std::this_thread::yield();
  const int told_to_a_busy_loop = told;
  go_on.set_value();
  library.join();

  EXPECT_LT(told_to_a_busy_loop, 1000);
  ASSERT_TRUE(hears(kMessages));
  for (int i = 0; i < kMessages; ++i) ASSERT_EQ(reader_.heard.at(i), std::to_string(i));
}

TEST_F(LinkMailTest, APauseFromInsideAMessageHoldsTheNextOneBack) {
  reader_.at_message = [this] { mail_->pause(true); };
  mail_->message(bytes_of("first"));
  ASSERT_TRUE(hears(1));
  std::thread library([this] {
    mail_->message(bytes_of("second"));
    mail_->down("gone");
  });
  ASSERT_TRUE(mail_->full());
  const std::size_t heard_in_pause = loop_.on_loop([this] { return reader_.heard.size(); });

  loop_.on_loop([this] {
    reader_.at_message = [] {};
    mail_->pause(false);
  });
  library.join();

  EXPECT_EQ(heard_in_pause, 1U);
  ASSERT_TRUE(hears(3));
  EXPECT_EQ(reader_.heard, (std::vector<std::string>{"first", "second", "down: gone"}));
}

TEST_F(LinkMailTest, WhoIsAbandonedHearsNothingAndKeepsNoThreadWaiting) {
  loop_.on_loop([this] { mail_->pause(true); });
  std::thread library([this] { mail_->message(bytes_of("too late")); });

  loop_.on_loop([this] { mail_->abandon(); });
  library.join();
  mail_->down("nobody cares");
  loop_.on_loop([] {});

  EXPECT_FALSE(mail_->wanted());
  EXPECT_TRUE(reader_.heard.empty());
}

}  // namespace
}  // namespace squall::testing
