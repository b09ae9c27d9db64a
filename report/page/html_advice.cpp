// "Choose X unless Y", one sentence per strategy, from nothing but the measured numbers.
//
// A criterion tells strategies apart only beyond its margin: 0.02 points of loss, 2 % of anything
// else. What a strategy is best at is its reason; where it is furthest from the best is the
// "unless".
#include <algorithm>
#include <cmath>
#include <map>

#include "report/measure/pooled.hpp"
#include "report/page/html_parts.hpp"
#include "report/words/format.hpp"

namespace squall::html {
namespace {

struct Criterion {
  std::string_view metric, unit;
  double margin;            // absolute, beside the relative one
  std::string_view reason;  // "Choose it for <reason>"
  std::string_view cost;    // "unless <cost> matters"
};

// In order of weight: a reason is the first one that holds. Lower is better in all of them.
constexpr Criterion kCriteria[] = {
    {"loss.intent", "ratio", 0.0002, "the least loss", "loss"},
    {"latency.obliged.p99", "ns", 0, "the shortest tail", "the tail"},
    {"bytes.cluster.rate", "bytes/s", 0, "the least traffic inside the cluster",
     "traffic inside the cluster"},
    {"bytes.client.rate", "bytes/s", 0, "the least traffic to clients", "traffic to clients"},
    {"ready_again.p99", "ns", 0, "the quickest return after a disconnection",
     "the time to be ready again"},
    {"deaf.share", "ratio", 0.0002, "the fewest deaf users", "deafness while connected"},
    {"node.cpu.max", "ratio", 0.05, "the coolest busiest node", "the load of the busiest node"},
};
constexpr double kRelative = 0.02;
constexpr std::size_t kLoss = 0;

using Values = std::vector<std::optional<double>>;  // one per criterion

bool worse(const Criterion& criterion, double value, double than) {
  if (std::isinf(value)) return !std::isinf(than);
  return value > than + criterion.margin && value > than * (1 + kRelative);
}

// Nobody is advised by a number that the tables do not tell.
std::optional<double> told(const StrategyResult& strategy, std::string_view metric) {
  const MetricValues* values = find_metric(strategy, metric);
  if (values == nullptr || !supported(*values)) return std::nullopt;
  return mean_of(strategy, metric);
}

struct Field {
  std::vector<std::string> names;
  std::vector<Values> values;  // by strategy
  Values best;                 // by criterion; empty when it tells nobody apart
};

// A strategy that delivers next to nothing is quick and cheap for that very reason.
bool useless(const Field& field, std::size_t strategy) {
  const auto& loss = field.values[strategy][kLoss];
  return loss && field.best[kLoss] && *loss > 0.25 && *loss > *field.best[kLoss] * 2;
}

Field field_of(const ChartContext& context) {
  Field field;
  field.best.resize(std::size(kCriteria));
  for (const Look& look : context.looks) {
    Values values;
    for (const Criterion& criterion : kCriteria) {
      values.push_back(told(*look.strategy, criterion.metric));
    }
    field.names.push_back(look.strategy->strategy);
    field.values.push_back(std::move(values));
  }
  for (std::size_t c = 0; c < std::size(kCriteria); ++c) {
    std::optional<double> best, last;
    for (std::size_t i = 0; i < field.values.size(); ++i) {
      const auto& value = field.values[i][c];
      // Loss comes first, so here it is known who is out of the question.
      if (!value || (c != kLoss && useless(field, i))) continue;
      best = std::min(best.value_or(*value), *value);
      last = std::max(last.value_or(*value), *value);
    }
    const bool apart = best && worse(kCriteria[c], *last, *best);
    field.best[c] = apart ? best : std::nullopt;
  }
  return field;
}

std::vector<std::size_t> strengths(const Field& field, std::size_t strategy) {
  std::vector<std::size_t> found;
  for (std::size_t c = 0; c < std::size(kCriteria); ++c) {
    const auto& value = field.values[strategy][c];
    if (value && field.best[c] && !worse(kCriteria[c], *value, *field.best[c])) found.push_back(c);
  }
  return found;
}

// How far from the best, as a share of the way to the worst that is worth choosing. 0: at the best.
double excess(const Field& field, std::size_t strategy, std::size_t c) {
  const auto& value = field.values[strategy][c];
  if (!value || !field.best[c] || !worse(kCriteria[c], *value, *field.best[c])) return 0;
  if (std::isinf(*value)) return 1;
  double last = *value;
  for (std::size_t other = 0; other < field.values.size(); ++other) {
    const auto& its = field.values[other][c];
    if (!its || std::isinf(*its) || useless(field, other)) continue;
    last = std::max(last, *its);
  }
  return (*value - *field.best[c]) / (last - *field.best[c]);
}

std::optional<std::size_t> worst_cost(const Field& field, std::size_t strategy) {
  std::optional<std::size_t> worst;
  double most = 0;
  for (std::size_t c = 0; c < std::size(kCriteria); ++c) {
    // The tail is infinite only because of loss, which is named instead.
    const auto& value = field.values[strategy][c];
    if (value && std::isinf(*value) && excess(field, strategy, kLoss) > 0) continue;
    const double factor = excess(field, strategy, c);
    if (factor > most) {
      most = factor;
      worst = c;
    }
  }
  return worst;
}

std::size_t best_at(const Field& field, std::size_t c) {
  for (std::size_t i = 0; i < field.values.size(); ++i) {
    const auto& value = field.values[i][c];
    if (value && *value == *field.best[c] && (c == kLoss || !useless(field, i))) return i;
  }
  return 0;
}

std::string value_text(const Field& field, std::size_t strategy, std::size_t c) {
  return shown(field.values[strategy][c], kCriteria[c].unit);
}

std::string unless(const Field& field, std::size_t strategy) {
  const std::optional<std::size_t> cost = worst_cost(field, strategy);
  if (!cost) return "nothing measured here speaks against it";
  const std::size_t best = best_at(field, *cost);
  return "unless " + std::string(kCriteria[*cost].cost) +
         " matters: " + value_text(field, strategy, *cost) + " against " +
         value_text(field, best, *cost) + " with " + field.names[best];
}

// Another strategy that is nowhere worse and somewhere better.
std::optional<std::size_t> beaten_by(const Field& field, std::size_t strategy) {
  for (std::size_t other = 0; other < field.values.size(); ++other) {
    bool nowhere_worse = other != strategy, better = false;
    for (std::size_t c = 0; c < std::size(kCriteria) && nowhere_worse; ++c) {
      const auto &mine = field.values[strategy][c], &its = field.values[other][c];
      if (!mine || !its) continue;
      nowhere_worse = !worse(kCriteria[c], *its, *mine);
      better = better || worse(kCriteria[c], *mine, *its);
    }
    if (nowhere_worse && better) return other;
  }
  return std::nullopt;
}

std::string reasons(const Field& field, std::size_t strategy,
                    const std::vector<std::size_t>& found) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(2, found.size()); ++i) {
    const std::size_t c = found[i];
    text += (i == 0 ? "" : " and ") + std::string(kCriteria[c].reason) + " (" +
            value_text(field, strategy, c) + ")";
  }
  return text;
}

