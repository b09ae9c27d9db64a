// squall size SCENARIO: the fewest nodes that meet its expectations, as it is and with one of them
// lost, for each strategy, and what they cost.
//
// Closed forms say where to begin and rule out what cannot settle; runs decide (trials.hpp). The
// number found has its neighbours tried, too (fewest.hpp).
#include <fmt/core.h>
#include <algorithm>

#include "scenarios/model/expectation.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/input/prices_file.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/seeds.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/size/words.hpp"
#include "sim/farm/quantity.hpp"

namespace squall {
namespace {

constexpr const char* kNothing = "bad command line or scenario; nothing was run";
constexpr const char* kDefaultReps = "3";
constexpr std::uint16_t kMostNodes = 1000;  // that a scenario may have
constexpr std::uint16_t kUsualRange = 16;   // at least, where none is given

std::optional<std::int64_t> whole_number(const std::string& word) {
  const auto quantity = parse_quantity(word);
  const bool whole =
      quantity && quantity->kind == Quantity::Kind::number && quantity->value % kWholeNumber == 0;
  return whole ? std::optional(quantity->value / kWholeNumber) : std::nullopt;
}

// LOW..HIGH, or up to four times the nodes that the scenario has.
std::optional<NodeRange> range_of(const std::string& word, const Scenario& scenario,
                                  std::string& error) {
  if (word.empty()) {
    const int most = std::max<int>(kUsualRange, 4 * scenario.cluster.nodes.count);
    return NodeRange{1, static_cast<std::uint16_t>(std::min<int>(most, kMostNodes))};
  }
  const std::size_t dots = word.find("..");
  if (dots != word.npos) {
    const auto low = whole_number(word.substr(0, dots));
    const auto high = whole_number(word.substr(dots + 2));
    if (low && high && *low >= 1 && *low <= *high && *high <= kMostNodes) {
      return NodeRange{static_cast<std::uint16_t>(*low), static_cast<std::uint16_t>(*high)};
    }
  }
  error = fmt::format("--nodes {}: expected LOW..HIGH with 1 <= LOW <= HIGH <= {}, e.g. 2..24",
                      word, kMostNodes);
  return std::nullopt;
}

// Everything but the range; empty on a mistake that `error` describes.
std::optional<SizeRequest> request_of(const Options& options, std::string& error) {
  SizeRequest request;
  request.path = options.inputs.front();
  request.max_events = options.max_events;
  request.threads = thread_count(options.jobs);
  request.overrides = asked_overrides(options, error);
  if (!error.empty() || !add_prices(options.prices, request.overrides, error)) return std::nullopt;
  const std::string reps = options.reps.empty() ? kDefaultReps : options.reps;
  request.seeds = make_seeds(options.seed, static_cast<std::uint32_t>(std::stoul(reps)), error);
  if (!error.empty()) return std::nullopt;
  return request;
}

// Whether a number of nodes could disappoint: that the books balance is expected of squall, and a
// closed form of the model.
bool asks_for_service(const Expectation& expectation, const std::string& strategy) {
  if (expectation.metric.starts_with("ledger.") || expectation.op == "~") return false;
  const auto& globs = expectation.strategies;
  return globs.empty() || std::ranges::any_of(globs, [&](const std::string& glob) {
           return language::glob_matches(glob, strategy);
         });
}

std::string names_of(const Scenario& scenario) {
  std::string names;
  for (const StrategySpec& spec : scenario.strategies) {
    names += (names.empty() ? "" : ", ") + spec.name;
  }
  return names;
}

bool is_asked(const Scenario& scenario, const std::string& strategy) {
  return std::ranges::any_of(scenario.expect, [&](const Expectation& expectation) {
    return asks_for_service(expectation, strategy);
  });
}

class Sizing {
 public:
  Sizing(const Invocation& invocation, const SizeRequest& request, const Vocabulary& vocabulary)
      : invocation_(invocation), request_(request), vocabulary_(vocabulary) {}

  Sized search(const Scenario& scenario, const StrategySpec& spec, NodeRange range) {
    Trials trials(request_, vocabulary_, scenario, spec.name);
    const auto meets = [&](bool one_lost) -> HasProperty {
      return [this, one_lost, &trials](std::uint16_t nodes) -> std::optional<bool> {
        const Trial* const trial = trials.ask(nodes, one_lost);
        if (trial == nullptr) return std::nullopt;
        tell(*trial);
        return trial->meets;
      };
    };
    const std::uint16_t start = stable_from(scenario, spec, range);
    strategy_ = spec.name;
    Sized sized{spec.name, true, fewest(range, start, meets(false)), {}, {}};
    sized.one_lost.ended = sized.as_it_is.ended;
    if (sized.as_it_is.number) {
      const NodeRange rest{*sized.as_it_is.number, range.high};
      const int next = *sized.as_it_is.number + 1;
      sized.one_lost = fewest(rest, static_cast<std::uint16_t>(next), meets(true));
    }
    sized.trials = trials.all();
    if (!trials.failure().empty()) failure_ = trials.failure();
    return sized;
  }

