// Endpoints are numbered population by population, then the individuals, as in the plan.
// See names.hpp; rooms are named by the plan.
#include "sim/cli/explain/names.hpp"

#include <fmt/core.h>
#include <charconv>

#include "report/words/format.hpp"

namespace squall {

Names::Names(const Scenario& scenario, std::uint64_t seed)
    : scenario_(scenario),
      plan_(scenario, seed),
      triggers_(trigger_names(scenario)),
      spans_(fault_spans(scenario)) {}

std::string Names::endpoint(EndpointId id) const {
  std::size_t number = index(id);
  for (const Population& population : scenario_.people) {
    if (number < population.count) return fmt::format("{}-{}", population.name, number);
    number -= population.count;
  }
  return number < scenario_.clients.size() ? scenario_.clients[number].name : "nobody";
}

std::string Names::node(NodeId id) const {
  return id == kNoNode ? "nowhere" : fmt::format("n{}", index(id) + 1);
}

std::string Names::address(const Address& to) const {
  if (to.kind == Address::Kind::user) return endpoint(to.endpoint());
  return index(to.room()) < plan_.rooms() ? "room " + plan_.room_name(to.room()) : "no room";
}

std::string Names::trigger(TriggerId id) const {
  return index(id) < triggers_.size() ? triggers_[index(id)] : "nobody";
}

std::string Names::blamed(const Death& death) const {
  std::string text =
      std::string(row(death.mechanism).name) + ", billed to " + trigger(death.trigger);
  if (death.reason != CloseReason::none) text += " (" + std::string(name(death.reason)) + ")";
  return text;
}

std::string Names::faults_at(Time at) const {
  std::string text;
  for (const FaultSpan& span : spans_) {
    if (at < span.begin || at >= span.end) continue;
    text += (text.empty() ? "" : ", ") + span.label;
  }
  return text;
}

std::string Names::time(Time at) {
  return decimal(static_cast<double>(at.count()) / 1e9, 6) + " s";
}

std::string Names::span(Duration lasted) {
  const auto nanoseconds = static_cast<double>(lasted.count());
  if (lasted < 1ms) return decimal(nanoseconds / 1e3, 0) + " us";
  if (lasted < 1s) return decimal(nanoseconds / 1e6, 1) + " ms";
  return decimal(nanoseconds / 1e9, 2) + " s";
}

std::optional<EndpointId> endpoint_called(const Scenario& scenario, const std::string& name) {
  std::uint32_t first = 0;
  for (const Population& population : scenario.people) {
    if (name.starts_with(population.name + "-")) {
      const char* begin = name.data() + population.name.size() + 1;
      const char* end = name.data() + name.size();
      std::uint32_t number = 0;
      const auto [stop, error] = std::from_chars(begin, end, number);
      if (error == std::errc{} && stop == end && number < population.count) {
        return EndpointId{first + number};
      }
    }
    first += population.count;
  }
  for (std::uint32_t i = 0; i < scenario.clients.size(); ++i) {
    if (scenario.clients[i].name == name) return EndpointId{first + i};
  }
  return std::nullopt;
}

}  // namespace squall
