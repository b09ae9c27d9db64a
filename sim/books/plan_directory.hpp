// Who belongs to a room, as every node knows it: the plan's roster.
//
// What a strategy may ask (RoomDirectory), answered the same in every engine.
#pragma once

#include "scenarios/model/plan.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

struct PlanDirectory final : RoomDirectory {
  explicit PlanDirectory(const Plan& the_plan) : plan(the_plan) {}
  std::span<const EndpointId> members(RoomId room) const override { return plan.members(room); }
  const Plan& plan;
};

}  // namespace squall
