// What speaks for each strategy and what against it: who loses least, merits, prices, the beaten.
//
// Loss comes first. Who loses much is no measure for what it saves. A merit is held against those
// that lose as little or less, so nothing is praised that another row explains by loss. No words
// here: words/advice.cpp.
#pragma once

#include <optional>
#include <vector>

#include "report/measure/criteria.hpp"

namespace squall {

using Places = std::vector<std::size_t>;  // of strategies, in the order of the comparison

// One strategy and another by one criterion: `factor` times as much, 1 or more.
struct Contrast {
  std::size_t criterion = 0, other = 0;
  double factor = 1;
  std::size_t behind = 0;  // how many others are worse in a merit, better in a price
};
using Contrasts = std::vector<Contrast>;

class Weighing {
 public:
  explicit Weighing(const Result& result);

  const Field& field() const { return field_; }
  std::size_t size() const { return field_.strategies.size(); }
  std::optional<double> loss(std::size_t i) const { return field_.at(i, kLossCriterion).value; }

  std::size_t least() const { return least_; }
  Places leaders() const;  // those that lose no more than it
  Places heavy() const;
  bool heavy(std::size_t i) const { return field_.heavy(i); }
  bool measured(std::size_t i) const;  // by any criterion
  bool all_equal() const;
  // Another one, not heavy, that is nowhere worse and somewhere better.
  std::optional<std::size_t> beaten_by(std::size_t i) const;

  // Against the nearest: of those that lose as little the one that is closest in it, else of those
  // that lose less the one that is closest in loss. Those first that set it apart from most others.
  Contrasts merits(std::size_t i) const;
  // Against whom it is behind by most; those first that it pays beside most others.
  Contrasts prices(std::size_t i) const;

 private:
  double factor(std::size_t criterion, std::size_t more, std::size_t less) const;
  std::optional<Contrast> merit(std::size_t i, std::size_t criterion) const;
  bool beats(std::size_t i, std::size_t other) const;

  Field field_;
  std::size_t least_ = 0;
};

}  // namespace squall
