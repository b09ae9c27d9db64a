// The search for the message, and the check. See told_run.hpp.
// Strategies that lost nothing of the kind are not told: the result says so.
#include "sim/cli/explain/told_run.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/measure/result.hpp"
#include "report/words/format.hpp"
#include "report/words/lists.hpp"
#include "report/words/played_again.hpp"
#include "sim/cli/explain/lives_file.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/kernel/engine.hpp"

namespace squall {
namespace {

// A candidate: one strategy with one seed.
struct Candidate {
  const StrategySpec* spec = nullptr;
  std::uint64_t seed = 0;
  std::string fingerprint;  // as stored
};

bool may_have(const StrategyResult& result, const Wanted& wanted) {
  if (wanted.message) return true;
  return std::ranges::any_of(result.loss, [&](const LossShare& share) {
    return share.pairs > 0 && (!wanted.cause || share.mechanism == row(*wanted.cause).name);
  });
}

std::vector<Candidate> candidates(const StoredInput& stored, const Result& result,
                                  const StoryRequest& request) {
  std::vector<Candidate> found;
  for (const StrategySpec& spec : stored.scenario.strategies) {
    if (!request.strategy.empty() && spec.name != request.strategy) continue;
    const auto known = std::ranges::find(result.strategies, spec.name, &StrategyResult::strategy);
    if (known == result.strategies.end() || !may_have(*known, request.wanted)) continue;
    for (std::size_t i = 0; i < known->fingerprints.size(); ++i) {
      const std::uint64_t seed = result.seeds[i];
      if (!request.seed.empty() && std::to_string(seed) != request.seed) continue;
      found.push_back({&spec, seed, known->fingerprints[i]});
    }
  }
  return found;
}

// What there is instead of what was not found.
std::string instead(const Result& result, const StoryRequest& request) {
  if (!request.seed.empty()) return "its seeds: " + numbers_of(result.seeds);
  if (request.wanted.message) return "squall explain --lost names one that was lost";
  return "causes: squall list causes";
}

std::string sought(const StoryRequest& request) {
  const Wanted& wanted = request.wanted;
  if (wanted.message) return fmt::format("a message with the number {}", *wanted.message);
  std::string text = fmt::format("a pair number {} that was lost", wanted.nth);
  if (wanted.cause) text += " to " + std::string(row(*wanted.cause).name);
  return text + (wanted.user ? " by this recipient" : "");
}

// Somebody said stop; an event limit and a law of the engine stop each playing at the same place.
bool was_stopped(const RunRecord& run) {
  return std::ranges::any_of(run.violations, [](const Violation& one) {
    return one.law == kCutShort && one.detail.starts_with("stopped");
  });
}

// How sure it is that what was told is the stored run; or why nothing was.
struct Telling {
  std::string checked;
  std::string error;
};

Telling play_again(const StoredInput& stored, const Candidate& cell, Follower& follower) {
  PlayOptions options;
  options.max_events = stored.manifest.max_events;
  options.stop = &follower.stop();
  options.witness = &follower;
  const RunRecord record = play(stored.scenario, *cell.spec, cell.seed, options);
  if (was_stopped(record))
    return {"played until it was settled, by the squall that stored the run", {}};
  if (hex16(record.fingerprint) == cell.fingerprint) {
    return {"played to its end: the stored fingerprint " + cell.fingerprint, {}};
  }
  return {{},
          "the run cannot be played again by this squall: its fingerprint is not the stored one "
          "(it was stored by " +
              stored.version + ")"};
}

Telling read_again(const StoredInput& stored, const Candidate& cell, Follower& follower) {
  std::string error;
  const auto kept = read_lives(stored.lives, cell.spec->name, cell.seed, error);
  if (!kept) return {{}, error};
  kept->tell(follower);
  return {"as both ends of every hop wrote it down; " + how_much(*kept), {}};
}

}  // namespace

std::string nothing_played(const Result& result) {
  const bool none = std::ranges::all_of(
      result.strategies, [](const StrategyResult& one) { return one.fingerprints.empty(); });
  return none ? "the run was cut short before its first replication: nothing was stored" : "";
}

std::string numbers_of(const std::vector<std::uint64_t>& seeds) {
  std::vector<std::string> words;
  for (const std::uint64_t seed : seeds) words.push_back(std::to_string(seed));
  return joined_by_and(words);
}

Answer answer(const StoredInput& stored, const std::string& run, const StoryRequest& request) {
  Answer answer;
  const std::optional<Result> result = stored_result(stored, answer.error);
  if (!result) return answer;
  if (const std::string none = nothing_played(*result); !none.empty()) return {{}, {}, none, false};
  const auto tell = stored.lives.empty() ? play_again : read_again;
  const bool by_this = stored.version == this_squall();
  std::string last;  // of what was told and did not have it
  for (const Candidate& cell : candidates(stored, *result, request)) {
    Wanted wanted = request.wanted;
    wanted.to_the_end = wanted.to_the_end || !by_this;
    Follower follower(wanted, stop_flag());
    const Telling told = tell(stored, cell, follower);
    if (received_signal() != 0) return {{}, {}, "interrupted", true};
    if (!told.error.empty()) return {{}, {}, told.error, true};
    last = told.checked;
    std::optional<Life> life = follower.take();
    if (!life) continue;
    const Names names(stored.scenario, cell.seed);
    answer.story = story_of(*life, names);
    answer.story->played =
        fmt::format("{}, {}, seed {}", stored.scenario.name, cell.spec->name, cell.seed);
    answer.story->checked = told.checked;
    answer.story->again = fmt::format(
        "squall explain {} --message {}{} -s {} --seed {}", run, life->number,
        life->focus == kNoEndpoint ? "" : " --user " + command_word(names.endpoint(life->focus)),
        command_word(cell.spec->name), cell.seed);
    answer.begin = -stored.scenario.time.warmup;
    return answer;
  }
  answer.error = fmt::format("the run has not {}{}{}{}; {}", sought(request),
                             request.strategy.empty() ? "" : " under " + request.strategy,
                             request.seed.empty() ? "" : " with seed " + request.seed,
                             stored.lives.empty() || last.empty() ? "" : " (" + last + ")",
                             instead(*result, request));
  return answer;
}

}  // namespace squall
