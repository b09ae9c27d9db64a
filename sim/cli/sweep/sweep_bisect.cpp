// squall sweep SCENARIO --bisect PTR=LOW..HIGH --until EXPR: the value at which an expectation
// changes from holding to not holding, per strategy, by halving.
//
// It trusts that the truth changes once between the ends; nothing is stored. The judge is that of
// `expect` (report/measure/judge.hpp).
#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/measure/expectation.hpp"
#include "report/measure/judge.hpp"
#include "report/words/format.hpp"
#include "report/words/measured.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/sweep/sweep.hpp"
#include "sim/cli/sweep/sweep_plan.hpp"
#include "sim/farm/quantity.hpp"

namespace squall {
namespace {

// The bracket is at most this part of the range, or one whole number wide.
constexpr std::int64_t kFinest = 100;
constexpr const char* kFlag = "--bisect";

struct Search {
  SweepRequest request;  // one axis: the two ends
  Quantity low, high;
  std::int64_t step = 1;   // values are low + k * step
  std::int64_t steps = 0;  // k of the high end

  std::string value(std::int64_t k) const {
    return text_of({low.kind, k == steps ? high.value : low.value + k * step});
  }
};

// What one value gave.
struct Probe {
  std::int64_t k = 0;
  Verdict verdict;
  bool holds() const { return verdict.outcome == Outcome::pass; }
};

struct Bracket {
  std::string strategy;
  std::vector<Probe> probes;  // as they were played
  Probe below, above;         // the nearest ones to the change
  bool found() const { return below.holds() != above.holds(); }
};

bool read_ends(const std::string& word, Search& search, std::string& error) {
  const std::size_t equals = word.find('=');
  const std::size_t dots = word.find("..", equals == word.npos ? 0 : equals);
  if (word.starts_with("/") && equals != word.npos && dots != word.npos) {
    const auto low = parse_quantity(word.substr(equals + 1, dots - equals - 1));
    const auto high = parse_quantity(word.substr(dots + 2));
    if (low && high && low->kind == high->kind && low->value < high->value) {
      search.low = *low;
      search.high = *high;
      search.request.axes = {{word.substr(0, equals), {text_of(*low), text_of(*high)}}};
      return true;
    }
  }
  error = "--bisect " + word +
          ": expected PTR=LOW..HIGH with LOW below HIGH, numbers of one kind, e.g. "
          "/cluster/nodes/count=2..24 or /params/lease=1s..60s";
  return false;
}

// Whole numbers by one; everything else by the largest power of ten that is fine enough.
void choose_step(Search& search) {
  const std::int64_t range = search.high.value - search.low.value;
  const bool whole = search.low.kind == Quantity::Kind::number &&
                     search.low.value % kWholeNumber == 0 && search.high.value % kWholeNumber == 0;
  search.step = whole ? kWholeNumber : 1;
  while (!whole && range / (search.step * 10) >= kFinest) search.step *= 10;
  search.steps = (range + search.step - 1) / search.step;
}

std::optional<Search> read_search(const Options& options, std::string& error) {
  if (options.bisect.empty() || options.until.empty()) {
    error = "--bisect PTR=LOW..HIGH and --until EXPR belong together";
    return std::nullopt;
  }
  if (!options.grid.empty() || !options.resume.empty()) {
    error = "--bisect goes with neither --grid nor --resume: it stores nothing";
    return std::nullopt;
  }
  std::optional<SweepRequest> request = check_sweep_flags(options, error);
  if (!request) return std::nullopt;
  Search search{std::move(*request), {}, {}};
  if (!read_ends(options.bisect, search, error)) return std::nullopt;
  choose_step(search);
  const nlohmann::json plain = nlohmann::json::array({{{"that", options.until}}});
  const bool object = options.until.starts_with('{');
  const std::string expect =
      object ? "[" + options.until + "]"
             : plain.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  search.request.overrides.push_back({"/expect", expect});
  const ScenarioInput input =
      read_scenario(search.request.scenario_path, search.request.overrides, make_vocabulary());
  search.request.scenario_text = input.whole;
  if (!input.text.empty()) return search;
  error = render(input.problems, input.text);
  return std::nullopt;
}

std::string seen(const Probe& probe) { return measured_text(probe.verdict, unicode_glyphs()); }

class Bisection {
 public:
  Bisection(const Invocation& invocation, const Search& search)
      : invocation_(invocation), search_(search) {}

