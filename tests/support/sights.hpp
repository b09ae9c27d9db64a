// A witness that counts, and the sums that its counts must make with the books of the same run.
//
// Both engines are held to them: what the ledger says of pairs, the sights say one by one.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "sim/record/run_record.hpp"
#include "sim/record/witness.hpp"

namespace squall::testing {

struct Sights : Witness {
  std::map<Sight::What, std::uint64_t> counts;           // of measured messages
  std::map<Mechanism, std::uint64_t> lost_by_mechanism;  // the same
  std::map<Rule, std::uint64_t> lost_by_rule;
  std::map<std::uint64_t, Time> last_seen;  // by message, before its ends are judged
  std::uint64_t backwards = 0, without_evidence = 0, connections = 0;

  static bool is_judged(Sight::What what) {
    return what == Sight::What::received || what == Sight::What::repeated ||
           what == Sight::What::missed || what == Sight::What::lost ||
           what == Sight::What::acknowledged;
  }

  void see(const Message&, const Sight& sight) override {
    if (!sight.measured) return;
    ++counts[sight.what];
    if (sight.what == Sight::What::lost) {
      ++lost_by_mechanism[sight.death.mechanism];
      ++lost_by_rule[sight.rule];
      const bool looked = sight.rule == Rule::no_copy || sight.rule == Rule::not_there;
      without_evidence += looked != (sight.connection != kNoConnection);
    }
    if (is_judged(sight.what)) return;
    // A copy may be known to be lost before that happens: its death has a time of its own.
    if (sight.what == Sight::What::died || sight.what == Sight::What::push_failed ||
        sight.what == Sight::What::unreached || sight.what == Sight::What::forked) {
      return;
    }
    Time& last = last_seen.try_emplace(sight.message, sight.at).first->second;
    backwards += sight.at < last;
    last = sight.at;
  }
  void connection(ConnectionId, const ConnectionRecord&) override { ++connections; }
};

inline void expect_sights_of(const RunRecord& run, const Sights& seen) {
  std::map<Mechanism, std::uint64_t> lost;
  std::uint64_t pairs = 0, delivered = 0, messages = 0;
  for (const LossRow& row : run.losses) {
    if (row.pairs > 0) lost[row.mechanism] += row.pairs;
  }
  for (const Cell& cell : run.cells) {
    pairs += cell.lost;
    delivered +=
        cell.live + cell.live_after_reconnect + cell.recovered + cell.bonus + cell.spurious;
    messages += cell.messages;
  }
  const auto count = [&](Sight::What what) {
    const auto found = seen.counts.find(what);
    return found == seen.counts.end() ? 0 : found->second;
  };
  EXPECT_EQ(seen.lost_by_mechanism, lost);
  EXPECT_EQ(count(Sight::What::lost), pairs);
  EXPECT_EQ(count(Sight::What::received), delivered);
  EXPECT_EQ(count(Sight::What::offered), messages);
  EXPECT_EQ(count(Sight::What::written) + count(Sight::What::refused), messages);
  EXPECT_FALSE(seen.lost_by_rule.contains(Rule::none));
  EXPECT_FALSE(seen.lost_by_rule.contains(Rule::unexplained));
  EXPECT_EQ(seen.without_evidence, 0U);
  EXPECT_EQ(seen.backwards, 0U);
  EXPECT_GT(seen.connections, 0U);
}

}  // namespace squall::testing
