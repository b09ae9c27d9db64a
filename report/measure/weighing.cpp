// Finds merits and prices; weighing.hpp says what they are.
// The margins within which nothing differs are in criteria.cpp, the words in words/advice.cpp.
#include "report/measure/weighing.hpp"

#include <algorithm>
#include <limits>

#include "report/measure/comparison.hpp"

namespace squall {
namespace {

constexpr double kNoticed = 1.05;  // smaller factors are no merit and no price worth a word
constexpr std::size_t kMostMerits = 3, kMostPrices = 3;

void most_first(Contrasts& contrasts, std::size_t keep) {
  std::ranges::stable_sort(contrasts, [](const Contrast& a, const Contrast& b) {
    return a.behind != b.behind ? a.behind > b.behind : a.factor > b.factor;
  });
  if (contrasts.size() > keep) contrasts.resize(keep);
}

}  // namespace

Weighing::Weighing(const Result& result)
    : field_(field_of(result, compare_strategies(result, {}).strategies)) {
  if (size() > 0) least_ = field_.least();
}

Places Weighing::leaders() const {
  Places found;
  for (std::size_t i = 0; i < size(); ++i) {
    if (loss(i) && field_.equal_loss(i, least_)) found.push_back(i);
  }
  return found;
}

Places Weighing::heavy() const {
  Places found;
  for (std::size_t i = 0; i < size(); ++i) {
    if (heavy(i)) found.push_back(i);
  }
  return found;
}

bool Weighing::measured(std::size_t i) const {
  return std::ranges::any_of(field_.standings[i],
                             [](const Standing& standing) { return standing.value.has_value(); });
}

bool Weighing::all_equal() const {
  for (std::size_t c = 0; c < criteria().size(); ++c) {
    for (std::size_t i = 0; i < size(); ++i) {
      for (std::size_t other = 0; other < size(); ++other) {
        if (field_.worse(c, i, other)) return false;
      }
    }
  }
  return true;
}

bool Weighing::beats(std::size_t i, std::size_t other) const {
  bool better = false;
  for (std::size_t c = 0; c < criteria().size(); ++c) {
    if (field_.worse(c, i, other)) return false;
    better = better || field_.worse(c, other, i);
  }
  return better;
}

std::optional<std::size_t> Weighing::beaten_by(std::size_t i) const {
  for (std::size_t other = 0; other < size(); ++other) {
    if (other != i && !heavy(other) && beats(other, i)) return other;
  }
  return std::nullopt;
}

double Weighing::factor(std::size_t criterion, std::size_t more, std::size_t less) const {
  const double its = field_.at(less, criterion).compared;
  return its > 0 ? field_.at(more, criterion).compared / its
                 : std::numeric_limits<double>::infinity();
}

std::optional<Contrast> Weighing::merit(std::size_t i, std::size_t criterion) const {
  std::optional<std::size_t> equal, better;  // in loss
  std::size_t behind = 0;
  for (std::size_t other = 0; other < size(); ++other) {
    if (heavy(other) || !field_.worse(criterion, other, i)) continue;
    if (factor(criterion, other, i) < kNoticed) continue;
    const auto compared = [&](std::size_t who) { return field_.at(who, criterion).compared; };
    if (field_.equal_loss(i, other)) {
      if (!equal || compared(other) < compared(*equal)) equal = other;
    } else if (field_.worse(kLossCriterion, i, other)) {
      better = other;  // they come in the order of loss: the last is the nearest
    } else {
      continue;
    }
    ++behind;
  }
  if (!equal && !better) return std::nullopt;
  const std::size_t against = equal ? *equal : *better;
  return Contrast{criterion, against, factor(criterion, against, i), behind};
}

Contrasts Weighing::merits(std::size_t i) const {
  Contrasts found;
  for (std::size_t c = kLossCriterion + 1; c < criteria().size(); ++c) {
    if (const std::optional<Contrast> one = merit(i, c)) found.push_back(*one);
  }
  most_first(found, kMostMerits);
  return found;
}

Contrasts Weighing::prices(std::size_t i) const {
  Contrasts found;
  for (std::size_t c = kLossCriterion + 1; c < criteria().size(); ++c) {
    std::optional<Contrast> farthest;
    std::size_t cheaper = 0;
    for (std::size_t other = 0; other < size(); ++other) {
      if (heavy(other) || !field_.worse(c, i, other)) continue;
      const double by = factor(c, i, other);
      if (by < kNoticed) continue;
      ++cheaper;
      if (!farthest || by > farthest->factor) farthest = Contrast{c, other, by};
    }
    if (!farthest) continue;
    farthest->behind = cheaper;
    found.push_back(*farthest);
  }
  most_first(found, kMostPrices);
  return found;
}

}  // namespace squall
