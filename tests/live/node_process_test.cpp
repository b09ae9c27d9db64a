// The process of a live node by hand: what dies with it, what waits while it stands still.
//
// On a loop without a thread: time passes when the test turns it. Whole nodes: live_engine_test.
#include <gtest/gtest.h>

#include <string>

#include "sim/books/setup.hpp"
#include "sim/live/node/node.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

class OneProcess : public ::testing::Test {
 protected:
  OneProcess()
      : plan_(scenario_, 1),
        cluster_(plan_, with_placement(strategy("broadcast"), plan_.scenario()), options_) {
    cluster_.loops.push_back(std::make_unique<live::RunLoop>(cluster_.clock));
    process_ = std::make_unique<live::NodeProcess>(cluster_, NodeId{0});
    process_->begin();
  }

  // What is due says its name.
  void soon(const std::string& name) {
    process_->later(process_->now(), [this, name] { done_ += name; });
  }
  const std::string& done() {
    for (int i = 0; i < 10; ++i) cluster_.loops[0]->turn();
    return done_;
  }

  const Scenario scenario_ = built_in("two-node-hello");
  const Plan plan_;
  const live::LiveOptions options_;
  live::Cluster cluster_;
  std::unique_ptr<live::NodeProcess> process_;
  std::string done_;
};

TEST_F(OneProcess, DoesLaterWhatItWantedToDo) {
  soon("a");
  soon("b");

  EXPECT_EQ(done(), "ab");
}

TEST_F(OneProcess, TakesItsTimersAlongWhenItDies) {
  soon("a");
  process_->end(false);
  process_->begin();
  soon("b");

  EXPECT_EQ(done(), "b");
}

TEST_F(OneProcess, DoesWhatWasDueWhenItWakes) {
  soon("a");
  process_->pause(true);
  EXPECT_EQ(done(), "");

  process_->pause(false);
  process_->wake();

  EXPECT_EQ(done(), "a");
}

TEST_F(OneProcess, ThatDiesWhileItWakesDoesNoMore) {
  soon("a");
  process_->later(process_->now(), [this] { process_->end(false); });
  soon("b");
  process_->pause(true);
  EXPECT_EQ(done(), "");

  process_->pause(false);
  process_->wake();

  EXPECT_EQ(done(), "a");
}

TEST_F(OneProcess, OfALostHostIsSilentUntilAnotherBegins) {
  process_->end(true);
  EXPECT_TRUE(process_->silent());
  EXPECT_FALSE(process_->alive());

  process_->begin();

  EXPECT_FALSE(process_->silent());
  EXPECT_EQ(process_->epoch(), 3U);
}

TEST_F(OneProcess, IsNoMoreWhenTheRunIsOver) {
  soon("a");
  process_->finish();

  EXPECT_FALSE(process_->alive());
  EXPECT_EQ(done(), "");
}

}  // namespace
}  // namespace squall::testing
