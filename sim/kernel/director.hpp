// Plays the script and the traffic of the plan: each stimulus becomes one call.
// Not the place for rules: those of paths are in network.hpp, those of processes in nodes.hpp.
#pragma once

#include <vector>

#include "sim/kernel/world.hpp"

namespace squall {

class Director {
 public:
  explicit Director(World& world);
  void begin();  // schedules the first stimulus and the first message of each class
  void stimulus(std::uint32_t number);
  void traffic(std::uint32_t number);

 private:
  const ScriptStep& step_of(const Stimulus& stimulus) const {  // of those that are a step's
    return world_.scenario.script[stimulus.item];
  }
  void cut(std::uint32_t partition);
  void heal(std::uint32_t partition);
  void disconnect(const Stimulus& stimulus);
  void broker_down(const Stimulus& stimulus);
  void login(const Stimulus& stimulus);
  void membership(const Stimulus& stimulus);
  void send(const Stimulus& stimulus);

  World& world_;
  std::vector<TrafficSource> sources_;
};

}  // namespace squall
