// Expectations that a run is too small to decide (S0505): shares of pairs that few messages cannot
// show, and quantiles that few samples do not tell.
//
// A limit on a share is held against one run, as each seed has to keep it by itself; samples of a
// quantile are those of all runs together. What is counted in advance only is expected.
#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "scenarios/model/demand.hpp"
#include "scenarios/model/expectation.hpp"
#include "scenarios/model/json_tree.hpp"
#include "scenarios/model/lint.hpp"
#include "scenarios/model/plan.hpp"
#include "scenarios/model/volume.hpp"

namespace squall::language {
namespace {

constexpr double kUsualRuns = 10;  // what `run` plays unless it is told otherwise

// Of any strategy that is played.
bool is_judged(const Expectation& expectation, const Scenario& scenario) {
  const auto& globs = expectation.strategies;
  return globs.empty() || std::ranges::any_of(scenario.strategies, [&](const StrategySpec& spec) {
           return std::ranges::any_of(
               globs, [&](const std::string& glob) { return glob_matches(glob, spec.name); });
         });
}

// Messages of a class in the time that is asked about.
double sent_in(const Traffic& traffic, const Expectation& expectation, const Scenario& scenario) {
  const Time end = scenario.time.measure;
  const double all = volume_of(scenario, traffic, Time{0}, end).messages;
  for (const FaultSpan& span : fault_spans(scenario)) {
    const Time from = std::clamp(span.begin, Time{0}, end);
    const double inside =
        volume_of(scenario, traffic, from, std::clamp(span.end, from, end)).messages;
    if (span.label == expectation.during) return inside;
    if (span.label == expectation.outside) return all - inside;
  }
  return all;
}

struct Owed {
  double messages = 0;  // to somebody
  double pairs = 0;
};

Owed owed_to(const Expectation& expectation, const Scenario& scenario) {
  Owed owed;
  for (const Traffic& traffic : scenario.traffic) {
    if (!expectation.of.empty() && expectation.of != traffic.name) continue;
    const double sent = sent_in(traffic, expectation, scenario);
    const double recipients = mean_recipients(scenario, traffic);
    owed.messages += sent * std::min(recipients, 1.0);
    owed.pairs += sent * recipients;
  }
  return owed;
}

// Pairs of a message share its fate: what is independent is messages.
std::string of_share(const Expectation& expectation, const Owed& owed) {
  const std::string& metric = expectation.metric;
  const bool upper_bound = expectation.op == "<" || expectation.op == "<=";
  const bool of_losses = metric.starts_with("loss.") && !metric.starts_with("loss.endpoint") &&
                         metric != "loss.worst_1pct_share";
  const bool of_pairs = of_losses || metric.starts_with("dup.") || metric == "late";
  if (!upper_bound || !of_pairs || expectation.value <= 0) return "";
  const double needed = 3 / expectation.value;
  if (owed.messages >= needed) return "";
  return fmt::format("{} needs {} messages that are owed to somebody, at 95 %; a run has about {}",
                     in_quotes(expectation.that), whole_number(needed),
                     whole_number(owed.messages));
}

struct Quantile {
  std::string_view name;  // "p99.9"
  double below = 0;       // 0.999
};

// "latency.obliged.p99.9" is one, "latency.obliged.max" and "loss.per_event" are none.
std::optional<Quantile> quantile_of(std::string_view metric) {
  const std::size_t dot = metric.rfind(".p");
  if (dot == metric.npos) return std::nullopt;
  const std::string_view name = metric.substr(dot + 1);
  double percent = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), percent);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return Quantile{name, percent / 100};
}

// What a quantile is one of, and how many of them a run has. Nothing where only a run can tell: how
// many connections break.
std::optional<std::pair<std::string_view, double>> samples_of(std::string_view metric,
                                                              const Owed& owed,
                                                              const Scenario& scenario) {
  if (metric.starts_with("latency.room_complete") || metric.starts_with("latency.skew")) {
    return std::pair{std::string_view("messages"), owed.messages};
  }
  if (metric.starts_with("latency.")) return std::pair{std::string_view("pairs"), owed.pairs};
  if (!metric.starts_with("loss.endpoint.")) return std::nullopt;
  return std::pair{std::string_view("clients"),
                   users_of(scenario) + static_cast<double>(scenario.clients.size())};
}

// As report/measure/statistics.hpp has it: n samples with q^n <= 2.5 %.
double samples_that_tell(double below) {
  double needed = 0;
  for (double left = 1; left > 0.025; left *= below) ++needed;
  return needed;
}

std::string of_quantile(const Expectation& expectation, const Owed& owed,
                        const Scenario& scenario) {
  const std::optional<Quantile> quantile = quantile_of(expectation.metric);
  if (!quantile) return "";
  const auto samples = samples_of(expectation.metric, owed, scenario);
  if (!samples) return "";
  const double needed = samples_that_tell(quantile->below);
  if (samples->second * kUsualRuns >= needed) return "";
  const std::string runs = samples->second > 0
                               ? fmt::format(", and so many are in {} runs (-n)",
                                             whole_number(std::ceil(needed / samples->second)))
                               : "";
  return fmt::format("{}: {} needs {} {}; a run has about {}{}", in_quotes(expectation.that),
                     quantile->name, whole_number(needed), samples->first,
                     whole_number(samples->second), runs);
}

}  // namespace

std::vector<Finding> findings_of_expectations(const Scenario& scenario) {
  std::vector<Finding> found;
  if (scenario.traffic.empty()) return found;  // scripted sends are counted exactly
  for (std::size_t i = 0; i < scenario.expect.size(); ++i) {
    const Expectation& expectation = scenario.expect[i];
    if (!is_judged(expectation, scenario)) continue;
    const Owed owed = owed_to(expectation, scenario);
    std::string message = of_share(expectation, owed);
    if (message.empty()) message = of_quantile(expectation, owed, scenario);
    if (message.empty()) continue;
    found.push_back({fmt::format("/expect/{}/that", i), "S0505", std::move(message)});
  }
  return found;
}

}  // namespace squall::language
