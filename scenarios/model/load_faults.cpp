// The faults on one time line: nobody dies twice, and opposites come in pairs.
//
// Walks the script in order of time and keeps, per node, until when it is down, paused or drained.
#include <fmt/core.h>
#include <algorithm>
#include <map>
#include <set>

#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

struct Occurrence {
  Time at;
  std::size_t step;
  NodeSet nodes;
  Duration lasts;  // zero: until the opposite verb
};

// What a state machine per thing needs: free again at this time; kNever: until the opposite verb.
using Until = std::map<std::uint16_t, Time>;

class Timeline {
 public:
  Timeline(Reading& reading, const Json& root)
      : reading_(reading), root_(root), script_(reading.scenario.script) {}

  void walk();
  void scales();
  void scale(std::size_t i);
  void slows();

 private:
  void meet(const Occurrence& occurrence);
  void begin(const Occurrence& occurrence, Until& state, std::string_view word);
  void finish(const Occurrence& occurrence, Until& state, std::string_view code,
              std::string_view word);
  void whole_service(const Occurrence& occurrence, Time& until, std::string_view name);
  void heal(const Occurrence& occurrence);

  void fail(std::size_t step, std::string_view key, std::string_view code, std::string message) {
    if (!reported_.insert(step).second) return;
    std::string pointer = fmt::format("/script/{}", step);
    if (!key.empty()) pointer += "/" + std::string(key);
    reading_.fail_at(root_, pointer, std::string(code), std::move(message));
  }

  Reading& reading_;
  const Json& root_;
  const std::vector<ScriptStep>& script_;
  Until down_, paused_, drained_;
  Time broker_until_ = kBeforeAll, registry_until_ = kBeforeAll;
  std::size_t open_partitions_ = 0;
  std::set<std::size_t> reported_;  // one complaint per step is enough
};

bool decides_who_runs(Verb verb) {
  switch (verb) {
    case Verb::crash:
    case Verb::host_loss:
    case Verb::restart:
    case Verb::drain:
    case Verb::undrain:
    case Verb::rolling_restart: return true;
    case Verb::pause:
    case Verb::partition:
    case Verb::heal:
    case Verb::broker_down:
    case Verb::registry_down:
    case Verb::broker_failover:
    case Verb::registry_failover:
    case Verb::lb_reload:
    case Verb::slow:
    case Verb::scale:
    case Verb::disconnect:
    case Verb::flash:
    case Verb::set:
    case Verb::connect:
    case Verb::join:
    case Verb::leave:
    case Verb::send: return false;
  }
  return false;
}

std::vector<Occurrence> occurrences_of(const ScriptStep& step, std::size_t index) {
  if (step.verb != Verb::rolling_restart) return {{step.at, index, step.nodes, step.lasts}};
  std::vector<Occurrence> batches;
  Time at = step.at;
  for (std::size_t first = 0; first < step.nodes.size(); first += step.batch) {
    const auto begin = step.nodes.begin() + static_cast<std::ptrdiff_t>(first);
    const auto left = static_cast<std::ptrdiff_t>(step.nodes.size() - first);
    const NodeSet nodes(begin, begin + std::min<std::ptrdiff_t>(step.batch, left));
    batches.push_back({at, index, nodes, step.pre_stop + step.drain + step.down});
    at += step.pre_stop + step.drain + step.down + step.pause_between;
  }
  return batches;
}

// Which of the last nodes run is decided by `scale` alone, where there is one.
void Timeline::scales() {
  const NodeConfig& nodes = reading_.scenario.cluster.nodes;
  if (nodes.running > nodes.count) {
    reading_.fail_at(root_, "/cluster/nodes/running", "S0330",
                     fmt::format("{} nodes cannot run: there are {}", nodes.running, nodes.count));
  }
  std::uint16_t always = nodes.running == 0 ? nodes.count : nodes.running;
  for (const ScriptStep& step : script_) {
    if (step.verb == Verb::scale) always = std::min(always, step.to_nodes);
  }
  for (std::size_t i = 0; i < script_.size(); ++i) {
    const ScriptStep& step = script_[i];
    if (step.verb == Verb::scale) scale(i);
    const bool scaled = !step.nodes.empty() && step.nodes.back() >= always;
    if (!scaled || !decides_who_runs(step.verb)) continue;
    fail(i, "on", "S0404",
         fmt::format(
             "whether {} runs is decided by scale and nodes.running: nodes up to {} always run",
             node_name(step.nodes.back()), node_name(static_cast<std::uint16_t>(always - 1))));
  }
}

void Timeline::scale(std::size_t i) {
  const ScriptStep& step = script_[i];
  const std::uint16_t nodes = reading_.scenario.cluster.nodes.count;
  if (step.to_nodes > nodes) {
    fail(i, "to", "S0330",
         fmt::format("there are {} nodes: cluster.nodes.count is the most that run", nodes));
  }
  for (const ScriptStep& other : script_) {
    const bool meanwhile = other.at >= step.at && other.at <= step.at + step.drain;
    if (other.verb != Verb::scale || &other == &step || !meanwhile) continue;
    fail(i, "at", "S0404", "another scale begins before this one is over");
  }
}