// Neither best anywhere nor beaten: where it is furthest ahead of another that is worth choosing.
std::string middle(const Field& field, std::size_t strategy) {
  std::optional<std::size_t> good, behind;
  double most = 0;
  for (std::size_t c = 0; c < std::size(kCriteria); ++c) {
    const auto& mine = field.values[strategy][c];
    if (!field.best[c] || !mine) continue;
    for (std::size_t other = 0; other < field.values.size(); ++other) {
      const auto& its = field.values[other][c];
      if (!its || useless(field, other) || !worse(kCriteria[c], *its, *mine)) continue;
      const double gain = excess(field, other, c) - excess(field, strategy, c);
      if (gain <= most) continue;
      most = gain;
      good = c;
      behind = other;
    }
  }
  if (!good) return "Choose it for what was not measured, ";
  return "Choose it as a middle way, with " + value_text(field, strategy, *good) + " of " +
         std::string(kCriteria[*good].cost) + " where " + field.names[*behind] + " has " +
         value_text(field, *behind, *good) + ", ";
}

std::string sentence(const Field& field, std::size_t strategy) {
  if (std::none_of(field.values[strategy].begin(), field.values[strategy].end(),
                   [](const auto& value) { return value.has_value(); })) {
    return "Nothing was measured, so nothing can be said.";
  }
  if (useless(field, strategy)) {
    const std::size_t best = best_at(field, kLoss);
    return "Do not choose it unless losing " + value_text(field, strategy, kLoss) +
           " of everything is acceptable; " + field.names[best] + " loses " +
           value_text(field, best, kLoss) + ".";
  }
  const std::vector<std::size_t> found = strengths(field, strategy);
  if (const auto other = beaten_by(field, strategy)) {
    std::string text = "No number here speaks for it: " + field.names[*other] +
                       " is nowhere worse beyond the margins";
    for (std::size_t c = 0; c < std::size(kCriteria); ++c) {
      const auto &mine = field.values[strategy][c], &its = field.values[*other][c];
      if (!mine || !its || !worse(kCriteria[c], *mine, *its)) continue;
      return text + " and better in " + std::string(kCriteria[c].cost) + " (" +
             value_text(field, *other, c) + " against " + value_text(field, strategy, c) +
             "). Choose it only for what was not measured.";
    }
  }
  if (found.empty()) return middle(field, strategy) + unless(field, strategy) + ".";
  return "Choose it for " + reasons(field, strategy, found) +
         (worst_cost(field, strategy) ? ", " : "; ") + unless(field, strategy) + ".";
}

std::string failures(const Result& result, const std::string& strategy) {
  const auto failed =
      std::count_if(result.verdicts.begin(), result.verdicts.end(), [&](const Verdict& verdict) {
        return verdict.strategy == strategy && verdict.outcome != Outcome::pass;
      });
  if (failed == 0) return "";
  return failed == 1 ? " It fails an expectation."
                     : " It fails " + std::to_string(failed) + " expectations.";
}

}  // namespace

std::vector<std::string> advice(const ChartContext& context) {
  const Field field = field_of(context);
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    std::string text = field.names.size() == 1
                           ? "It was played alone, so there is nothing to choose between."
                           : sentence(field, i);
    const bool indistinct = std::none_of(field.best.begin(), field.best.end(),
                                         [](const auto& best) { return best.has_value(); });
    if (field.names.size() > 1 && indistinct) {
      text =
          "Indistinguishable from the others in every number here; choose by what was not "
          "measured.";
    }
    sentences.push_back(text + failures(context.result, field.names[i]));
  }
  return sentences;
}

}  // namespace squall::html
