// The registry of measured profiles, and what a report says of one. See calibration.hpp.
// How a profile is written down is in tables_calibration.cpp.
#include "scenarios/model/calibration.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <deque>

#include "scenarios/model/demand.hpp"
#include "scenarios/model/suggest.hpp"

namespace squall {
namespace {

struct Registered {
  Calibration calibration;
  CostProfile costs;
};

// A deque: what was handed out stays where it is.
std::deque<Registered>& registered() {
  static std::deque<Registered> all;
  return all;
}

Registered* find(std::string_view name) {
  for (Registered& one : registered()) {
    if (one.calibration.name == name) return &one;
  }
  return nullptr;
}

struct Column {
  const char* name;
  std::optional<Duration> CostChanges::*member;
};
constexpr Column kColumns[] = {
    {"handshake", &CostChanges::handshake},
    {"subscribe", &CostChanges::subscribe},
    {"frame_read", &CostChanges::frame_read},
    {"push", &CostChanges::push},
    {"heartbeat", &CostChanges::heartbeat},
    {"close", &CostChanges::close},
    {"publish", &CostChanges::publish},
    {"broker_receive", &CostChanges::broker_receive},
    {"peer_send", &CostChanges::peer_send},
    {"peer_receive", &CostChanges::peer_receive},
    {"registry_call", &CostChanges::registry_call},
    {"per_kib", &CostChanges::per_kib},
};

std::vector<std::string> columns(const CostChanges& costs, bool are_given) {
  std::vector<std::string> names;
  for (const Column& column : kColumns) {
    if ((costs.*column.member).has_value() == are_given) names.emplace_back(column.name);
  }
  return names;
}

std::string outside(const char* what, double value, const SeenRange& seen) {
  const auto number = [](double x) { return std::to_string(static_cast<std::int64_t>(x + 0.5)); };
  if (seen.to <= 0 || (value >= seen.from && value <= seen.to)) return {};
  return fmt::format("{} {}, where the profile has seen {} to {}", number(value), what,
                     number(seen.from), number(seen.to));
}

}  // namespace

void add_calibration(Calibration calibration) {
  Registered* place = find(calibration.name);
  if (place == nullptr) place = &registered().emplace_back();
  place->calibration = std::move(calibration);
  NodeConfig nodes;
  nodes.cost_profile = place->calibration.base;
  nodes.costs = place->calibration.costs;
  place->costs = costs_of(nodes);
  place->costs.name = place->calibration.name;
  place->costs.source = "calibrated";
}

const Calibration* calibration_named(std::string_view name) {
  const Registered* const found = find(name);
  return found == nullptr ? nullptr : &found->calibration;
}

std::vector<std::string> calibration_names() {
  std::vector<std::string> names;
  for (const Registered& one : registered()) names.push_back(one.calibration.name);
  return names;
}

const CostProfile* calibrated_costs(std::string_view name) {
  const Registered* const found = find(name);
  return found == nullptr ? nullptr : &found->costs;
}

std::vector<std::string> given(const CostChanges& costs) { return columns(costs, true); }
std::vector<std::string> missing(const CostChanges& costs) { return columns(costs, false); }

ProtocolOverhead overhead_of(const Scenario& scenario) {
  const Calibration* const profile = calibration_named(scenario.cluster.nodes.cost_profile);
  const bool said = scenario.client.overhead != ProtocolOverhead{};
  return said || profile == nullptr ? scenario.client.overhead : profile->overhead;
}

Bytes answer_of(const Scenario& scenario) {
  const Bytes own = scenario.client.ack == AckLevel::ingress ? kOwnAnswer : 0;
  return overhead_of(scenario).answer.value_or(own);
}

std::string costs_in_words(const NodeConfig& nodes) {
  const Calibration* const profile = calibration_named(nodes.cost_profile);
  const CostProfile* const row = cost_profile_named(nodes.cost_profile);
  std::string text;
  if (profile == nullptr) {
    text = fmt::format("uncalibrated ({}{})", nodes.cost_profile,
                       row == nullptr ? "" : ": " + std::string(row->source));
  } else {
    text = fmt::format("calibrated by {} ({} on {}, {})", profile->name, profile->target,
                       profile->host, profile->date);
    const std::vector<std::string> rest = missing(profile->costs);
    if (!rest.empty()) text += "; uncalibrated: " + language::joined(rest, 20);
  }
  return text;
}

std::vector<std::string> not_validated(const Scenario& scenario) {
  std::vector<std::string> beyond;
  const Calibration* const profile = calibration_named(scenario.cluster.nodes.cost_profile);
  if (profile == nullptr) return beyond;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) beyond.push_back(text);
  };
  double pushes = 0;
  for (const Traffic& traffic : scenario.traffic) {
    const double recipients = mean_recipients(scenario, traffic);
    pushes += messages_per_second(traffic) * recipients;
    add(outside("bytes a message", traffic.size.mean(), profile->bytes));
    add(outside("recipients a message", recipients, profile->recipients));
  }
  // A calmer server than any that was seen works by the same figures, only less.
  const double of_one = pushes / scenario.cluster.nodes.count;
  if (of_one > profile->pushes.to) add(outside("pushes a second", of_one, profile->pushes));
  return beyond;
}

}  // namespace squall
