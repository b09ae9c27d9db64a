// Plays one seed of both sides with a log and walks the logs side by side.
// Bounded by a number of events; a run that is larger is not played again.
#include "sim/cli/compare/first_event.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cstdio>

#include "report/compare/gate_sample.hpp"
#include "report/words/format.hpp"
#include "sim/cli/compare/difference.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/record/journey_log.hpp"

namespace squall {
namespace {

constexpr std::uint64_t kMostEvents = 30'000'000;  // some seconds, and some memory for the log

struct Story {
  Time at = kNever;
  std::string text;
};

std::string seconds(Time at) {
  if (at == kNever) return "never";
  char text[64];
  std::snprintf(text, sizeof text, "%.6f s", static_cast<double>(at.count()) / 1e9);
  return text;
}

std::string node_text(NodeId node) { return fmt::format("n{}", index(node) + 1); }

std::string describe(const Egress& egress) {
  return fmt::format("message {} of endpoint {} for {}{} at node {}, t={}", egress.number,
                     index(egress.sender),
                     egress.to.kind == Address::Kind::room ? "room " : "endpoint ", egress.to.id,
                     node_text(egress.node), seconds(egress.at));
}

std::string describe(const ConnectionRecord& connection) {
  return fmt::format("endpoint {} on {}, opened {}, ready {}, dead {}, closed {}",
                     index(connection.endpoint),
                     connection.node == kNoNode ? "no node" : node_text(connection.node),
                     seconds(connection.opened), seconds(connection.ready),
                     seconds(connection.dead), seconds(connection.closed));
}

bool same(const Egress& a, const Egress& b) {
  return a.number == b.number && a.sender == b.sender && a.to == b.to && a.node == b.node &&
         a.at == b.at;
}

// The first moment at which two lives are not the same; kNever when they are.
Time parting(const ConnectionRecord& a, const ConnectionRecord& b) {
  Time at = kNever;
  if (a.endpoint != b.endpoint || a.node != b.node) at = std::min(a.opened, b.opened);
  for (const auto moment : {&ConnectionRecord::opened, &ConnectionRecord::ready,
                            &ConnectionRecord::dead, &ConnectionRecord::closed}) {
    if (a.*moment != b.*moment) at = std::min({at, a.*moment, b.*moment});
  }
  return at;
}

template <typename Entry>
std::string both(const Entry* base, const Entry* fresh) {
  return fmt::format("base: {}; new: {}", base == nullptr ? "nothing" : describe(*base),
                     fresh == nullptr ? "nothing" : describe(*fresh));
}

Story first_egress(const JourneyLog& base, const JourneyLog& fresh) {
  const std::size_t most = std::max(base.egress.size(), fresh.egress.size());
  for (std::size_t i = 0; i < most; ++i) {
    const Egress* a = i < base.egress.size() ? &base.egress[i] : nullptr;
    const Egress* b = i < fresh.egress.size() ? &fresh.egress[i] : nullptr;
    if (a != nullptr && b != nullptr && same(*a, *b)) continue;
    const Time at = std::min(a == nullptr ? kNever : a->at, b == nullptr ? kNever : b->at);
    return {at, "a message reaches a node that pushes it: " + both(a, b)};
  }
  return {};
}

Story first_connection(const JourneyLog& base, const JourneyLog& fresh) {
  Story first;
  const std::size_t most = std::max(base.connections.size(), fresh.connections.size());
  for (std::size_t i = 0; i < most; ++i) {
    const ConnectionRecord* a = i < base.connections.size() ? &base.connections[i] : nullptr;
    const ConnectionRecord* b = i < fresh.connections.size() ? &fresh.connections[i] : nullptr;
    const Time at = a == nullptr ? b->opened : b == nullptr ? a->opened : parting(*a, *b);
    if (at >= first.at) continue;
    first = {at, fmt::format("connection {}: {}", i, both(a, b))};
  }
  return first;
}

struct Seed {
  std::uint64_t value = 0;
  std::string base, fresh;  // fingerprints
};

// The first common seed whose fingerprints differ.
std::optional<Seed> differing_seed(const Result& base, const Result& fresh,
                                   const std::string& strategy) {
  const StrategyResult* a = strategy_named(base, strategy);
  const StrategyResult* b = strategy_named(fresh, strategy);
  if (a == nullptr || b == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < std::min(base.seeds.size(), a->fingerprints.size()); ++i) {
    const auto found = std::ranges::find(fresh.seeds, base.seeds[i]);
    const auto j = static_cast<std::size_t>(found - fresh.seeds.begin());
    if (j >= b->fingerprints.size() || a->fingerprints[i] == b->fingerprints[j]) continue;
    return Seed{base.seeds[i], a->fingerprints[i], b->fingerprints[j]};
  }
  return std::nullopt;
}

bool play_again(const ComparedRun& run, const std::string& strategy, std::uint64_t seed,
                const std::string& fingerprint, JourneyLog& log) {
  if (!run.scenario || run.side.engine != "sim") return false;
  const auto& specs = run.scenario->strategies;
  const auto spec = std::ranges::find(specs, strategy, &StrategySpec::name);
  if (spec == specs.end()) return false;
  PlayOptions options;
  options.max_events = kMostEvents;
  options.witness = &log;
  return hex16(play(*run.scenario, *spec, seed, options).fingerprint) == fingerprint;
}

struct Told {
  bool replayed = false;
  std::string text;
};

Told story_of(const ComparedRun& base, const ComparedRun& fresh, const std::string& strategy,
              const Seed& seed) {
  const std::string where = fmt::format("{}, seed {}", strategy, seed.value);
  const std::string cannot = " cannot be played again by this squall (other code, or too large)";
  JourneyLog base_log;
  JourneyLog fresh_log;
  if (!play_again(base, strategy, seed.value, seed.base, base_log)) {
    return {false, where + ": the base" + cannot};
  }
  if (!play_again(fresh, strategy, seed.value, seed.fresh, fresh_log)) {
    return {false, where + ": the new run" + cannot};
  }
  const Story egress = first_egress(base_log, fresh_log);
  const Story connection = first_connection(base_log, fresh_log);
  const Story& first = egress.at < connection.at ? egress : connection;
  if (first.at == kNever) {
    return {true, where + ": the same messages and connections; only counts or timers differ"};
  }
  return {true, fmt::format("{}, t={}: {}", where, seconds(first.at), first.text)};
}

}  // namespace

std::string first_differing_event(const ComparedRun& base, const ComparedRun& fresh,
                                  const ChangeReport& report) {
  std::vector<std::string> strategies;  // those that failed first
  for (const GateVerdict& verdict : report.gates) {
    if (severity(verdict) <= 1) strategies.push_back(verdict.strategy);
  }
  strategies.insert(strategies.end(), report.changed_strategies.begin(),
                    report.changed_strategies.end());
  for (const std::string& strategy : strategies) {
    const auto seed = differing_seed(base.side.result, fresh.side.result, strategy);
    if (!seed) continue;
    const Told story = story_of(base, fresh, strategy, *seed);
    if (story.replayed) return story.text;
    const std::string nearest = first_difference(base.side.result, fresh.side.result);
    return story.text + "; nearest that is stored: " + (nearest.empty() ? "nothing" : nearest);
  }
  return {};
}

}  // namespace squall
