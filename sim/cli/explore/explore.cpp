// squall explore SCENARIO --property EXPR: looks for faults and timings that break a property, and
// leaves the smallest scenario that shows it.
//
// Where to go next: ground.hpp (what is played), recipe.hpp (what is added), search.hpp,
// shrink.hpp, found_file.hpp. To find nothing proves nothing; it says how often it looked.
#include <fmt/core.h>
#include <algorithm>
#include <chrono>
#include <filesystem>

#include "scenarios/model/grammar.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/explore/corpus_files.hpp"
#include "sim/cli/explore/found_file.hpp"
#include "sim/cli/explore/property.hpp"
#include "sim/cli/input/asked_scenario.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

using namespace explore;
using Clock = std::chrono::steady_clock;

constexpr const char* kNothing = "nothing was explored";
constexpr std::chrono::seconds kBetweenLines{10};

// The scenario with one strategy, or what is wrong, printed.
std::optional<Scenario> one_strategy_of(const Invocation& invocation, const Vocabulary& vocabulary,
                                        Exit& exit) {
  std::optional<Scenario> scenario = asked_scenario(invocation, vocabulary, kNothing, exit);
  if (!scenario || scenario->strategies.size() == 1) return scenario;
  std::string names;
  for (const StrategySpec& spec : scenario->strategies) {
    names += (names.empty() ? "" : ", ") + spec.name;
  }
  exit = usage_error(invocation.console, "explore looks at one strategy: add -s, one of " + names,
                     kNothing);
  return std::nullopt;
}

bool check_verbs(const Verbs& verbs, std::string& error) {
  std::string known;
  for (const FaultKind& kind : fault_kinds()) {
    known += (known.empty() ? "" : ", ") + std::string(kind.verb);
  }
  for (const std::string& verb : verbs) {
    if (std::ranges::find(fault_kinds(), verb, &FaultKind::verb) != fault_kinds().end()) continue;
    error = fmt::format("--faults {}: no kind of fault that explore knows; known: {}", verb, known);
    return false;
  }
  return true;
}

// The budget: so many runs, or so long; a minute when nothing is said.
bool read_budget(const Options& options, Clock::time_point start, Limits& limits,
                 std::string& error) {
  limits.runs = options.runs;
  const std::string budget = !options.budget.empty() ? options.budget : limits.runs > 0 ? "" : "1m";
  std::optional<Clock::time_point> end;
  if (!budget.empty()) {
    const auto parsed = language::parse_duration(budget);
    if (!parsed.value) {
      error = fmt::format("--budget {}: {}, e.g. 90s or 5m", budget, parsed.problem);
      return false;
    }
    if (*parsed.value <= Duration{0}) {
      error = "--budget " + budget + ": no run fits into it; e.g. 90s or 5m";
      return false;
    }
    end = start + *parsed.value;
  }
  limits.enough = [end] { return stop_flag().load() || (end && Clock::now() >= *end); };
  return true;
}

std::string file_name(const Options& options, const Break& found, std::size_t number) {
  if (number == 0 && !options.found_file.empty()) return options.found_file;
  const std::filesystem::path first =
      options.found_file.empty() ? "found.json" : options.found_file;
  return (first.parent_path() / (name_of(found) + ".json")).string();
}

class Exploring {
 public:
  Exploring(const Invocation& invocation, const Ground& ground, std::string strategy,
            std::string property)
      : invocation_(invocation),
        options_(invocation.options),
        ground_(ground),
        strategy_(std::move(strategy)),
        property_(std::move(property)) {}

  Exit run(Limits limits, const Vocabulary& vocabulary) {
    std::string error;
    std::optional<Corpus> corpus = Corpus{};
    if (!options_.corpus.empty()) {
      corpus = read_corpus(options_.corpus, ground_, limits.seed, error);
      if (!corpus) return usage_error(invocation_.console, error, kNothing);
      // Tried before the search, whose learning would be lost.
      error = write_corpus(options_.corpus, ground_, limits.seed, *corpus);
      if (!error.empty()) return usage_error(invocation_.console, "--corpus: " + error, kNothing);
    }
    limits.on_round = [this](std::uint64_t runs, std::size_t kept, std::size_t found) {
      tell(runs, kept, found);
    };
    const Exploration result = explored(ground_, vocabulary, limits, *corpus);
    std::string failed;
    if (!options_.corpus.empty()) {
      failed = write_corpus(options_.corpus, ground_, limits.seed, *corpus);
    }
    for (std::size_t i = 0; i < result.breaks.size(); ++i) {
      const std::string problem = leave(result.breaks[i], i);
      if (problem.empty()) continue;
      failed = problem;
      print_instead_ = true;
    }
    say(result, *corpus);
    return failed.empty() ? conclude(result) : broken(failed);
  }

 private:
  Exit broken(const std::string& error) const {
    invocation_.console.err << "error: " << error << '\n';
    return {ExitCode::broken, error};
  }

