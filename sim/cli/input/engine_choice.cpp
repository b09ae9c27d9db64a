// From flags to engines. See engine_choice.hpp.
// A flag of the live engine is refused without it: it would do nothing, in silence.
#include "sim/cli/input/engine_choice.hpp"

#include <fmt/core.h>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "report/words/played_again.hpp"
#include "scenarios/model/calibration.hpp"
#include "sim/cli/input/attach_options.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/live/links/broker_link.hpp"
#include "sim/live/run/engine.hpp"
#include "sim/live/servers/spawned_server.hpp"
#include "sim/record/wire.hpp"

namespace squall {
namespace {

// Empty when `broker` can be asked for.
std::string check_broker(const std::string& broker) {
  constexpr std::string_view kSpawn = "spawn:";
  if (broker == "embedded" || broker == "spawn:kafka-mock") return {};
  std::string error;
  if (!broker.starts_with(kSpawn)) {
    const live::BrokerAddress address = live::parse_broker_address(broker, error);
    if (!error.empty()) {
      return fmt::format("--broker {}: {}; or embedded, spawn:redis", broker, error);
    }
    return live::broker_link_for(address) != nullptr ? "" : "--broker " + broker + ": not known";
  }
  const std::string kind = broker.substr(kSpawn.size(), broker.find('?') - kSpawn.size());
  std::string known;
  for (const live::ServerKind& row : live::server_kinds()) {
    if (row.name == kind) return {};
    known += "spawn:" + std::string(row.name) + ", ";
  }
  return fmt::format("--broker {}: there is no such server; possible are {}spawn:kafka-mock",
                     broker, known);
}

std::string check(const Options& options) {
  if (options.engine == "live" && options.threads != 1) {
    return "--threads share a run in virtual time; of a live run it is --loops";
  }
  if (options.engine != "sim") return check_broker(options.broker);
  const Options defaults;
  const char* const flag = options.broker != defaults.broker     ? "--broker"
                           : options.lb != defaults.lb           ? "--lb"
                           : options.forward != defaults.forward ? "--forward"
                           : options.loops != defaults.loops     ? "--loops"
                           : options.dilate                      ? "--dilate"
                                                                 : nullptr;
  if (flag == nullptr) return {};
  return std::string(flag) + " belongs to the live engine: add --engine live";
}

// Who was owed what in virtual time, by strategy and seed, for the live runs that follow. Runs in
// virtual time end on several threads.
class OwedInBoth {
 public:
  using Run = std::pair<std::string, std::uint64_t>;

  void keep(const Run& run, OwedLog log) {
    const std::lock_guard lock(mutex_);
    logs_.insert_or_assign(run, std::move(log));
  }
  const OwedLog* of(const Run& run) {
    const std::lock_guard lock(mutex_);
    const auto found = logs_.find(run);
    return found == logs_.end() ? nullptr : &found->second;
  }

 private:
  std::mutex mutex_;
  std::map<Run, OwedLog> logs_;
};

// `both`: null when no other engine plays the same.
EngineChoice simulator(std::shared_ptr<OwedInBoth> both) {
  const auto plays = [both = std::move(both)](const Scenario& scenario, const StrategySpec& spec,
                                              std::uint64_t seed, const PlayOptions& limits) {
    if (both == nullptr) return play(scenario, spec, seed, limits);
    OwedLog log;
    PlayOptions mine = limits;
    mine.owed_log = &log;
    RunRecord record = play(scenario, spec, seed, mine);
    both->keep({spec.name, seed}, std::move(log));
    return record;
  };
  return {"sim", plays, ""};
}

std::string live_flags(const Options& options) {
  const Options defaults;
  std::string text = " --engine live";
  const auto add = [&](const char* flag, const std::string& value, const std::string& usual) {
    if (value != usual) text += fmt::format(" {} {}", flag, command_word(value));
  };
  add("--broker", options.broker, defaults.broker);
  add("--lb", options.lb, defaults.lb);
  add("--forward", options.forward, defaults.forward);
  add("--loops", std::to_string(options.loops), std::to_string(defaults.loops));
  if (options.dilate) text += " --dilate";
  return text;
}

// What a live run tells of itself each second, for whoever looks on.
live::LiveOptions seen_by(const PlayOptions& limits, live::LiveOptions options) {
  Onlooker* const onlooker = limits.onlooker;
  std::atomic<std::int64_t>* const reached = limits.reached;
  if (onlooker == nullptr && reached == nullptr) return options;
  options.on_progress = [onlooker, reached, listener = std::move(options.on_progress),
                         seconds = std::vector<GlimpseSecond>{},
                         before = std::uint64_t{0}](const live::LiveProgress& now) mutable {
    if (listener) listener(now);
    if (reached != nullptr) reached->store(now.now.count());
    if (onlooker == nullptr) return;
    if (now.now >= Time{0} && now.now < now.end) {
      seconds.push_back({0, 0, now.delivered - before, now.connected});
    }
    before = now.delivered;
    onlooker->show({now.now, now.end, now.connected, seconds, now.sessions});
  };
  return options;
}

EngineChoice live_engine(const Options& options, LiveListener listener,
                         std::shared_ptr<OwedInBoth> both) {
  live::LiveOptions live;
  live.broker = options.broker;
  live.nginx = options.lb == "nginx";
  live.forwarding =
      options.forward == "http" ? live::Forwarding::http : live::Forwarding::websocket;
  live.loops = options.loops;
  live.dilate = options.dilate;
  live.on_progress = std::move(listener);
  const auto play = [live, both = std::move(both)](const Scenario& scenario,
                                                   const StrategySpec& spec, std::uint64_t seed,
                                                   const PlayOptions& limits) {
    live::LiveOptions mine = seen_by(limits, live);
    mine.stop = limits.stop;
    mine.witness = limits.witness;
    if (both != nullptr) mine.owed_elsewhere = both->of({spec.name, seed});
    return live::play(scenario, spec, seed, mine);
  };
  return {"live", play, live_flags(options), true, "run", false};
}

std::vector<EngineChoice> foreign_engine(const Options& options, LiveListener listener,
                                         std::string& error) {
  const std::optional<live::AttachOptions> attached = attach_options(options, error);
  if (!attached) return {};
  live::LiveOptions live;
  live.loops = options.loops;
  live.on_progress = std::move(listener);
  const auto play = [live, attached = *attached](const Scenario& scenario, const StrategySpec& spec,
                                                 std::uint64_t seed, const PlayOptions& limits) {
    live::LiveOptions mine = seen_by(limits, live);
    mine.stop = limits.stop;
    mine.witness = limits.witness;
    return live::attach(scenario, spec, seed, mine, attached);
  };
  return {{"attach", play, attach_flags(options), true, "attach", false}};
}

// On sockets a message says which it is, so that none is smaller than that.
void raise_small_messages(const Scenario& scenario, std::vector<Override>& overrides) {
  const auto smallest = static_cast<double>(wire::kMessageHeader);
  const std::string size = fmt::format("{}B", wire::kMessageHeader);
  for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
    const Distribution& said = scenario.traffic[i].size;
    if (said.kind != Distribution::Kind::fixed || said.first >= smallest) continue;
    overrides.push_back({fmt::format("/traffic/{}/size", i), size});
  }
  for (std::size_t i = 0; i < scenario.script.size(); ++i) {
    const ScriptStep& step = scenario.script[i];
    if (step.verb != Verb::send || static_cast<double>(step.size) >= smallest) continue;
    overrides.push_back({fmt::format("/script/{}/size", i), size});
  }
}

}  // namespace

