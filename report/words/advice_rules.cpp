// When a difference counts, in words: the margins of measure/criteria.hpp, as the page tells them.
// No number and no noun stands here: a criterion that changes changes the sentence.
#include <algorithm>
#include <vector>

#include <fmt/core.h>

#include "report/measure/weighing.hpp"
#include "report/words/advice.hpp"
#include "report/words/lists.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

std::string margin(const Criterion& criterion) {
  const bool share = criterion.unit == "ratio";
  SQUALL_CHECK(share || criterion.unit == "ns");
  const double shown = share ? criterion.floor * 100 : criterion.floor / 1e6;
  return sensible(shown, unicode_glyphs(), 1) + (share ? " points" : " ms");
}

// "1 ms of median latency and p99 latency": those that have a margin in common, by its size.
std::vector<std::string> floors() {
  std::vector<std::string> parts, margins;
  for (const Criterion& criterion : criteria()) {
    if (criterion.floor == 0) continue;
    const std::string own = margin(criterion);
    if (std::ranges::find(margins, own) != margins.end()) continue;
    margins.push_back(own);
    std::vector<std::string> nouns;
    for (const Criterion& other : criteria()) {
      if (other.floor > 0 && margin(other) == own) nouns.emplace_back(other.noun);
    }
    parts.push_back(own + " of " + joined_by_and(nouns));
  }
  return parts;
}

std::vector<std::string> per_delivered() {
  std::vector<std::string> nouns;
  for (const Criterion& criterion : criteria()) {
    if (criterion.per_delivered) nouns.emplace_back(criterion.noun);
  }
  return nouns;
}

}  // namespace

std::string advice_rules() {
  std::string small;
  for (const std::string& part : floors()) small += (small.empty() ? "" : "; ") + part;
  return fmt::format(
      "Differences up to {} %, or that the replications leave in doubt, count as none; neither do "
      "those up to {}. Loss is compared by its ratio, {} per delivered byte. Who loses {} % and "
      "{} times as much as the best is not held up as cheap or quick.",
      decimal(kMarginRelative * 100, 0), small, joined_by_and(per_delivered()),
      decimal(kMuchLost * 100, 0), decimal(kMuchMore, 0));
}

}  // namespace squall