  // At most a line in ten seconds.
  void tell(std::uint64_t runs, std::size_t kept, std::size_t found) {
    if (options_.quiet || Clock::now() - told_ < kBetweenLines) return;
    told_ = Clock::now();
    invocation_.console.err << "explore: " << runs << " runs, " << kept << " kept, " << found
                            << " found\n";
  }

  // Without -o and --all the scenario itself is what was asked for.
  bool on_standard_output() const {
    return print_instead_ || (options_.found_file.empty() && !options_.all);
  }

  std::string leave(const Break& found, std::size_t number) const {
    if (on_standard_output()) return {};
    return write_whole_file(file_name(options_, found, number), file_of(found, property_));
  }

  void say(const Exploration& result, const Corpus& corpus) const {
    std::ostream& out = invocation_.console.out;
    if (options_.json) {
      out << document(result, corpus).dump(2) << '\n';
      return;
    }
    std::ostream& about = on_standard_output() ? invocation_.console.err : out;
    about << strategy_ << ": " << property_
          << (result.breaks.empty() ? " held in " : " is broken; looked at ")
          << result.runs - result.uncounted << " runs\n";
    for (std::size_t i = 0; i < result.breaks.size(); ++i) {
      const Break& found = result.breaks[i];
      about << "  " << found.way << ": " << in_words(size_of(found)) << ", seed " << found.seed
            << (found.run == 0 ? ", without anything added or known before"
                               : fmt::format(", found in run {}", found.run))
            << ", shrunk in " << found.shrink_runs << "\n    " << found.sentence << '\n';
      if (on_standard_output()) {
        out << file_of(found, property_);
      } else {
        about << "    squall run " << file_name(options_, found, i) << '\n';
      }
    }
  }

  Json document(const Exploration& result, const Corpus& corpus) const {
    Json all = {
        {"explore", 1},           {"strategy", strategy_},         {"property", property_},
        {"runs", result.runs},    {"uncounted", result.uncounted}, {"kept", corpus.kept.size()},
        {"breaks", Json::array()}};
    for (const Break& found : result.breaks) {
      all["breaks"].push_back({{"way", found.way},
                               {"sentence", found.sentence},
                               {"run", found.run},
                               {"seed", found.seed},
                               {"shrink_runs", found.shrink_runs},
                               {"size", in_words(size_of(found))},
                               {"scenario", Json::parse(file_of(found, property_))}});
    }
    return all;
  }

  Exit conclude(const Exploration& result) const {
    if (received_signal() != 0) {
      return {static_cast<ExitCode>(128 + received_signal()),
              options_.corpus.empty() ? "stopped; what it had found is said above"
                                      : "stopped; what it had learnt is in the corpus"};
    }
    if (!result.breaks.empty()) return {ExitCode::failed, "the property breaks"};
    // Never a pass of a search that has looked at nothing.
    if (result.runs == 0)
      return broken("the budget was over before the first run; nothing is said");
    if (result.uncounted == result.runs) {
      return broken(fmt::format(
          "none of {} runs came to its end, so nothing is said; a longer drain may help",
          result.runs));
    }
    return {};
  }

  const Invocation& invocation_;
  const Options& options_;
  const Ground& ground_;
  std::string strategy_, property_;
  Clock::time_point told_ = Clock::now();
  bool print_instead_ = false;  // a file could not be written: what was found is not lost
};

}  // namespace

Exit explore_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  const Clock::time_point start = Clock::now();
  const Vocabulary vocabulary = make_vocabulary();
  Exit exit;
  const std::optional<Scenario> scenario = one_strategy_of(invocation, vocabulary, exit);
  if (!scenario) return exit;
  Limits limits;
  limits.seed = options.explore_seed;
  limits.threads = thread_count(options.jobs);
  limits.all = options.all;
  limits.way = options.way;
  limits.verbs = options.faults;
  std::string error;
  if (!check_verbs(limits.verbs, error) || !read_budget(options, start, limits, error)) {
    return usage_error(invocation.console, error, kNothing);
  }
  std::vector<std::string> property = options.property;
  if (property.empty()) property = {std::string(properties().front().name)};
  std::vector<Problem> problems;
  const auto ground = ground_of(*scenario, expectations_of(property), vocabulary, problems);
  if (!ground) {
    for (Problem& problem : problems) problem.path = "--property";
    invocation.console.err << render(problems, "");
    return {ExitCode::usage, kNothing};
  }
  error = check_way(options.way, expectations_of(property));
  if (error.empty() && !options.found_file.empty()) error = check_writable(options.found_file);
  if (!error.empty()) return usage_error(invocation.console, error, kNothing);
  install_signal_handlers();
  Exploring exploring(invocation, *ground, scenario->strategies.front().name, in_words(property));
  return exploring.run(std::move(limits), vocabulary);
}

}  // namespace squall