  // False: stopped or broken, and failure() says why.
  bool search(const StrategySpec& spec) {
    Bracket bracket{spec.name, {}, {}, {}};
    if (!probe(spec, 0, bracket) || !probe(spec, search_.steps, bracket)) return false;
    bracket.below = bracket.probes[0];
    bracket.above = bracket.probes[1];
    while (bracket.found() && bracket.above.k - bracket.below.k > 1) {
      if (!probe(spec, (bracket.below.k + bracket.above.k) / 2, bracket)) return false;
      const Probe& last = bracket.probes.back();
      (last.holds() == bracket.below.holds() ? bracket.below : bracket.above) = last;
    }
    brackets_.push_back(std::move(bracket));
    return true;
  }

  const std::vector<Bracket>& brackets() const { return brackets_; }
  const std::string& failure() const { return failure_; }

 private:
  bool probe(const StrategySpec& spec, std::int64_t k, Bracket& bracket) {
    std::vector<Problem> problems;
    auto scenario = load_point(search_.request, {search_.value(k)}, problems, failure_, kFlag);
    if (!scenario) return false;
    scenario->strategies = {spec};
    const Options& options = invocation_.options;
    PlaySettings settings;
    settings.seeds = search_.request.seeds;
    settings.threads = thread_count(options.jobs);
    settings.max_events = options.max_events;
    const Played played = play_scenario(*scenario, settings);
    if (!played.cut_short.empty()) failure_ = played.cut_short.front();
    const std::vector<RunRecord>& runs = played.records.front();
    if (failure_.empty() && !std::all_of(runs.begin(), runs.end(), complete)) {
      failure_ = fmt::format("{} at {}: a law does not balance: squall run says which", spec.name,
                             search_.value(k));
    }
    if (!failure_.empty()) return false;
    const std::vector<Verdict> verdicts = judge(*scenario, scenario->strategies, played.records);
    if (verdicts.empty()) failure_ = "--until is not for " + spec.name;
    if (verdicts.empty()) return false;
    bracket.probes.push_back({k, verdicts.front()});
    if (!options.quiet && options.progress != "none") {
      const Probe& last = bracket.probes.back();
      invocation_.console.err << spec.name << " at " << search_.value(k)
                              << (last.holds() ? ": holds, " : ": does not hold, ") << seen(last)
                              << std::endl;
    }
    return true;
  }

