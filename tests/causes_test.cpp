// The table of loss mechanisms and the close reasons: complete, unambiguous, and spelled as in
// the code.
#include "strategies/core/causes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <vector>

namespace squall {
namespace {

TEST(Mechanisms, EveryEnumValueHasItsRow) {
  ASSERT_EQ(mechanisms().size(), kMechanisms);

  for (std::size_t i = 0; i < kMechanisms; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(mechanisms()[i].mechanism), i);
    EXPECT_EQ(&row(static_cast<Mechanism>(i)), &mechanisms()[i]);
  }
}

TEST(Mechanisms, NamesAreUniqueAndLeadBackToTheMechanism) {
  std::set<std::string_view> names;

  for (const MechanismRow& mechanism : mechanisms()) {
    EXPECT_TRUE(names.insert(mechanism.name).second) << mechanism.name;
    EXPECT_EQ(mechanism_named(mechanism.name), mechanism.mechanism);
  }
  EXPECT_EQ(mechanism_named("no_such_mechanism"), std::nullopt);
  EXPECT_EQ(mechanism_named(""), std::nullopt);
}

TEST(Mechanisms, FamiliesStandInPathOrder) {
  const std::vector<std::string_view> order{"uplink",    "node",    "path",  "egress",
                                            "recipient", "foreign", "squall"};
  std::size_t position = 0;

  for (const MechanismRow& mechanism : mechanisms()) {
    while (position < order.size() && order[position] != mechanism.family) ++position;
    ASSERT_LT(position, order.size()) << mechanism.name << " is out of order";
  }
  EXPECT_EQ(position, order.size() - 1);
}

TEST(Mechanisms, OnlyLookupsThatCameToNothingAreCoverageLosses) {
  std::vector<std::string_view> coverage;

  for (const MechanismRow& mechanism : mechanisms()) {
    if (mechanism.coverage) coverage.push_back(mechanism.name);
  }

  EXPECT_EQ(coverage, (std::vector<std::string_view>{"wrong_node", "split_room", "keys_apart",
                                                     "route_missing", "route_stale",
                                                     "not_subscribed", "consumer_misassigned"}));
}

TEST(Mechanisms, MeaningsAreOneSentence) {
  for (const MechanismRow& mechanism : mechanisms()) {
    ASSERT_FALSE(mechanism.meaning.empty()) << mechanism.name;
    EXPECT_EQ(mechanism.meaning.find('.'), mechanism.meaning.size() - 1) << mechanism.name;
  }
}

TEST(CloseReasons, NamesAreUnique) {
  std::set<std::string_view> names;

  for (std::size_t i = 0; i < kCloseReasons; ++i) {
    const std::string_view reason = name(static_cast<CloseReason>(i));
    EXPECT_FALSE(reason.empty());
    EXPECT_TRUE(names.insert(reason).second) << reason;
  }
}

TEST(CloseReasons, AreSpelledAsInTheCode) {
  EXPECT_EQ(name(CloseReason::none), "none");
  EXPECT_EQ(name(CloseReason::logout), "logout");
  EXPECT_EQ(name(CloseReason::network), "network");
  EXPECT_EQ(name(CloseReason::silent), "silent");
  EXPECT_EQ(name(CloseReason::crash), "crash");
  EXPECT_EQ(name(CloseReason::host_loss), "host_loss");
  EXPECT_EQ(name(CloseReason::drain), "drain");
  EXPECT_EQ(name(CloseReason::kick), "kick");
  EXPECT_EQ(name(CloseReason::heartbeat), "heartbeat");
  EXPECT_EQ(name(CloseReason::refused), "refused");
  EXPECT_EQ(name(CloseReason::timeout), "timeout");
  EXPECT_EQ(name(CloseReason::idle), "idle");
  EXPECT_EQ(name(CloseReason::aged), "aged");
  EXPECT_EQ(name(CloseReason::no_broker), "no_broker");
}

}  // namespace
}  // namespace squall