// One way between two processes of one machine, as the live engine's relays and probes see it.
constexpr const char* kLoopbackDelay = "50us";  // uncalibrated
constexpr const char* kLoopbackLine = "10Gbit/s";

std::vector<Override> engine_overrides(const Scenario& scenario, const Options& options) {
  std::vector<Override> overrides;
  if (options.target.size() > 1) {
    overrides.push_back({"/cluster/nodes/count", std::to_string(options.target.size())});
  }
  if (options.engine != "both") return overrides;
  for (const char* const link : {"client_node", "node_node", "node_broker", "node_registry"}) {
    overrides.push_back({std::string("/cluster/net/") + link, kLoopbackDelay});
  }
  if (calibration_named(scenario.cluster.nodes.cost_profile) == nullptr) {
    overrides.push_back({"/cluster/nodes/cost_profile", "beast-plain"});  // no TLS on live nodes
  }
  if (options.lb == "nginx") overrides.push_back({"/cluster/lb/reload", "lose_counts"});
  for (const Population& population : scenario.people) {
    overrides.push_back({"/people/" + population.name + "/downlink", kLoopbackLine});
  }
  for (const ScriptedClient& client : scenario.clients) {
    overrides.push_back({"/clients/" + client.name + "/downlink", kLoopbackLine});
  }
  raise_small_messages(scenario, overrides);
  return overrides;
}

std::vector<StrategySpec> engine_strategies(const Options& options) {
  if (options.engine != "attach") return {};
  StrategySpec spec;
  spec.name = std::filesystem::path(options.dialect).stem().string();
  spec.backplane = live::foreign_row().name;
  spec.connections = static_cast<std::uint16_t>(options.connections);
  return {spec};
}

std::vector<std::pair<std::string, std::uint64_t>> engine_load(const Options& options,
                                                               std::uint64_t endpoints) {
  std::vector<std::pair<std::string, std::uint64_t>> load;
  const std::size_t targets = options.target.size();
  const std::uint64_t dialled = endpoints * options.connections;
  for (std::size_t i = 0; i < targets; ++i) {
    load.emplace_back(options.target[i], dialled / targets + (i < dialled % targets ? 1 : 0));
  }
  return load;
}

std::vector<HookPlan> engine_hooks(const Options& options, const Scenario& scenario,
                                   std::uint64_t seed) {
  std::vector<HookPlan> plans;
  if (options.engine != "attach") return plans;
  std::string error;  // flags were checked before
  const std::optional<live::AttachOptions> attached = attach_options(options, error);
  if (!attached) return plans;
  for (const live::ServerFault& fault : live::server_faults(Plan(scenario, seed))) {
    const std::string* const command = live::command_for(attached->hooks, fault);
    plans.push_back({fault.name(), fault.at, command == nullptr ? "" : *command,
                     command == nullptr ? live::why_no_command(attached->hooks) : ""});
  }
  return plans;
}

double wall_seconds(const Options& options, double simulated, double virtual_seconds) {
  if (options.engine == "sim") return simulated;
  return options.engine == "both" ? simulated + virtual_seconds : virtual_seconds;
}

std::vector<EngineChoice> engines_of(const Options& options, LiveListener listener,
                                     std::string& error) {
  if (options.engine == "attach") return foreign_engine(options, std::move(listener), error);
  error = check(options);
  std::vector<EngineChoice> engines;
  if (!error.empty()) return engines;
  const auto both = options.engine == "both" ? std::make_shared<OwedInBoth>() : nullptr;
  if (options.engine != "live") engines.push_back(simulator(both));
  if (options.engine != "sim") engines.push_back(live_engine(options, std::move(listener), both));
  return engines;
}

}  // namespace squall
