// Which strategy, seed, fault and message a replay shows. See replay_run.hpp.
// The counts are made in spread.cpp, the steps of the message in story.cpp.
#include "sim/cli/explain/replay_run.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/words/format.hpp"
#include "report/words/played_again.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/explain/spread.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/kernel/engine.hpp"

namespace squall {
namespace {

struct Asked {
  const StrategySpec* spec = nullptr;
  std::uint64_t seed = 0;
  std::string fingerprint;           // as stored
  std::optional<std::size_t> fault;  // place in fault_spans()
  std::string error;
};

bool lost_anything(const StrategyResult& strategy) {
  return std::ranges::any_of(strategy.loss, [](const LossShare& share) { return share.pairs > 0; });
}

// Where the seed stands among those that it has played; empty: nowhere.
std::optional<std::size_t> place_of(const std::string& seed, const StrategyResult& strategy,
                                    const Result& result) {
  for (std::size_t i = 0; i < strategy.fingerprints.size(); ++i) {
    if (seed.empty() || std::to_string(result.seeds[i]) == seed) return i;
  }
  return std::nullopt;
}

// Of those that have played the seed: the one that was named, else the first that lost anything,
// else the first. A run that was cut short has not played all.
const StrategyResult* strategy_of(const Result& result, const StoryRequest& request) {
  const StrategyResult* found = nullptr;
  for (const StrategyResult& one : result.strategies) {
    if (!request.strategy.empty() && one.strategy != request.strategy) continue;
    if (!place_of(request.seed, one, result)) continue;
    if (found == nullptr || (!lost_anything(*found) && lost_anything(one))) found = &one;
  }
  return found;
}

std::string not_played(const Result& result, const StoryRequest& request) {
  if (const std::string none = nothing_played(result); !none.empty()) return none;
  const std::string who = request.strategy.empty() ? "any strategy" : request.strategy;
  if (request.seed.empty()) return "the run was cut short before it played " + who;
  return fmt::format("the run has not played {} with seed {}; its seeds: {}", who, request.seed,
                     numbers_of(result.seeds));
}

std::string fault_error(const std::vector<FaultSpan>& spans, const std::string& fault) {
  std::vector<std::string> known;
  std::string list;
  for (const FaultSpan& span : spans) {
    known.push_back(span.label);
    list += (list.empty() ? "" : ", ") + span.label;
  }
  const std::string near = language::did_you_mean(fault, known);
  if (!near.empty()) {
    return fmt::format("--fault {}: the script has no such label; {}", fault, near);
  }
  return fmt::format("--fault {}: the script has no such label{}", fault,
                     list.empty() ? " and no fault" : "; it has " + list);
}

Asked asked(const StoredInput& stored, const Result& result, const StoryRequest& request,
            const std::string& fault) {
  Asked asked;
  const StrategyResult* const strategy = strategy_of(result, request);
  for (const StrategySpec& spec : stored.scenario.strategies) {
    if (strategy != nullptr && spec.name == strategy->strategy) asked.spec = &spec;
  }
  if (asked.spec == nullptr) {
    asked.error = not_played(result, request);
    return asked;
  }
  const std::size_t place = *place_of(request.seed, *strategy, result);
  asked.seed = result.seeds[place];
  asked.fingerprint = strategy->fingerprints[place];
  const std::vector<FaultSpan> spans = fault_spans(stored.scenario);
  const auto found =
      fault.empty() ? spans.begin() : std::ranges::find(spans, fault, &FaultSpan::label);
  if (found != spans.end()) asked.fault = static_cast<std::size_t>(found - spans.begin());
  if (!fault.empty() && !asked.fault) asked.error = fault_error(spans, fault);
  return asked;
}

// The first pair that the fault took; without any, the first that was lost at all.
const SpreadCount::Loss* example_of(const SpreadCount& spread, const RunRecord& record,
                                    std::optional<std::size_t> fault) {
  const auto& losses = spread.losses();
  if (losses.empty()) return nullptr;
  const auto billed = std::ranges::find_if(losses, [&](const SpreadCount::Loss& loss) {
    return fault && loss.trigger == record.faults[*fault].trigger;
  });
  return billed == losses.end() ? &losses.front() : &*billed;
}

void add_story(FaultReplay& replay, const Story& story) {
  replay.message = story.title;
  replay.verdict = story.verdict;
  for (const Step& step : story.steps) {
    replay.steps.push_back(
        {static_cast<double>(step.at.count()) / 1e9, step.from, step.to, step.what, step.bad});
  }
}

}  // namespace

ReplayAnswer replay_of(const StoredInput& stored, const std::string& run,
                       const StoryRequest& request, const std::string& fault) {
  ReplayAnswer answer;
  const std::optional<Result> result = stored_result(stored, answer.error);
  if (!result) return answer;
  const Asked cell = asked(stored, *result, request, fault);
  if (!cell.error.empty()) return {{}, cell.error, false};
  SpreadCount spread;
  PlayOptions options;
  options.max_events = stored.manifest.max_events;
  options.stop = &stop_flag();
  options.witness = &spread;
  const RunRecord record = play(stored.scenario, *cell.spec, cell.seed, options);
  if (received_signal() != 0) return {{}, "interrupted", true};
  if (hex16(record.fingerprint) != cell.fingerprint) {
    return {{},
            "the run cannot be played again by this squall: its fingerprint is not the stored one "
            "(it was stored by " +
                stored.version + ")",
            true};
  }
  FaultReplay replay = replay_of(record, spread, Names(stored.scenario, cell.seed), cell.fault);
  StoryRequest followed{request.wanted, cell.spec->name, std::to_string(cell.seed)};
  const bool wanted = request.wanted.message || request.wanted.cause || request.wanted.user;
  if (const auto* loss = wanted ? nullptr : example_of(spread, record, cell.fault)) {
    followed.wanted.message = loss->message;
    followed.wanted.user = loss->who;
  }
  if (followed.wanted.message || wanted) {
    const Answer told = squall::answer(stored, run, followed);
    if (!told.story) return {{}, told.error, told.broken};
    add_story(replay, *told.story);
  }
  const std::string name = stored.scenario.name;
  replay.title =
      name + ": " + (replay.fault.empty() ? "as it went" : "how " + replay.fault + " spread");
  replay.played = fmt::format("{}, seed {}", cell.spec->name, cell.seed);
  replay.checked = "Played again to its end: the stored fingerprint " + cell.fingerprint + ".";
  replay.again = fmt::format("squall explain {} --replay FILE.html -s {} --seed {}{}", run,
                             command_word(cell.spec->name), cell.seed,
                             replay.fault.empty() ? "" : " --fault " + command_word(replay.fault));
  answer.replay = std::move(replay);
  return answer;
}

}  // namespace squall
