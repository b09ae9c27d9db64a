// Thousands of generated scenarios, small and strange: all verbs, all keys, all strategies. The
// books of each are exact, each gives the same bytes on one thread and on two, and what did not end
// within its drain ends within a longer one.
//
// SQUALL_GENERATED is how many (5000; a night: 200000), SQUALL_GENERATED_FROM the first number. A
// scenario that fails is printed as small as it was found, and plays with `squall run`.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "report/measure/measure.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/core/causes.hpp"
#include "tests/support/asked.hpp"
#include "tests/support/generated.hpp"

namespace squall::testing {
namespace {

constexpr std::uint64_t kMostEvents = 1'500'000;
constexpr std::uint64_t kMostFailures = 5;  // then it stops

struct Seen {
  std::map<std::string, std::uint64_t> keys, verbs, pairs, mechanisms, strategies;
  std::uint64_t played = 0, refused = 0, too_long = 0, drained_later = 0, undecided = 0, failed = 0;
  std::uint64_t events = 0, most_events = 0;

  void take(const Json& json, const Scenario& scenario) {
    std::set<std::string> used;
    std::vector<std::string> steps;
    used_keys(json, steps, used);
    for (const std::string& key : used) ++keys[key];
    std::set<std::string> here;
    for (const ScriptStep& step : scenario.script) {
      here.insert(std::string(language::row(step.verb).name));
    }
    for (const std::string& verb : here) {
      ++verbs[verb];
      for (const std::string& other : here) {
        if (verb < other) ++pairs[verb + " + " + other];
      }
    }
  }

