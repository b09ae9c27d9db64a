// The sentences of advice.hpp, from what measure/weighing.hpp found.
// A saving is told with whom it is a saving against, a loss with how many times the best it is.
#include "report/words/advice.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <optional>

#include "report/measure/comparison.hpp"
#include "report/words/advisor.hpp"
#include "report/words/lists.hpp"

namespace squall {
namespace {

// A ratio as large says only that the other has next to nothing.
constexpr double kBeyondRatios = 100;

}  // namespace

std::size_t verdicts_of(const Result& result, const std::string& strategy, Outcome outcome) {
  return static_cast<std::size_t>(
      std::ranges::count_if(result.verdicts, [&](const Verdict& verdict) {
        return verdict.strategy == strategy && verdict.outcome == outcome;
      }));
}

std::string Advisor::list(const Places& who) const {
  std::vector<std::string> names;
  for (const std::size_t i : who) names.push_back(name(i));
  return joined_by_and(names);
}

// "1.27 MB/s against 10.4 MB/s"; rates that loss has thinned out would mislead here.
std::string Advisor::pair(std::size_t i, const Contrast& contrast) const {
  const std::size_t c = contrast.criterion;
  const auto raw = [&](std::size_t who) { return *of_.field().at(who, c).value; };
  const auto held = [&](std::size_t who) { return of_.field().at(who, c).compared; };
  const double raw_ratio = raw(i) / raw(contrast.other), ratio = held(i) / held(contrast.other);
  if (std::isfinite(ratio) && std::abs(raw_ratio / ratio - 1) > 0.01) {
    return "per delivered byte";
  }
  return value(i, c) + " against " + value(contrast.other, c);
}

std::string Advisor::merit(std::size_t i, const Contrast& contrast) const {
  const Criterion& criterion = criteria()[contrast.criterion];
  const std::string noun(criterion.noun), who = name(contrast.other);
  const std::string its = value(contrast.other, contrast.criterion);
  if (std::isinf(contrast.factor)) {  // it has none, or the other is never done
    const bool none = of_.field().at(i, contrast.criterion).compared == 0;
    const std::string own = none ? "no" : value(i, contrast.criterion) + " of";
    return fmt::format("{} {} ({}: {})", own, noun, who, its);
  }
  if (contrast.factor >= kBeyondRatios) {
    return fmt::format("next to no {} ({} of {})", noun, pair(i, contrast), who);
  }
  const std::string percent = decimal((1 - 1 / contrast.factor) * 100, 0);
  return fmt::format("{} % {} {} than {} ({})", percent, criterion.fewer, noun, who,
                     pair(i, contrast));
}

std::string Advisor::price(std::size_t i, const Contrast& contrast) const {
  const Criterion& criterion = criteria()[contrast.criterion];
  const std::string noun(criterion.noun), who = name(contrast.other);
  if (contrast.factor >= kBeyondRatios) {
    return fmt::format("{} of {} ({}: {})", value(i, contrast.criterion), noun, who,
                       value(contrast.other, contrast.criterion));
  }
  const std::string how = contrast.factor >= 1.5
                              ? sensible(contrast.factor, glyphs_, 2) + " times the " + noun
                              : decimal((contrast.factor - 1) * 100, 0) + " % more " + noun;
  return fmt::format("{} {} {} ({})", how, contrast.factor >= 1.5 ? "of" : "than", who,
                     pair(i, contrast));
}

std::string Advisor::merit_list(std::size_t i) const {
  std::vector<std::string> parts;
  for (const Contrast& contrast : of_.merits(i)) parts.push_back(merit(i, contrast));
  return joined_by_and(parts);
}

std::string Advisor::price_list(std::size_t i) const {
  std::vector<std::string> parts;
  for (const Contrast& contrast : of_.prices(i)) parts.push_back(price(i, contrast));
  if (parts.empty()) return "; nothing measured here speaks against it.";
  return "; it costs " + joined_by_and(parts) + ".";
}

// "11.6 times the 0.101 % of multi_active", "nothing is lost by multi_active".
std::string Advisor::loss_words(std::size_t i) const {
  const std::size_t best = of_.least();
  if (*of_.loss(best) == 0) return name(best) + " lost nothing";
  const double times = *of_.loss(i) / *of_.loss(best);
  return fmt::format("{} times the {} of {}",
                     times >= 1000 ? "more than 1 000" : sensible(times, glyphs_, 2),
                     value(best, kLossCriterion), name(best));
}

std::string Advisor::of_heavy(std::size_t i) const {
  std::string text = fmt::format("Do not choose it: {} of what was owed is lost, {}.",
                                 value(i, kLossCriterion), loss_words(i));
  for (std::size_t c = kLossCriterion + 1; c < criteria().size(); ++c) {
    if (!criteria()[c].per_delivered || !of_.field().at(i, c).value) continue;
    if (!of_.field().at(of_.least(), c).value ||
        *of_.field().at(i, c).value >= *of_.field().at(of_.least(), c).value) {
      continue;
    }
    return text + " Traffic of messages that do not arrive is not saved.";
  }
  return text;
}

std::string Advisor::of_beaten(std::size_t i, std::size_t other) const {
  std::string text =
      "No number here speaks for it: " + name(other) + " is nowhere worse beyond the margins";
  for (std::size_t c = 0; c < criteria().size(); ++c) {
    if (!of_.field().worse(c, i, other)) continue;
    return fmt::format("{} and better in {} ({}). Choose it only for what was not measured.", text,
                       criteria()[c].noun, pair(other, {c, i}));
  }
  return text + ".";
}

// "as little as a and b", "not told apart from the 0.100 % of c": the tables show it with a
// difference that the replications leave in doubt.
std::string Advisor::equal_words(std::size_t i, const Places& others) const {
  Places near;
  std::vector<std::string> doubted;
  for (const std::size_t other : others) {
    const double more = std::max(*of_.loss(i), *of_.loss(other));
    if (more <= std::min(*of_.loss(i), *of_.loss(other)) * (1 + kMarginRelative)) {
      near.push_back(other);
    } else {
      doubted.push_back(fmt::format("the {} of {}", value(other, kLossCriterion), name(other)));
    }
  }
  std::string text = near.empty() ? "" : "as little as " + list(near);
  if (doubted.empty()) return text;
  return text + (near.empty() ? "" : ", and ") + "not told apart from " + joined_by_and(doubted);
}

// Loss as little as that of others, and no merit: what its price is decides.
std::string Advisor::of_equals(std::size_t i, const Places& others, const Places& lossier) const {
  std::string lost = *of_.loss(i) == 0 ? "it lost nothing" : "it loses " + value(i, kLossCriterion);
  lost += ", " + equal_words(i, others);
  if (!of_.prices(i).empty()) {
    return "Choose it if its price is no matter: " + lost + price_list(i);
  }
  if (!lossier.empty()) {
    lost += fmt::format(" ({}: {})", name(lossier.front()), value(lossier.front(), kLossCriterion));
  }
  return fmt::format("Choose it or {}: {}, and no other number here makes a difference.",
                     list(others), lost);
}

// The best of a bad lot is no recommendation.
std::string Advisor::of_nobody_good(std::size_t i) const {
  return much_lost() && of_.loss(i).value_or(0) < 1
             ? " No strategy here loses less than 5 %: look at what they lose it to first."
             : "";
}

std::string Advisor::of_leader(std::size_t i) const {
  const std::string merited = merit_list(i);
  const std::string lost =
      *of_.loss(i) == 0 ? "it lost nothing" : "it loses " + value(i, kLossCriterion);
  Places others, lossier;
  for (std::size_t other = 0; other < size(); ++other) {
    if (other == i || !of_.loss(other)) continue;
    (of_.field().equal_loss(i, other) ? others : lossier).push_back(other);
  }
  if (others.empty()) {
    // The nearest of those that lose more, as they stand in the order of loss.
    std::string text = *of_.loss(i) == 0
                           ? "Choose it because it lost nothing"
                           : "Choose it for the least loss, " + value(i, kLossCriterion);
    if (!lossier.empty()) {
      text +=
          fmt::format(" ({}: {})", name(lossier.front()), value(lossier.front(), kLossCriterion));
    }
    return text + (merited.empty() ? "" : " and for " + merited) + price_list(i);
  }
  if (merited.empty()) return of_equals(i, others, lossier);
  return fmt::format("Choose it for {}; {}, {}{}", merited, lost, equal_words(i, others),
                     price_list(i));
}

std::string Advisor::of_lossier(std::size_t i) const {
  const std::string merited = merit_list(i);
  if (merited.empty()) {
    return fmt::format("Little speaks for it: it loses {}, {}, and is better by 5 % in nothing{}",
                       value(i, kLossCriterion), loss_words(i), price_list(i));
  }
  return fmt::format("Choose it for {}, if losing {} is acceptable: {}{}", merited,
                     value(i, kLossCriterion), loss_words(i), price_list(i));
}

// Then no saving is one, and no difference a choice.
bool Advisor::all_lost() const { return of_.loss(of_.least()).value_or(0) >= 1; }

std::string Advisor::sentence(std::size_t i) const {
  if (!of_.measured(i)) return "Nothing was measured, so nothing can be said.";
  if (all_lost()) return "Nothing of what was owed arrived, by any strategy: no advice.";
  if (of_.all_equal()) {
    return "Indistinguishable from the others in every number here; choose by what was not "
           "measured." +
           of_nobody_good(i);
  }
  if (of_.heavy(i)) return of_heavy(i);
  if (const auto other = of_.beaten_by(i)) return of_beaten(i, *other);
  if (!of_.loss(i)) {
    const std::string merited = merit_list(i);
    return (merited.empty() ? "Nothing was owed to anybody, so it lost nothing"
                            : "Nothing was owed to anybody; choose it for " + merited) +
           price_list(i);
  }
  const Places best = of_.leaders();
  const bool leads = std::ranges::find(best, i) != best.end();
  return (leads ? of_leader(i) : of_lossier(i)) + of_nobody_good(i);
}

namespace {

// What the numbers do not say: expectations, and a backlog that grew.
std::string caveats(const Result& result, const StrategyResult& strategy) {
  std::string text;
  const std::size_t failing = verdicts_of(result, strategy.strategy, Outcome::fail);
  if (failing == 1) text = " It fails an expectation.";
  if (failing > 1) text = fmt::format(" It fails {} expectations.", failing);
  const std::size_t silent = verdicts_of(result, strategy.strategy, Outcome::no_data);
  if (silent > 0) text += fmt::format(" {} had no data.", how_many(silent, "expectation"));
  if (is_unstable(strategy)) {
    text += " It is unstable: its backlog grew, and a longer run would show worse.";
  }
  return text;
}

bool invalid(const Result& result) {
  return std::ranges::any_of(
      result.strategies, [](const StrategyResult& strategy) { return !strategy.invalid.empty(); });
}

}  // namespace

std::vector<std::string> advice_of(const Result& result, const Glyphs& glyphs) {
  const Advisor advisor(result, glyphs);
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < advisor.size(); ++i) {
    std::string text = !result.complete  ? "The run is not complete: no advice."
                       : invalid(result) ? "The live run is invalid: no advice."
                       : advisor.size() == 1
                           ? "It was played alone, so there is nothing to choose between."
                           : advisor.sentence(i);
    sentences.push_back(text + caveats(result, advisor.strategy(i)));
  }
  return sentences;
}

std::string advice_line(const Result& result, const Glyphs& glyphs) {
  if (!result.complete || invalid(result) || result.strategies.size() < 2) return "";
  return Advisor(result, glyphs).line();
}

}  // namespace squall
