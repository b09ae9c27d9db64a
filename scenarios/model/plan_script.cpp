// The script, flattened to instants: a rolling restart becomes drains, stops and starts.
// Who is to blame for what follows is decided here too: one trigger per fault of the script.
#include <algorithm>
#include <utility>

#include "scenarios/model/plan.hpp"
#include "scenarios/model/tables.hpp"

namespace squall {
namespace {

std::size_t batches(const ScriptStep& step) {
  return (step.nodes.size() + step.batch - 1) / step.batch;
}

// A fault without `for` lasts until its opposite verb on the same nodes, or to the end of the run.
Time end_of(const Scenario& scenario, const ScriptStep& step) {
  if (step.verb == Verb::rolling_restart) {
    const auto rounds = static_cast<std::int64_t>(batches(step));
    return step.at + rounds * (step.pre_stop + step.drain + step.down) +
           (rounds - 1) * step.pause_between;
  }
  if (step.verb == Verb::scale) return step.at + std::max<Duration>(step.drain, 1s);
  if (step.verb == Verb::disconnect) return step.at + 1s;
  if (step.verb == Verb::lb_reload) return step.at + step.lasts + 1s;
  if (step.lasts > Duration{0}) return step.at + step.lasts;
  for (const ScriptStep& later : scenario.script) {
    if (later.at < step.at) continue;
    const bool ends =
        (later.verb == Verb::restart &&
         (step.verb == Verb::crash || step.verb == Verb::host_loss) && later.nodes == step.nodes) ||
        (later.verb == Verb::undrain && step.verb == Verb::drain && later.nodes == step.nodes) ||
        (later.verb == Verb::heal && step.verb == Verb::partition);
    if (ends) return later.at;
  }
  return scenario.time.measure + scenario.time.drain + 1s;
}

}  // namespace

std::uint16_t running_before(const Scenario& scenario, std::size_t step) {
  const NodeConfig& nodes = scenario.cluster.nodes;
  std::uint16_t running = nodes.running == 0 ? nodes.count : nodes.running;
  for (std::size_t i = 0; i < step; ++i) {
    if (scenario.script[i].verb == Verb::scale) running = scenario.script[i].to_nodes;
  }
  return running;
}

TriggerId churn_trigger(const Scenario&, std::size_t population) {
  return TriggerId{static_cast<std::uint16_t>(2 + population)};
}

TriggerId accident_trigger(const Scenario& scenario) {
  return TriggerId{static_cast<std::uint16_t>(trigger_names(scenario).size() - 1)};
}

TriggerId fault_trigger(const Scenario& scenario, std::size_t span) {
  return TriggerId{static_cast<std::uint16_t>(2 + scenario.people.size() + 1 + span)};
}

std::vector<FaultSpan> fault_spans(const Scenario& scenario) {
  std::vector<FaultSpan> spans;
  for (const ScriptStep& step : scenario.script) {
    if (!language::row(step.verb).has_span) continue;
    spans.push_back({step.label, fault_trigger(scenario, spans.size()), step.at,
                     end_of(scenario, step), step.per_day_micro});
  }
  return spans;
}

namespace {

// One script on its way to instants; it lasts as long as that takes.
class Flattening {
 public:
  explicit Flattening(const Scenario& scenario) : scenario_(scenario) {}
  FlatScript all() &&;

 private:
  void flatten(const ScriptStep& step, std::uint32_t step_index, TriggerId trigger);
  void flatten_rolling_restart(const ScriptStep& step, TriggerId trigger);
  void flatten_scale(std::uint32_t number, TriggerId trigger);
  void end_pauses_with_their_process(std::uint16_t node);
  void leave_out_who_is_not_running();
  void on_each_node(const ScriptStep& step, Stimulus::Kind kind, TriggerId trigger);
  void add(Stimulus stimulus) { flat_.stimuli.push_back(stimulus); }

