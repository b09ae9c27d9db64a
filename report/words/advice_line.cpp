// The line of advice that a terminal has room for: who loses least and for what price, who is worth
// a look for something else, and who is advised against.
#include <fmt/core.h>
#include <algorithm>

#include "report/measure/comparison.hpp"
#include "report/words/advice.hpp"
#include "report/words/advisor.hpp"
#include "report/words/lists.hpp"

namespace squall {
namespace {

constexpr double kSlow = 10;  // times another's latency: that price goes before all others
constexpr std::size_t kMostParts = 3;

// It is of another form than one beside it, and not of the plainest.
bool is_rigged(const StrategyResult& strategy, const Result& result) {
  return strategy.form != StrategyResult{}.form &&
         std::ranges::any_of(result.strategies, [&](const StrategyResult& other) {
           return other.form != strategy.form && other.form != "product";
         });
}

bool is_slow(const Contrast& price) {
  return criteria()[price.criterion].unit == "ns" && price.factor >= kSlow;
}

}  // namespace

// "1.36 %", or "1.36 % to 1.38 %" of equals that the table shows with different numbers; beyond the
// margins it is the replications that leave it open.
std::string Advisor::losses_of(const Places& who) const {
  std::size_t most = who.front();
  for (const std::size_t i : who) most = *of_.loss(i) > *of_.loss(most) ? i : most;
  const std::string least_text = value(of_.least(), kLossCriterion);
  const std::string most_text = value(most, kLossCriterion);
  if (least_text == most_text) return *of_.loss(of_.least()) == 0 ? "nothing" : least_text;
  const bool doubted = *of_.loss(most) > *of_.loss(of_.least()) * (1 + kMarginRelative);
  return least_text + " to " + most_text + (doubted ? ", not told apart" : "");
}

// What the faults of a day lose, ns of all traffic; nothing where nobody says how often they are.
std::optional<double> Advisor::day(std::size_t i) const {
  const MetricValues* day = find_metric(strategy(i), "loss.per_day");
  const Summary summary = day == nullptr ? Summary{} : summarize(*day);
  return summary.no_data ? std::nullopt : std::optional<double>(std::max(summary.mean, 0.0));
}

// " (5.65 s of all traffic a day)", or from the least to the most of equals.
std::string Advisor::a_day(const Places& who) const {
  std::optional<double> least, most;
  for (const std::size_t i : who) {
    const std::optional<double> one = day(i);
    if (!one) return "";
    if (!least || *one < *least) least = one;
    if (!most || *one > *most) most = one;
  }
  const std::string from = with_unit(*least, "ns", glyphs_), to = with_unit(*most, "ns", glyphs_);
  return " (" + (from == to ? from : from + " to " + to) + " of all traffic a day)";
}

// The one that it pays beside most others; before that, one which is out of all proportion: seconds
// of latency are no small print under "loses nothing".
std::optional<Contrast> Advisor::price_to_know(std::size_t i) const {
  const Contrasts prices = of_.prices(i);
  const auto slow = std::ranges::find_if(prices, is_slow);
  if (slow != prices.end()) return *slow;
  return prices.empty() ? std::nullopt : std::optional(prices.front());
}

std::string Advisor::best_in_line(std::size_t i, const std::string& lost) const {
  std::string text = fmt::format("{} loses {}{}", name(i),
                                 *of_.loss(i) == 0 ? "nothing" : "least, " + lost, a_day({i}));
  if (const auto cost = price_to_know(i)) text += ", for " + price(i, *cost);
  return text;
}

// The nearest in loss first; who has the same merit as another leader is one choice with it.
std::vector<Advisor::Choice> Advisor::choices(std::size_t most) const {
  const Places leaders = of_.leaders();
  std::vector<Choice> found;
  for (std::size_t i = 0; i < size(); ++i) {
    const bool leads = std::ranges::find(leaders, i) != leaders.end();
    if ((leads && leaders.size() == 1) || of_.heavy(i) || of_.beaten_by(i)) continue;
    const Contrasts merits = of_.merits(i);
    if (merits.empty()) continue;
    const Contrast& own = merits.front();
    const auto same = std::ranges::find_if(found, [&](const Choice& choice) {
      const std::size_t other = choice.who.front();
      return leads && choice.leads && choice.merit.criterion == own.criterion &&
             choice.merit.other == own.other && !of_.field().worse(own.criterion, i, other) &&
             !of_.field().worse(own.criterion, other, i);
    });
    if (same != found.end()) {
      same->who.push_back(i);
    } else if (found.size() < most) {
      found.push_back({{i}, own, leads});
    }
  }
  return found;
}

std::string Advisor::choice_in_line(const Choice& choice) const {
  std::string text;
  for (const std::size_t i : choice.who) text += (text.empty() ? "" : " or ") + name(i);
  const std::size_t first = choice.who.front();
  text += " for " + merit(first, choice.merit);
  if (!choice.leads) return text + ", losing " + value(first, kLossCriterion) + a_day({first});
  const auto cost = price_to_know(first);
  return cost && is_slow(*cost) && choice.who.size() == 1 ? text + ", at " + price(first, *cost)
                                                          : text;
}

// "multi_active loses least (0.101 %), at 1.9 times the traffic to clients of routed; ..."
std::string Advisor::line() const {
  if (!of_.loss(of_.least())) return "";
  if (all_lost()) return "nothing of what was owed arrived, by any strategy";
  const Places leaders = of_.leaders();
  if (of_.all_equal()) return named_in_line("no number here tells the strategies apart", leaders);
  const bool alone = leaders.size() == 1;
  const std::vector<Choice> worth = choices(alone ? kMostParts - 1 : kMostParts);
  Places named = alone || worth.empty() ? leaders : Places{};
  std::string text = alone ? best_in_line(leaders.front(), losses_of(leaders)) : "";
  for (const Choice& choice : worth) {
    text += (text.empty() ? "" : "; ") + choice_in_line(choice);
    named.insert(named.end(), choice.who.begin(), choice.who.end());
  }
  if (!alone) {
    const std::string nothing_else = ", and no other number here makes a difference";
    text = fmt::format("{} lose {}{}{}", list(leaders), losses_of(leaders), a_day(leaders),
                       text.empty() ? nothing_else : "; choose " + text);
  }
  return named_in_line(std::move(text), named);
}

// Who is advised against, and what speaks against those that are named.
std::string Advisor::named_in_line(std::string text, const Places& named) const {
  if (const Places heavy = of_.heavy(); !heavy.empty()) {
    text += fmt::format("; not {}, which lose{} {}{}", list(heavy), heavy.size() == 1 ? "s" : "",
                        value(heavy.front(), kLossCriterion), heavy.size() == 1 ? "" : " and more");
  }
  if (much_lost()) text += "; no strategy here loses less than 5 %";
  Places failing, unstable;
  for (const std::size_t i : named) {
    if (verdicts_of(result_, name(i), Outcome::fail) > 0) failing.push_back(i);
    if (is_unstable(*of_.field().strategies[i])) unstable.push_back(i);
  }
  if (!failing.empty()) {
    text += fmt::format("; but {} {} expectations", list(failing),
                        failing.size() == 1 ? "fails" : "fail");
  }
  if (!unstable.empty()) {
    text += fmt::format("; {} {} unstable, and worse in a longer run", list(unstable),
                        unstable.size() == 1 ? "is" : "are");
  }
  if (std::ranges::any_of(named, [&](std::size_t i) { return is_rigged(strategy(i), result_); })) {
    text += "; textbook and hardened forms or products are mixed, so a merit may be the form's";
  }
  return text;
}

}  // namespace squall