  const Invocation& invocation_;
  const Search& search_;
  std::vector<Bracket> brackets_;
  std::string failure_;
};

// "holds up to 4 (0.8 %), not at 5 (1.3 %)"
std::string finding(const Search& search, const Bracket& bracket) {
  const std::string low =
      fmt::format("{} ({})", search.value(bracket.below.k), seen(bracket.below));
  const std::string high =
      fmt::format("{} ({})", search.value(bracket.above.k), seen(bracket.above));
  if (!bracket.found()) {
    return fmt::format("{} at both ends, {} and {}",
                       bracket.below.holds() ? "holds" : "does not hold", low, high);
  }
  return bracket.below.holds() ? fmt::format("holds up to {}, not from {}", low, high)
                               : fmt::format("holds from {}, not up to {}", high, low);
}

std::string as_text(const Search& search, const Options& options,
                    const std::vector<Bracket>& brackets) {
  std::string text = fmt::format("\n  BISECT   {} until {}, {} seeds\n\n", options.bisect,
                                 options.until, search.request.seeds.size());
  std::size_t width = 0;
  for (const Bracket& bracket : brackets) {
    width = std::max(width, display_width(printable(bracket.strategy)));
  }
  for (const Bracket& bracket : brackets) {
    text += fmt::format("    {}{}; {} values tried\n",
                        pad_right(printable(bracket.strategy), width + 2), finding(search, bracket),
                        bracket.probes.size());
  }
  return text;
}

nlohmann::json probe_json(const Search& search, const Probe& probe) {
  nlohmann::json json = {{"value", search.value(probe.k)}, {"holds", probe.holds()}};
  const auto& measured = probe.verdict.measured;
  json["measured"] = nullptr;
  if (measured) json["measured"] = *measured;
  if (measured && *measured == std::numeric_limits<double>::infinity()) {
    json["measured"] = "infinity";
  }
  return json;
}

std::string as_json(const Search& search, const Options& options,
                    const std::vector<Bracket>& brackets) {
  nlohmann::ordered_json document = {{"schema", "squall.bisect/1"},
                                     {"pointer", search.request.axes.front().pointer},
                                     {"until", options.until},
                                     {"seeds", search.request.seeds},
                                     {"results", nlohmann::ordered_json::array()}};
  for (const Bracket& bracket : brackets) {
    nlohmann::ordered_json entry = {{"strategy", bracket.strategy}, {"found", bracket.found()}};
    entry["below"] = probe_json(search, bracket.below);
    entry["above"] = probe_json(search, bracket.above);
    entry["probes"] = nlohmann::json::array();
    for (const Probe& probe : bracket.probes) {
      entry["probes"].push_back(nlohmann::ordered_json(probe_json(search, probe)));
    }
    document["results"].push_back(entry);
  }
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

// Those that both ends can be played with.
std::vector<StrategySpec> strategies_of(const Scenario& low, const Scenario& high) {
  std::vector<StrategySpec> both;
  for (const StrategySpec& spec : high.strategies) {
    if (std::ranges::find(low.strategies, spec.name, &StrategySpec::name) != low.strategies.end()) {
      both.push_back(spec);
    }
  }
  return both;
}

}  // namespace

Exit bisect_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  std::string error;
  const std::optional<Search> search = read_search(options, error);
  if (!search) return usage_error(invocation.console, error, kNothingSwept);
  std::vector<Problem> problems;
  const auto low = load_point(search->request, {search->value(0)}, problems, error, kFlag);
  if (!low) return usage_error(invocation.console, error, kNothingSwept);
  const auto high =
      load_point(search->request, {search->value(search->steps)}, problems, error, kFlag);
  if (!high) return usage_error(invocation.console, error, kNothingSwept);
  if (options.dry_run) {
    invocation.console.out << "values from " << search->value(0) << " to "
                           << search->value(search->steps) << ", " << search->steps + 1
                           << " candidates per strategy\n";
    return {};
  }
  install_signal_handlers();
  Bisection bisection(invocation, *search);
  bool whole = true;
  for (const StrategySpec& spec : strategies_of(*low, *high)) {
    whole = whole && bisection.search(spec);
  }
  const std::vector<Bracket>& brackets = bisection.brackets();
  invocation.console.out << (options.json ? as_json(*search, options, brackets)
                                          : as_text(*search, options, brackets));
  if (received_signal() != 0) {
    return {static_cast<ExitCode>(128 + received_signal()), "stopped; nothing was stored"};
  }
  if (!whole) {
    const std::string& failure = bisection.failure();
    invocation.console.err << "error: " << failure << '\n';
    return {ExitCode::broken, failure.substr(0, failure.find('\n'))};
  }
  const auto open = std::count_if(brackets.begin(), brackets.end(),
                                  [](const Bracket& bracket) { return !bracket.found(); });
  if (open == 0) return {};
  return {ExitCode::inconclusive,
          fmt::format("{} of {} strategies: --until is as true at one end as at the other, so it "
                      "changes nowhere that halving could find",
                      open, brackets.size())};
}

}  // namespace squall
