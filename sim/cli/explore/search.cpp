// Rounds of candidates. See search.hpp.
// What is kept is decided by marks in the order of candidates, never by who was finished first.
#include "sim/cli/explore/search.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "sim/cli/explore/shrink.hpp"
#include "sim/machine/threads.hpp"

namespace squall::explore {
namespace {

constexpr std::size_t kRound = 32;
constexpr std::uint64_t kFreshPercent = 30;

struct Candidate {
  Recipe recipe;
  Trial trial;
};

template <typename Work>
void in_parallel(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto loop = [&](std::size_t) {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> helpers;
  add_threads(helpers, std::min<std::size_t>(std::max(1U, threads), count) - 1, loop);
  loop(0);
  for (std::thread& helper : helpers) helper.join();
}

class Search {
 public:
  Search(const Ground& ground, const Vocabulary& vocabulary, const Limits& limits, Corpus& corpus)
      : ground_(ground), vocabulary_(vocabulary), limits_(limits), corpus_(corpus) {}

  Exploration run() {
    remember();
    while (!over()) round();
    return std::move(result_);
  }

 private:
  bool over() const {
    if (!limits_.all && !result_.breaks.empty()) return true;
    if (limits_.runs > 0 && result_.runs >= limits_.runs) return true;
    return limits_.enough && limits_.enough();
  }

  // The ground without anything, and what an earlier search kept: played, and not counted again.
  void remember() {
    std::vector<Candidate> known(1);
    for (const Recipe& recipe : corpus_.kept) known.push_back({recipe, {}});
    in_parallel(known.size(), limits_.threads, [&](std::size_t i) { play(known[i]); });
    for (const Candidate& one : known) {
      marks_.insert(one.trial.marks.begin(), one.trial.marks.end());
      note_breaks(one, 0);
    }
  }

  void round() {
    std::size_t size = kRound;
    if (limits_.runs > 0) size = std::min<std::uint64_t>(size, limits_.runs - result_.runs);
    std::vector<Candidate> candidates(size);
    in_parallel(size, limits_.threads, [&](std::size_t i) {
      candidates[i].recipe = made(corpus_.runs + i + 1);
      play(candidates[i]);
    });
    for (const Candidate& one : candidates) {
      ++corpus_.runs, ++result_.runs;
      result_.uncounted += one.trial.counted ? 0 : 1;
      const std::size_t before = marks_.size();
      marks_.insert(one.trial.marks.begin(), one.trial.marks.end());
      const bool new_way = note_breaks(one, corpus_.runs);
      if (marks_.size() > before || new_way) corpus_.kept.push_back(one.recipe);
    }
    if (limits_.on_round)
      limits_.on_round(result_.runs, corpus_.kept.size(), result_.breaks.size());
  }

  Recipe made(std::uint64_t number) const {
    Dice dice(limits_.seed, number);
    const auto& kept = corpus_.kept;
    Recipe recipe = kept.empty() || dice.chance(kFreshPercent)
                        ? fresh(dice, ground_, limits_.verbs)
                        : changed(dice, ground_, limits_.verbs, kept[dice.roll(0, kept.size() - 1)],
                                  kept[dice.roll(0, kept.size() - 1)]);
    mend(recipe, ground_, vocabulary_);
    return recipe;
  }

  void play(Candidate& candidate) const {
    candidate.trial =
        tried(scenario_of(ground_, candidate.recipe), candidate.recipe.seed, vocabulary_);
  }

  // Whether it broke in a way that was not known.
  bool note_breaks(const Candidate& one, std::uint64_t run) {
    if (!one.trial.broken) return false;
    bool any = false;
    for (const std::string& way : one.trial.ways) {
      if (!limits_.all && !result_.breaks.empty()) break;
      if (!limits_.way.empty() && way != limits_.way) continue;
      const auto known = std::ranges::find(result_.breaks, way, &Break::way);
      if (known == result_.breaks.end()) {
        any = true;
        result_.breaks.push_back(made_small(one, way, run));
      } else if (one.recipe.faults.size() < added(*known)) {
        const std::uint64_t runs = known->shrink_runs;
        *known = made_small(one, way, known->run);  // an easier beginning
        known->shrink_runs += runs;
      }
    }
    return any;
  }

  // Faults of the smallest scenario so far, those of the ground among them.
  static std::size_t added(const Break& found) {
    return found.scenario.contains("script") ? found.scenario["script"].size() : 0;
  }

  Break made_small(const Candidate& one, const std::string& way, std::uint64_t run) const {
    const StillBreaks still = [&](const Json& scenario, std::uint64_t seed) {
      const Trial trial = tried(scenario, seed, vocabulary_);
      return trial.broken && std::ranges::find(trial.ways, way) != trial.ways.end();
    };
    Small small = shrunk(scenario_of(ground_, one.recipe), one.recipe.seed, still);
    const Trial last = tried(small.scenario, small.seed, vocabulary_);
    return {way, last.sentence, run, std::move(small.scenario), small.seed, small.runs};
  }

  const Ground& ground_;
  const Vocabulary& vocabulary_;
  const Limits& limits_;
  Corpus& corpus_;
  std::set<std::uint64_t> marks_;
  Exploration result_;
};

}  // namespace

Exploration explored(const Ground& ground, const Vocabulary& vocabulary, const Limits& limits,
                     Corpus& corpus) {
  return Search(ground, vocabulary, limits, corpus).run();
}

}  // namespace squall::explore