  const Scenario& scenario_;
  FlatScript flat_;
};

FlatScript Flattening::all() && {
  flat_.pauses.resize(scenario_.cluster.nodes.count);
  flat_.slow_times.resize(scenario_.cluster.nodes.count);
  leave_out_who_is_not_running();
  std::size_t span = 0;
  for (std::uint32_t i = 0; i < scenario_.script.size(); ++i) {
    const ScriptStep& step = scenario_.script[i];
    const TriggerId trigger = language::row(step.verb).has_span
                                  ? fault_trigger(scenario_, span++)
                                  : churn_trigger(scenario_, scenario_.people.size());
    flatten(step, i, trigger);
  }
  for (auto& ranges : flat_.pauses)
    std::ranges::sort(ranges, {}, [](const Pause& p) { return p.range.begin; });
  std::ranges::stable_sort(flat_.stimuli, {}, &Stimulus::at);
  for (std::uint16_t n = 0; n < flat_.pauses.size(); ++n) end_pauses_with_their_process(n);
  return std::move(flat_);
}

// Who is paused is a process: one that dies takes its pause with it, and where none runs there is
// nothing to be paused.
void Flattening::end_pauses_with_their_process(std::uint16_t node) {
  using Kind = Stimulus::Kind;
  std::vector<Pause>& pauses = flat_.pauses[node];
  for (Pause& pause : pauses) {
    bool up = true;
    for (const Stimulus& stimulus : flat_.stimuli) {
      if (stimulus.item != node || stimulus.at >= pause.range.end) continue;
      const bool ends = stimulus.kind == Kind::crash || stimulus.kind == Kind::host_lost ||
                        stimulus.kind == Kind::stop;
      if (stimulus.at <= pause.range.begin) {
        if (ends) up = false;
        if (stimulus.kind == Kind::start) up = true;
      } else if (ends) {
        pause.range.end = stimulus.at;
        break;
      }
    }
    if (!up) pause.range.end = pause.range.begin;
  }
  std::erase_if(pauses, [](const Pause& p) { return p.range.begin >= p.range.end; });
}

void Flattening::on_each_node(const ScriptStep& step, Stimulus::Kind kind, TriggerId trigger) {
  for (const std::uint16_t node : step.nodes) {
    add({kind, step.at, node, step.drain, trigger});
  }
}

void Flattening::flatten(const ScriptStep& step, std::uint32_t i, TriggerId trigger) {
  using Kind = Stimulus::Kind;
  const Time end = end_of(scenario_, step);
  const auto both = [&](Kind begin, Kind finish) {
    add({begin, step.at, i, Duration{0}, trigger});
    if (step.lasts > Duration{0}) add({finish, step.at + step.lasts, i, Duration{0}, trigger});
  };
  const auto node_until = [&](Kind kind, Kind finish) {
    on_each_node(step, kind, trigger);
    if (step.lasts == Duration{0}) return;
    for (const std::uint16_t node : step.nodes) add({finish, end, node, Duration{0}, trigger});
  };
  switch (step.verb) {
    case Verb::crash: node_until(Kind::crash, Kind::start); break;
    case Verb::host_loss: node_until(Kind::host_lost, Kind::start); break;
    case Verb::restart: on_each_node(step, Kind::start, trigger); break;
    case Verb::drain: node_until(Kind::drain, Kind::undrain); break;
    case Verb::undrain: on_each_node(step, Kind::undrain, trigger); break;
    case Verb::rolling_restart: flatten_rolling_restart(step, trigger); break;
    case Verb::pause:
      for (const std::uint16_t node : step.nodes)
        flat_.pauses[node].push_back({{step.at, end}, trigger});
      break;
    case Verb::partition:
      add({Kind::cut, step.at, static_cast<std::uint32_t>(flat_.partitions.size()), Duration{0},
           trigger});
      add({Kind::heal, end, static_cast<std::uint32_t>(flat_.partitions.size()), Duration{0},
           trigger});
      flat_.partitions.push_back({{step.at, end}, step.side_a, step.side_b, trigger});
      break;
    case Verb::heal: break;  // already the end of the partition it heals
    case Verb::broker_failover:
    case Verb::broker_down: both(Kind::broker_down, Kind::broker_up); break;
    case Verb::registry_failover:
    case Verb::registry_down: both(Kind::registry_down, Kind::registry_up); break;
    case Verb::lb_reload: both(Kind::lb_reload, Kind::old_workers_end); break;
    case Verb::slow:
      for (const std::uint16_t node : step.nodes) {
        flat_.slow_times[node].push_back({{step.at, end}, step.times, trigger});
        add({Kind::pace, step.at, node, Duration{0}, trigger});
        add({Kind::pace, end, node, Duration{0}, trigger});
      }
      break;
    case Verb::scale: flatten_scale(i, trigger); break;
    case Verb::disconnect: add({Kind::disconnect, step.at, i, Duration{0}, trigger}); break;
    case Verb::flash: break;  // TrafficSource reads it
    case Verb::set:
      if (step.traffic.empty())
        both(Kind::settings, Kind::settings);  // else TrafficSource reads it
      break;
    case Verb::connect: add({Kind::connect, step.at, i, Duration{0}, trigger}); break;
    case Verb::join: add({Kind::join, step.at, i, Duration{0}, trigger}); break;
    case Verb::leave: add({Kind::leave, step.at, i, Duration{0}, trigger}); break;
    case Verb::send:
      for (std::uint32_t n = 0; n < step.repeat; ++n) {
        add({Kind::send, step.at + n * step.every, i, Duration{0}, trigger});
      }
      break;
  }
}

void Flattening::flatten_rolling_restart(const ScriptStep& step, TriggerId trigger) {
  using Kind = Stimulus::Kind;
  Time at = step.at;
  for (std::size_t first = 0; first < step.nodes.size(); first += step.batch) {
    const std::size_t last = std::min(first + step.batch, step.nodes.size());
    for (std::size_t n = first; n < last; ++n) {
      const std::uint16_t node = step.nodes[n];
      const Time stops = at + step.pre_stop + step.drain;
      if (step.pre_stop > Duration{0}) add({Kind::unlist, at, node, Duration{0}, trigger});
      add({Kind::drain, at + step.pre_stop, node, step.drain, trigger});
      add({Kind::stop, stops, node, Duration{0}, trigger});
      add({Kind::start, stops + step.down, node, Duration{0}, trigger});
    }
    at += step.pre_stop + step.drain + step.down + step.pause_between;
  }
}

// Nodes that a scale may start later are stopped before anybody arrives.
void Flattening::leave_out_who_is_not_running() {
  using Kind = Stimulus::Kind;
  const NodeConfig& nodes = scenario_.cluster.nodes;
  if (nodes.running == 0) return;
  const Time begin = -scenario_.time.warmup;
  for (std::uint16_t node = nodes.running; node < nodes.count; ++node) {
    add({Kind::drain, begin, node, Duration{0}, kStructural});
    add({Kind::stop, begin, node, Duration{0}, kStructural});
  }
}

// The last come first: what runs are always the first nodes.
void Flattening::flatten_scale(std::uint32_t number, TriggerId trigger) {
  using Kind = Stimulus::Kind;
  const ScriptStep& step = scenario_.script[number];
  const std::uint16_t before = running_before(scenario_, number);
  for (std::uint16_t node = before; node < step.to_nodes; ++node) {
    add({Kind::start, step.at, node, Duration{0}, trigger});
  }
  for (std::uint16_t node = step.to_nodes; node < before; ++node) {
    add({Kind::drain, step.at, node, step.drain, trigger});
    add({Kind::stop, step.at + step.drain, node, Duration{0}, trigger});
  }
}

}  // namespace

FlatScript flatten_script(const Scenario& scenario) { return Flattening(scenario).all(); }

}  // namespace squall
