// Mutations: a report of a loss is swallowed, a copy is forgotten. Each must turn something red.
//
// The ledger is told to ignore one mechanism (PlayOptions::mute) while the scenario that was made
// to provoke exactly this mechanism is played; see planted.hpp for the scenarios.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "strategies/core/backplane.hpp"
#include "tests/planted/planted.hpp"

namespace squall::planted {
namespace {

PlayOptions muting(Mechanism mechanism) {
  PlayOptions options;
  options.mute = mechanism;
  return options;
}

class SwallowedReport : public ::testing::TestWithParam<Row> {};

TEST_P(SwallowedReport, breaks_a_conservation_law) {
  const Scenario scenario = load(GetParam().file);

  for (const std::uint64_t seed : kSeeds) {
    const RunRecord record =
        play(scenario, scenario.strategies[0], seed, muting(GetParam().mechanism()));

    ASSERT_FALSE(record.violations.empty()) << reproduce(GetParam(), seed);
    EXPECT_EQ(record.violations.front().law, GetParam().law) << reproduce(GetParam(), seed);
    EXPECT_FALSE(complete(record)) << reproduce(GetParam(), seed);
    EXPECT_FALSE(complaints(GetParam(), scenario, record).empty()) << reproduce(GetParam(), seed);
  }
}

// The mutation is precise: it is the swallowed report that breaks the law, not the swallowing.
TEST_P(SwallowedReport, changes_nothing_when_its_mechanism_does_not_occur) {
  const Scenario scenario = load(GetParam().file);
  const RunRecord untouched = play(scenario, scenario.strategies[0], kSeeds[0]);

  for (const MechanismRow& other : mechanisms()) {
    if (other.mechanism == GetParam().mechanism()) continue;
    // A node without a backplane reports a split room; the ledger knows which keys are apart. The
    // broker reports who does not hear it; the ledger knows what its log could have said later.
    const bool reported_as = (GetParam().mechanism() == Mechanism::keys_apart &&
                              other.mechanism == Mechanism::split_room) ||
                             (GetParam().mechanism() == Mechanism::retention_expired &&
                              other.mechanism == Mechanism::not_subscribed);
    if (reported_as) continue;
    const RunRecord record =
        play(scenario, scenario.strategies[0], kSeeds[0], muting(other.mechanism));

    EXPECT_EQ(record.fingerprint, untouched.fingerprint) << other.name;
    EXPECT_TRUE(record.violations.empty()) << other.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, SwallowedReport, ::testing::ValuesIn(kRows), test_name);

// ---- Strategies that forget --------------------------------------------------------------------

const Message kMessage{MessageId{0}, EndpointId{0}, Address::user(EndpointId{1}), 200, 1};

struct NobodyHere final : LocalSessions {
  bool has(EndpointId) const override { return false; }
  std::vector<RoomId> rooms() const override { return {}; }
  std::vector<EndpointId> here(RoomId) const override { return {}; }
  std::vector<RoomId> rooms_of(EndpointId) const override { return {}; }
};
struct EmptyRooms final : RoomDirectory {
  std::span<const EndpointId> members(RoomId) const override { return {}; }
};

// Takes whatever it is given and does nothing.
class Forgetful final : public Backplane {
 public:
  void step(Time, Input, Actions&) override {}
  void lose_all(Actions&) override {}
};

// Keeps every copy and has no last words for them.
class Hoarder final : public Backplane {
 public:
  void step(Time, Input input, Actions&) override {
    if (auto* in = std::get_if<ClientMessage>(&input)) kept_.push_back(std::move(in->copy));
  }
  void lose_all(Actions&) override {}

 private:
  std::vector<Copy> kept_;
};

void hand_in(Backplane& backplane) {
  Actions actions;
  backplane.step(Time{0}, ClientMessage{Copy::adopt(kMessage)}, actions);
}

class ForgottenCopy : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(ForgottenCopy, dies_where_it_is_destroyed) {
  EXPECT_DEATH({ const Copy copy = Copy::adopt(kMessage); }, "broken invariant.*held_");
}

TEST_F(ForgottenCopy, dies_when_another_one_overwrites_it) {
  EXPECT_DEATH(
      {
        Copy copy = Copy::adopt(kMessage);
        copy = Copy::adopt(kMessage);
      },
      "broken invariant.*held_");
}

TEST_F(ForgottenCopy, cannot_be_spent_twice) {
  EXPECT_DEATH(
      {
        Copy copy = Copy::adopt(kMessage);
        Actions actions;
        actions.publish(std::move(copy));
        actions.discard(std::move(copy));
      },
      "broken invariant.*held_");
}

TEST_F(ForgottenCopy, kills_a_strategy_that_ignores_a_message) {
  EXPECT_DEATH(
      {
        Forgetful backplane;
        hand_in(backplane);
      },
      "broken invariant.*held_");
}

TEST_F(ForgottenCopy, kills_a_strategy_that_dies_with_copies_it_never_gave_back) {
  EXPECT_DEATH(
      {
        auto backplane = std::make_unique<Hoarder>();
        hand_in(*backplane);
        Actions last_words;
        backplane->lose_all(last_words);
        backplane.reset();
      },
      "broken invariant.*held_");
}

TEST_F(ForgottenCopy, is_unknown_to_every_registered_backplane) {
  const NobodyHere nobody;
  const EmptyRooms rooms;
  for (const BackplaneRow& row : backplanes()) {
    const auto backplane = row.make(StrategySpec{}, {NodeId{0}, 2, nobody, rooms});

    Actions actions;
    backplane->step(Time{0}, ClientMessage{Copy::adopt(kMessage)}, actions);
    backplane->lose_all(actions);

    const auto ends = std::ranges::count_if(actions.list(), [](const Action& action) {
      return std::visit(
          [](const auto& a) {
            return requires { a.message; };
          },
          action);
    });
    std::int64_t begun = 1;
    for (const Fork& fork : actions.forks()) begun += fork.copies;
    EXPECT_EQ(ends, begun) << row.name;
  }
}

}  // namespace
}  // namespace squall::planted
