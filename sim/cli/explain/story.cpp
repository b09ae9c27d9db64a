// What is said of the pair in focus, and how all of them ended. See story.hpp.
// Its steps are told in story_steps.cpp; what mechanisms and rules mean is in beliefs.cpp.
#include "sim/cli/explain/story.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <map>
#include <tuple>

#include "sim/cli/explain/beliefs.hpp"

namespace squall {
namespace {

constexpr std::size_t kShownNames = 3;
constexpr std::size_t kShownSessions = 3;

std::string session_of(const ConnectionRecord& life, Time moment, const Names& names) {
  std::string text = fmt::format("on {} from {}", names.node(life.node), Names::time(life.opened));
  if (life.opened <= moment && life.ready > moment) text += ", not welcomed yet";
  if (life.recovered != Recovered::not_asked) {
    text += std::string(", recovered: ") + (life.recovered == Recovered::yes ? "yes" : "no");
  }
  const Time end = life.ended();
  if (end != kNever) {
    text += fmt::format(" until {} ({}, {})", Names::time(end), name(life.reason),
                        names.trigger(life.trigger));
  }
  return text;
}

// The sessions that the recipient had then: it knew of none.
bool waits_for_welcome(const Life& life, Time moment) {
  bool waits = false;
  for (const ConnectionRecord& one : life.lives) {
    if (one.endpoint != life.focus || one.opened > moment || one.dead <= moment) continue;
    if (one.ready <= moment) return false;
    waits = true;
  }
  return waits;
}

bool was_a_ghost(const ConnectionRecord& life) {
  return life.dead != kNever && life.closed > life.dead;
}

// The node had ended it, and the goodbye was long under way: behind what waited for the client.
bool learned_late(const ConnectionRecord& life) {
  return life.closed != kNever && life.dead > life.closed + 1s;
}

// The sessions around the moment: the last that were open by then, and the next one.
void add_sessions(const Life& life, Time moment, const Names& names, std::vector<Fact>& facts) {
  std::vector<const ConnectionRecord*> around;
  for (const ConnectionRecord& one : life.lives) {
    if (one.endpoint == life.focus) around.push_back(&one);
  }
  // Several at once are opened in another order than they were asked for.
  std::ranges::stable_sort(around, {}, &ConnectionRecord::opened);
  const auto next = std::ranges::upper_bound(around, moment, {}, &ConnectionRecord::opened);
  if (next != around.end()) around.erase(next + 1, around.end());
  const std::size_t skipped = around.size() > kShownSessions ? around.size() - kShownSessions : 0;
  for (std::size_t i = skipped; i < around.size(); ++i) {
    facts.push_back({i == skipped ? "sessions" : "", session_of(*around[i], moment, names)});
    const bool ghost = was_a_ghost(*around[i]);
    if (!ghost && !learned_late(*around[i])) continue;
    const Time end = ghost ? around[i]->closed : around[i]->dead;
    const std::string believer =
        ghost ? names.node(around[i]->node) : names.endpoint(around[i]->endpoint);
    facts.push_back({"", believer + " believed in it until " +
                             (end == kNever ? "the end of this story" : Names::time(end))});
  }
  if (around.empty()) facts.push_back({"sessions", "none until the message was settled"});
}

// The latest session that the recipient had at that moment; nullptr: none.
const ConnectionRecord* session_at(const Life& life, Time moment) {
  const ConnectionRecord* latest = nullptr;
  for (const ConnectionRecord& one : life.lives) {
    if (one.endpoint != life.focus || one.opened > moment || one.ended() <= moment) continue;
    if (latest == nullptr || one.opened >= latest->opened) latest = &one;
  }
  return latest;
}

// Which of the two it was: a route is written within a second, and goes with whoever ends late.
std::string why_no_route(const Life& life, Time moment, const Names& names) {
  const ConnectionRecord* const now = session_at(life, moment);
  if (now == nullptr) return "";
  const ConnectionRecord* late = nullptr;
  for (const ConnectionRecord& one : life.lives) {
    if (one.endpoint != life.focus || &one == now || one.closed > moment) continue;
    const bool behind = one.closed > now->opened && one.opened < now->opened;
    if (behind && (late == nullptr || one.closed > late->closed)) late = &one;
  }
  if (late != nullptr) {
    return fmt::format(
        "{} ended an older session of it at {}, and may have deleted the new route with it",
        names.node(late->node), Names::time(late->closed));
  }
  if (moment - now->opened < 1s) return "it was connected, but its route was not written yet";
  return "it was connected, but its route was gone by then, or could never be written";
}

// Whoever kept it for later did not get rid of it either.
constexpr Belief kKeptForNothing{
    Mechanism::publish_failed, "between a node and the broker",
    "the broker is away: the message has to wait",
    "the node kept it, and the broker had not come back when the story ended",
    "a broker that is back sooner, or a second one"};

bool was_kept(const Life& life, Time until) {
  const auto said = std::ranges::find(life.sights.rbegin(), life.sights.rend(),
                                      Sight::What::published, &Sight::what);
  return said != life.sights.rend() && until > said->at + 1s;
}

// What was believed and true, of this message where the story tells more than its mechanism.
struct Reason {
  const Belief& row;
  std::string was_true;
};
Reason reason_of(const Life& life, const Sight& lost, const Names& names) {
  const Mechanism mechanism = lost.death.mechanism;
  const bool kept = mechanism == Mechanism::publish_failed && was_kept(life, lost.death.at);
  const Belief& row = kept ? kKeptForNothing : belief(mechanism);
  std::string own;
  if (mechanism == Mechanism::route_missing) own = why_no_route(life, lost.death.at, names);
  return {row, own.empty() ? std::string(row.was_true) : own};
}

void tell_focus(const Life& life, const Names& names, Story& story) {
  if (life.focus == kNoEndpoint) return;
  const std::string who = names.endpoint(life.focus);
  const Sight* lost = life.lost(life.focus);
  if (lost == nullptr) {
    const bool received = std::ranges::any_of(life.sights, [&](const Sight& sight) {
      return sight.what == Sight::What::received && sight.endpoint == life.focus;
    });
    story.verdict = who + (received ? ": received" : ": not owed it, or excused");
    return add_sessions(life, life.sights.back().at, names, story.facts);
  }
  const auto& [why, was_true] = reason_of(life, *lost, names);
  story.verdict = who + ": LOST, " + names.blamed(lost->death);
  story.facts = {{"hop", std::string(why.where) + ", at " + Names::time(lost->death.at)},
                 {"rule", std::string(name(lost->rule)) + ": " + std::string(sentence(lost->rule))},
                 {"believed", std::string(why.believed)},
                 {"true", was_true}};
  const std::string faults = names.faults_at(lost->death.at);
  if (!faults.empty()) story.facts.push_back({"meanwhile", faults});
  add_sessions(life, lost->death.at, names, story.facts);
  // A node that does not welcome before it hears has done what there is to do.
  const bool waits = lost->rule == Rule::no_copy && waits_for_welcome(life, lost->death.at);
  const Belief& remedy = waits ? belief(Mechanism::reconnect_gap) : why;
  story.facts.push_back({"saved by", std::string(remedy.saved_by)});
}

std::vector<std::string> ends_of(const Life& life, const Names& names) {
  using Key = std::tuple<bool, Mechanism, Rule, TriggerId>;
  std::map<Key, std::vector<EndpointId>> groups;
  for (const Sight& sight : life.sights) {
    if (sight.what == Sight::What::received) {
      groups[{false, Mechanism::unattributed, Rule::none, kStructural}].push_back(sight.endpoint);
    } else if (sight.what == Sight::What::lost) {
      groups[{true, sight.death.mechanism, sight.rule, sight.death.trigger}].push_back(
          sight.endpoint);
    }
  }
  std::vector<std::string> lines;
  for (const auto& [key, who] : groups) {
    const auto& [lost, mechanism, rule, trigger] = key;
    std::string line = fmt::format("{} {}: ", who.size(), lost ? "lost" : "received");
    if (lost) {
      line += fmt::format("{} ({}, {}): ", row(mechanism).name, name(rule), names.trigger(trigger));
    }
    for (std::size_t i = 0; i < std::min(who.size(), kShownNames); ++i) {
      line += (i == 0 ? "" : ", ") + names.endpoint(who[i]);
    }
    if (who.size() > kShownNames) line += fmt::format(", {} more", who.size() - kShownNames);
    lines.push_back(std::move(line));
  }
  if (lines.empty()) lines.push_back("nobody was owed it, or it was born outside of measure");
  return lines;
}

}  // namespace

Story story_of(const Life& life, const Names& names) {
  Story story;
  const Time born = life.sights.front().at;
  const std::string faults = names.faults_at(born);
  story.title =
      fmt::format("message {}: {} to {}, {} B, born {}{}", life.number,
                  names.endpoint(life.message.sender), names.address(life.message.address),
                  life.message.size, Names::time(born), faults.empty() ? "" : " during " + faults);
  story.steps = steps_of(life, names);
  tell_focus(life, names, story);
  story.ends = ends_of(life, names);
  return story;
}

}  // namespace squall