  const std::string& failure() const { return failure_; }

 private:
  static std::uint16_t stable_from(const Scenario& scenario, const StrategySpec& spec,
                                   NodeRange range) {
    for (std::uint16_t nodes = range.low; nodes < range.high; ++nodes) {
      if (predicted_utilisation(scenario, spec, nodes) <= 1) return nodes;
    }
    return range.low;
  }

  void tell(const Trial& trial) const {
    const Options& options = invocation_.options;
    if (options.quiet || options.progress == "none") return;
    invocation_.console.err << printable(strategy_) << ", " << trial.nodes
                            << (trial.nodes == 1 ? " node" : " nodes")
                            << (trial.one_lost ? " and one lost: " : ": ")
                            << (trial.meets ? "meets the expectations" : printable(trial.why))
                            << std::endl;
  }

  const Invocation& invocation_;
  const SizeRequest& request_;
  const Vocabulary& vocabulary_;
  std::string strategy_, failure_;
};

std::string written(const SizeReport& report, const Options& options) {
  if (options.json || options.format == "json") return as_json(report);
  if (options.format == "markdown") return as_markdown(report);
  return as_text(report, options.ascii ? ascii_glyphs() : unicode_glyphs());
}

Exit conclude(const SizeReport& report, const Console& console, const std::string& failure) {
  if (received_signal() != 0) {
    return {static_cast<ExitCode>(128 + received_signal()), "stopped; nothing was stored"};
  }
  if (!failure.empty()) {
    console.err << "error: " << failure << '\n';
    return {ExitCode::broken, failure};
  }
  std::size_t none = 0, doubtful = 0;
  for (const Sized& sized : report.strategies) {
    if (!sized.asked) continue;
    none += sized.one_lost.number ? 0 : 1;
    doubtful += sized.as_it_is.confirmed && sized.one_lost.confirmed ? 0 : 1;
  }
  const auto asked = std::ranges::count(report.strategies, true, &Sized::asked);
  const std::string of = fmt::format(" of {} {}", asked, asked == 1 ? "strategy" : "strategies");
  if (none > 0) {
    return {ExitCode::failed,
            fmt::format("{}{}: no number of nodes tried meets the expectations with one node lost",
                        none, of)};
  }
  if (doubtful == 0) return {};
  return {ExitCode::inconclusive,
          fmt::format("{}{} meet the expectations no longer with one node more", doubtful, of)};
}

}  // namespace

Exit size_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  const Console& console = invocation.console;
  std::string error;
  std::optional<SizeRequest> request = request_of(options, error);
  if (!request) return usage_error(console, error, kNothing);
  const Vocabulary vocabulary = make_vocabulary();
  ScenarioInput input =
      read_scenario(request->path, request->overrides, vocabulary, {options.strategy});
  request->text = input.text;
  if (count(input.problems, Severity::error) > 0) {
    console.err << render(input.problems, input.text);
    return {ExitCode::usage, "scenario not valid: " + tally(input.problems)};
  }
  const Scenario& scenario = *input.scenario;
  if (std::ranges::none_of(scenario.strategies, [&](const StrategySpec& spec) {
        return is_asked(scenario, spec.name);
      })) {
    return usage_error(console,
                       fmt::format("{}: it expects nothing of {}, so any number of nodes would do; "
                                   "add \"expect\": [{{ \"that\": \"loss.intent < 1%\" }}]",
                                   request->path, names_of(scenario)),
                       kNothing);
  }
  const auto range = range_of(options.nodes, scenario, error);
  if (!range) return usage_error(console, error, kNothing);

  install_signal_handlers();
  SizeReport report{scenario.name, scenario.prices.currency, scenario.prices != Prices{},
                    *range,        request->seeds,           {}};
  Sizing sizing(invocation, *request, vocabulary);
  for (const StrategySpec& spec : scenario.strategies) {
    if (!is_asked(scenario, spec.name)) {
      Sized& left_out = report.strategies.emplace_back();
      left_out.strategy = spec.name;
      left_out.asked = false;
      continue;
    }
    report.strategies.push_back(sizing.search(scenario, spec, *range));
    if (received_signal() != 0 || !sizing.failure().empty()) break;
  }
  console.out << written(report, options);
  return conclude(report, console, sizing.failure());
}

}  // namespace squall
