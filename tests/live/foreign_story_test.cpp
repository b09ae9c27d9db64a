// What is concluded about servers of others from what the clients wrote down.
// No server: the facts are made up here.
#include "sim/live/attach/foreign_story.hpp"

#include <gtest/gtest.h>

#include "sim/books/setup.hpp"
#include "sim/live/attach/attach.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

using live::FactKind;

Scenario talk() {
  return loaded(R"json({"squall": 1, "name": "chatter", "why": "People talk from the start.",
    "time": {"warmup": "2s", "measure": "2s", "drain": "1s", "deadline": "1s"},
    "cluster": {"nodes": {"count": 2}},
    "people": {"user": {"count": 4, "arrive": "uniform(0s,10ms)"}},
    "rooms": {"room": {"count": 1, "popularity": "uniform"}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "50/s",
                 "size": "100B"}]})json");
}

// One sender, one message, which nobody heard; told with the connection's end, if it has one.
class Story : public ::testing::Test {
 protected:
  live::ForeignStory told(Time written, Time end = kNever) {
    const auto& first = cluster_.timeline.messages.front();
    const auto fact = [&](Time at, std::uint32_t a, std::uint32_t b, FactKind kind) {
      facts_.add({at.count(), a, b, 0, 0, kind, 0});
    };
    const auto who = static_cast<std::uint32_t>(index(first.message.sender));
    fact(-scenario_.time.warmup, 0, who, FactKind::attempted);
    fact(-scenario_.time.warmup, 0, 0, FactKind::ready);
    fact(written, static_cast<std::uint32_t>(first.message.id), 0, FactKind::written);
    if (end != kNever) fact(end, 0, 0, FactKind::noticed_end);
    const live::Facts* const log = &facts_;
    return live::tell_story(cluster_, std::span(&log, 1), {});
  }

  // The same, heard by somebody who dialled after it was said.
  live::ForeignStory told_to_who_came_later(Time written, Time dialled, Time read) {
    const auto& first = cluster_.timeline.messages.front();
    const auto number = static_cast<std::uint32_t>(first.message.id);
    const auto sender = static_cast<std::uint32_t>(index(first.message.sender));
    const auto fact = [&](Time at, std::uint32_t a, std::uint32_t b, FactKind kind) {
      facts_.add({at.count(), a, b, 0, 0, kind, 0});
    };
    fact(-scenario_.time.warmup, 0, sender, FactKind::attempted);
    fact(-scenario_.time.warmup, 0, 0, FactKind::ready);
    fact(written, number, 0, FactKind::written);
    fact(dialled, 1, (sender + 1) % plan_.endpoints(), FactKind::attempted);
    fact(dialled, 1, 0, FactKind::ready);
    fact(read, number, 1, FactKind::read);
    const live::Facts* const log = &facts_;
    return live::tell_story(cluster_, std::span(&log, 1), {});
  }

  static std::size_t fan_outs(const live::ForeignStory& story) {
    return static_cast<std::size_t>(std::ranges::count_if(
        story.index.facts, [](const auto& f) { return f.fact.kind == FactKind::fan_out; }));
  }

  const Scenario scenario_ = talk();
  const Plan plan_{scenario_, 1};
  const live::LiveOptions options_;
  const StrategySpec spec_ = [this] {
    static const bool kAdded = (add_backplane(live::foreign_row()), true);
    StrategySpec spec;
    spec.name = spec.backplane = kAdded ? "foreign" : "";
    return with_placement(spec, scenario_);
  }();
  live::Cluster cluster_{plan_, spec_, options_};
  live::Facts facts_;
};

TEST_F(Story, a_message_on_a_connection_that_never_ends_came_in_even_before_time_zero) {
  const live::ForeignStory story = told(-1s);
  EXPECT_EQ(story.index.arrived.size(), 1U);
  EXPECT_EQ(fan_outs(story), 1U);
}

TEST_F(Story, a_message_just_before_its_connection_ends_was_lost_on_its_way_in) {
  const live::ForeignStory story = told(1s, 1100ms);
  EXPECT_TRUE(story.index.arrived.empty());
  EXPECT_EQ(fan_outs(story), 0U);
}

TEST_F(Story, a_message_long_before_its_connection_ends_came_in) {
  EXPECT_EQ(fan_outs(told(1s, 1500ms)), 1U);
}

TEST_F(Story, what_is_heard_on_a_connection_that_was_dialled_later_is_a_copy_of_its_own) {
  const live::ForeignStory story = told_to_who_came_later(1s, 1200ms, 1300ms);

  ASSERT_EQ(fan_outs(story), 2U);
  const auto& last = story.index.facts.back();
  EXPECT_EQ(last.fact.kind, FactKind::fan_out);
  EXPECT_EQ(Time{last.fact.at}, Time{1300ms});
  ASSERT_EQ(last.pushes, 1U);
  EXPECT_EQ(story.index.pushes[last.first_push].connection, 1U);
  const auto forks = std::ranges::count_if(
      story.index.facts, [](const auto& f) { return f.fact.kind == FactKind::forked; });
  EXPECT_EQ(forks, 1);
}

}  // namespace
}  // namespace squall::testing
