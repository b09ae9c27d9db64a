// Sizes from the scenario alone. Expected numbers, not drawn ones.
// What a seed really brings is scenarios/model/plan.hpp.
#include "sim/cli/commands/dry_run.hpp"

#include <fmt/core.h>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"
#include "scenarios/model/plan.hpp"
#include "scenarios/model/volume.hpp"

namespace squall {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

double expected_messages(const Scenario& scenario) {
  double messages = scripted_sends(scenario);
  for (const Traffic& traffic : scenario.traffic) {
    messages += volume_of(scenario, traffic, Time{0}, scenario.time.measure).messages;
  }
  return messages;
}

std::string number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

}  // namespace

DryRun plan_of(const Scenario& scenario, const std::vector<std::uint64_t>& seeds,
               unsigned at_once) {
  DryRun plan;
  plan.scenario = scenario.name;
  for (const StrategySpec& spec : scenario.strategies) plan.strategies.push_back(spec.name);
  plan.seeds = seeds;
  plan.runs = plan.strategies.size() * seeds.size();
  plan.virtual_seconds_per_run =
      seconds(scenario.time.warmup + scenario.time.measure + scenario.time.drain);
  plan.nodes = scenario.cluster.nodes.count;
  plan.endpoints = scenario.clients.size();
  for (const Population& population : scenario.people) plan.endpoints += population.count;
  plan.estimate = estimate_of(scenario, static_cast<double>(plan.runs), at_once);
  plan.messages_per_run = std::round(expected_messages(scenario));
  for (const FaultSpan& span : fault_spans(scenario)) {
    plan.faults.push_back({span.label, seconds(span.begin), seconds(span.end),
                           span.end != kNever && span.end > span.begin});
  }
  return plan;
}

std::string as_text(const DryRun& plan) {
  std::string text =
      fmt::format("{}: {} runs, {} strategies x {} seeds from {}\n  strategies ", plan.scenario,
                  plan.runs, plan.strategies.size(), plan.seeds.size(), plan.seeds.front());
  for (const std::string& strategy : plan.strategies) text += " " + strategy;
  text += fmt::format(
      "\n"
      "  cluster     {} nodes, {} endpoints\n"
      "  time        {} virtual seconds per run, {} in all\n"
      "  messages    about {} per run\n",
      plan.nodes, grouped(plan.endpoints), number(plan.virtual_seconds_per_run),
      number(plan.virtual_seconds_per_run * static_cast<double>(plan.runs)),
      grouped(static_cast<std::uint64_t>(plan.messages_per_run)));
  text += "  takes       " + as_text(plan.estimate) + "\n";
  for (const DryRun::Fault& fault : plan.faults) {
    text += fmt::format("  fault       {} at {} s{}\n", fault.label, number(fault.begin_s),
                        fault.ends ? " until " + number(fault.end_s) + " s" : "");
  }
  for (const auto& [address, connections] : plan.load) {
    text += fmt::format("  load        {} connections to {}\n", grouped(connections), address);
  }
  for (const HookPlan& hook : plan.hooks) {
    text += fmt::format(
        "{}{} at {} s: {}\n", hook.missing.empty() ? "  hook        " : "  NOT DONE    ",
        hook.fault, number(seconds(hook.at)), hook.missing.empty() ? hook.command : hook.missing);
  }
  return text;
}

std::string as_json(const DryRun& plan) {
  nlohmann::ordered_json faults = nlohmann::ordered_json::array();
  for (const DryRun::Fault& fault : plan.faults) {
    nlohmann::ordered_json entry = {{"label", fault.label}, {"begin_s", fault.begin_s}};
    if (fault.ends) entry["end_s"] = fault.end_s;
    faults.push_back(entry);
  }
  nlohmann::ordered_json document = {{"schema", "squall.plan/1"},
                                     {"scenario", plan.scenario},
                                     {"strategies", plan.strategies},
                                     {"seeds", plan.seeds},
                                     {"runs", plan.runs},
                                     {"virtual_seconds_per_run", plan.virtual_seconds_per_run},
                                     {"nodes", plan.nodes},
                                     {"endpoints", plan.endpoints},
                                     {"messages_per_run", plan.messages_per_run},
                                     {"estimated_wall_s", plan.estimate.wall_seconds},
                                     {"estimated_bytes", plan.estimate.bytes},
                                     {"faults", faults}};
  for (const auto& [address, connections] : plan.load) {
    document["load"].push_back({{"address", address}, {"connections", connections}});
  }
  for (const HookPlan& hook : plan.hooks) {
    nlohmann::ordered_json entry = {{"fault", hook.fault}, {"at_s", seconds(hook.at)}};
    entry[hook.missing.empty() ? "command" : "missing"] =
        hook.missing.empty() ? hook.command : hook.missing;
    document["hooks"].push_back(entry);
  }
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace squall