// Those that overlap multiply. Together they may do what one may.
void Timeline::slows() {
  const auto until = [](const ScriptStep& step) {
    return step.lasts == Duration{0} ? kNever : step.at + step.lasts;
  };
  for (std::size_t i = 0; i < script_.size(); ++i) {
    const ScriptStep& step = script_[i];
    if (step.verb != Verb::slow) continue;
    for (const std::uint16_t node : step.nodes) {
      double times = 1;
      for (const ScriptStep& other : script_) {
        const bool meanwhile = other.at <= step.at && step.at < until(other);
        const bool here = std::ranges::binary_search(other.nodes, node);
        if (other.verb == Verb::slow && meanwhile && here) times *= other.times;
      }
      if (times <= kMostTimes) continue;
      fail(i, "times", "S0404",
           node_name(node) +
               " is slower by more than a factor of 1,000,000: what overlaps is "
               "multiplied");
    }
  }
}

void Timeline::walk() {
  std::vector<Occurrence> all;
  for (std::size_t i = 0; i < script_.size(); ++i) {
    for (Occurrence& occurrence : occurrences_of(script_[i], i)) {
      all.push_back(std::move(occurrence));
    }
  }
  std::ranges::stable_sort(all, {}, &Occurrence::at);
  for (const Occurrence& occurrence : all) meet(occurrence);
}

void Timeline::meet(const Occurrence& occurrence) {
  switch (script_[occurrence.step].verb) {
    case Verb::crash:
    case Verb::host_loss:
    case Verb::rolling_restart: begin(occurrence, down_, "down or draining"); break;
    case Verb::pause: begin(occurrence, paused_, "paused"); break;
    case Verb::drain: begin(occurrence, drained_, "drained"); break;
    case Verb::restart: finish(occurrence, down_, "S0405", "down"); break;
    case Verb::undrain: finish(occurrence, drained_, "S0407", "drained"); break;
    case Verb::broker_failover:
    case Verb::broker_down: whole_service(occurrence, broker_until_, "the broker"); break;
    case Verb::registry_failover:
    case Verb::registry_down: whole_service(occurrence, registry_until_, "the registry"); break;
    case Verb::partition:
      if (occurrence.lasts == Duration{0}) ++open_partitions_;
      break;
    case Verb::heal: heal(occurrence); break;
    case Verb::lb_reload:
    case Verb::slow:
    case Verb::scale:
    case Verb::disconnect:
    case Verb::set:
    case Verb::flash:
    case Verb::connect:
    case Verb::join:
    case Verb::leave:
    case Verb::send: break;
  }
}

void Timeline::begin(const Occurrence& occurrence, Until& state, std::string_view word) {
  for (const std::uint16_t node : occurrence.nodes) {
    const auto found = state.find(node);
    const bool busy = found != state.end() && occurrence.at < found->second;
    if (busy) {
      const std::string until =
          found->second == kNever ? "for good" : "until " + format_duration(found->second);
      fail(occurrence.step, "at", "S0404",
           fmt::format("{} is {} already, {}", node_name(node), word, until));
      continue;
    }
    state[node] = occurrence.lasts == Duration{0} ? kNever : occurrence.at + occurrence.lasts;
  }
}

void Timeline::finish(const Occurrence& occurrence, Until& state, std::string_view code,
                      std::string_view word) {
  for (const std::uint16_t node : occurrence.nodes) {
    const auto found = state.find(node);
    if (found != state.end() && found->second == kNever) {
      found->second = occurrence.at;
      continue;
    }
    const bool by_itself = found != state.end() && occurrence.at < found->second;
    fail(occurrence.step, "on", code,
         node_name(node) + (by_itself ? " comes back by itself: its fault has a \"for\" or is a "
                                        "restart"
                                      : " is not " + std::string(word) + " at this time"));
  }
}

void Timeline::whole_service(const Occurrence& occurrence, Time& until, std::string_view name) {
  if (until != kBeforeAll && occurrence.at < until) {
    fail(occurrence.step, "at", "S0404", std::string(name) + " is down already");
    return;
  }
  until = occurrence.lasts == Duration{0} ? kNever : occurrence.at + occurrence.lasts;
}

void Timeline::heal(const Occurrence& occurrence) {
  if (open_partitions_ == 0) {
    fail(occurrence.step, "do", "S0406",
         "heal without a partition: there is none without \"for\" before it");
  }
  open_partitions_ = 0;
}

}  // namespace

void check_faults(Reading& reading, const Json& root) {
  if (!reading.clean("/script")) return;  // half-read steps would only cause echoes
  Timeline timeline(reading, root);
  timeline.walk();
  timeline.slows();
  if (reading.clean("/cluster/nodes")) timeline.scales();
}

}  // namespace squall::language
