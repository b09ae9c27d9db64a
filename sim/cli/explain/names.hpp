// What the people, nodes, rooms and times of a run are called in a story.
//
// An individual has its name, one of a population a number in it: desktop-17. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "sim/record/witness.hpp"

namespace squall {

class Names {
 public:
  // Of one seed, as rooms have their members from it. The scenario must outlive it.
  Names(const Scenario& scenario, std::uint64_t seed);

  std::string endpoint(EndpointId id) const;
  std::string node(NodeId id) const;             // "n2"; "nowhere"
  std::string address(const Address& to) const;  // "room live-3", "desktop-17"
  std::string trigger(TriggerId id) const;
  std::string blamed(const Death& death) const;  // "route_stale, billed to deploy (drain)"
  std::string faults_at(Time at) const;          // "outage, split"; empty: none
  static std::string time(Time at);              // "12.003450 s"
  static std::string span(Duration lasted);      // "3.2 ms", "14.0 s"

 private:
  const Scenario& scenario_;
  Plan plan_;
  std::vector<std::string> triggers_;
  std::vector<FaultSpan> spans_;
};

// The other way round; empty: nobody is called that.
std::optional<EndpointId> endpoint_called(const Scenario& scenario, const std::string& name);

}  // namespace squall