  void take(const RunRecord& record, const StrategySpec& spec) {
    ++played;
    events += record.events;
    most_events = std::max(most_events, record.events);
    ++strategies[spec.preset.empty() ? "composed: " + spec.backplane : spec.preset];
    for (const LossRow& loss : record.losses) {
      if (loss.pairs > 0) ++mechanisms[std::string(row(loss.mechanism).name)];
    }
  }
};

bool cut_short(const RunRecord& record) {
  return !record.violations.empty() && record.violations[0].law == "run cut short";
}

// Whether the user is told that the drain is too short.
bool named_the_drain(const Scenario& scenario, const StrategySpec& spec, const RunRecord& record) {
  const Result result = make_result(scenario, {spec}, {record.seed}, {{record}});
  return std::ranges::any_of(result.problems, [](const std::string& problem) {
    return problem.find("the drain is too short") != problem.npos;
  });
}

std::string violations_of(const RunRecord& record) {
  std::string text;
  for (const Violation& violation : record.violations) {
    text += violation.law + ": " + violation.detail + "\n";
  }
  return text.empty() && !complete(record) ? "not complete\n" : text;
}

RunRecord played(const Scenario& scenario, const StrategySpec& spec, unsigned threads,
                 std::uint64_t most_events) {
  PlayOptions options;
  options.threads = threads;
  options.max_events = most_events;
  return play(scenario, spec, 1, options);
}

enum class Verdict { good, too_long, drained_later, undecided, bad };

struct Judgement {
  Verdict verdict = Verdict::good;
  std::string why;
};

// All that is wrong is that copies are still under way: every other law balances.
bool only_drains(const RunRecord& record) {
  return !record.violations.empty() &&
         std::ranges::all_of(record.violations,
                             [](const Violation& violation) { return violation.law == kDrain; });
}

// Whether it was really only the drain: with a longer one everything must balance. The language has
// delays of a year, and no drain of more than a week: there the drain is all that may be named.
Judgement with_longer_drains(const Scenario& shorter, const StrategySpec& spec,
                             const RunRecord& first) {
  const Judgement bad{Verdict::bad, violations_of(first)};
  Scenario scenario = shorter;
  for (const Duration drain : {Duration{1h}, Duration{24h}, Duration{7 * 24h}}) {
    scenario.time.drain = drain;
    const RunRecord record = played(scenario, spec, 1, 4 * kMostEvents);
    if (cut_short(record)) return {Verdict::undecided, {}};
    if (!complete(record)) {
      const bool longest = drain == Duration{7 * 24h};
      if (longest && only_drains(record) && only_drains(first)) return {Verdict::undecided, {}};
      continue;
    }
    return named_the_drain(shorter, spec, first)
               ? Judgement{Verdict::drained_later, {}}
               : Judgement{Verdict::bad, "the drain is not named:\n" + bad.why};
  }
  return bad;
}

Judgement judged(const Scenario& scenario, const StrategySpec& spec, RunRecord& record) {
  record = played(scenario, spec, 1, kMostEvents);
  if (cut_short(record)) {
    const bool limit = record.violations[0].detail == "event limit";
    return {limit ? Verdict::too_long : Verdict::bad, violations_of(record)};
  }
  const RunRecord again = played(scenario, spec, 2, kMostEvents);
  if (again.fingerprint != record.fingerprint || again.events != record.events ||
      violations_of(again) != violations_of(record)) {
    return {Verdict::bad, "one thread and two differ\n"};
  }
  if (complete(record)) return {};
  return with_longer_drains(scenario, spec, record);
}

void play_one(std::uint64_t number, Seen& seen) {
  Json json = Generator(number, Bounds{}).scenario();
  const std::optional<Scenario> scenario = mended(json);
  if (!scenario) {
    ++seen.refused;
    return;
  }
  seen.take(json, *scenario);
  for (const StrategySpec& spec : scenario->strategies) {
    RunRecord record;
    const Judgement judgement = judged(*scenario, spec, record);
    seen.take(record, spec);
    seen.too_long += judgement.verdict == Verdict::too_long;
    seen.drained_later += judgement.verdict == Verdict::drained_later;
    seen.undecided += judgement.verdict == Verdict::undecided;
    if (judgement.verdict != Verdict::bad) continue;
    const std::string kind = judgement.why.substr(0, judgement.why.find(':'));
    const Json small = shrunk(json, [&](const Scenario& less) {
      RunRecord ignored;
      const Judgement again = judged(less, less.strategies[0], ignored);
      return again.verdict == Verdict::bad && again.why.starts_with(kind);
    });
    ADD_FAILURE() << "scenario " << number << ", " << spec.name << ":\n"
                  << judgement.why << small.dump() << "\n";
    return;
  }
}

void print(const char* what, const std::map<std::string, std::uint64_t>& counts) {
  std::string text = std::string(what) + " (" + std::to_string(counts.size()) + "):";
  for (const auto& [name, count] : counts) text += " " + name + "=" + std::to_string(count);
  std::printf("%s\n", text.c_str());
}

void expect_all(const char* what, const std::set<std::string>& wanted,
                const std::map<std::string, std::uint64_t>& seen) {
  for (const std::string& name : wanted) {
    EXPECT_TRUE(seen.contains(name)) << what << " never occurred: " << name;
  }
}

// What the language has, read from its own tables.
void expect_everything(const Seen& seen) {
  std::set<std::string> verbs, pairs, mechanisms;
  for (const language::VerbRow& one : language::verbs()) {
    verbs.emplace(one.name);
    for (const language::VerbRow& other : language::verbs()) {
      if (one.name < other.name)
        pairs.insert(std::string(one.name) + " + " + std::string(other.name));
    }
  }
  for (std::size_t i = 0; i < kMechanisms; ++i) {
    const auto mechanism = static_cast<Mechanism>(i);
    if (mechanism == Mechanism::unattributed || mechanism == Mechanism::foreign_system) continue;
    mechanisms.emplace(row(mechanism).name);
  }
  expect_all("the key", keys_that_are_played(), seen.keys);
  expect_all("the verb", verbs, seen.verbs);
  expect_all("the pair of verbs", pairs, seen.pairs);
  expect_all("the mechanism", mechanisms, seen.mechanisms);
}

TEST(Generated, scenarios_have_exact_books_and_one_result_each) {
  const std::uint64_t count = asked("SQUALL_GENERATED", 5000);
  const std::uint64_t first = asked("SQUALL_GENERATED_FROM", 1);
  Seen seen;
  for (std::uint64_t number = first; number < first + count; ++number) {
    play_one(number, seen);
    if (seen.failed == kMostFailures) break;
  }
  std::printf(
      "%llu runs, %llu events (at most %llu), %llu scenarios refused, %llu too long, "
      "%llu needed a longer drain, %llu undecided\n",
      static_cast<unsigned long long>(seen.played), static_cast<unsigned long long>(seen.events),
      static_cast<unsigned long long>(seen.most_events),
      static_cast<unsigned long long>(seen.refused), static_cast<unsigned long long>(seen.too_long),
      static_cast<unsigned long long>(seen.drained_later),
      static_cast<unsigned long long>(seen.undecided));
  print("keys", seen.keys);
  print("verbs", seen.verbs);
  print("pairs of verbs", seen.pairs);
  print("mechanisms", seen.mechanisms);
  print("strategies", seen.strategies);
  EXPECT_LE(seen.refused, count / 50);
  EXPECT_LE(seen.too_long + seen.undecided, count / 20);
  if (count >= 5000 && !::testing::Test::HasFailure()) expect_everything(seen);
}

}  // namespace
}  // namespace squall::testing
