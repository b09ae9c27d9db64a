// A node as it begins, and what its backplane may ask of it. See node.hpp.
// It is asked for rooms and members often enough; nothing of that is kept twice.
#include "sim/kernel/node.hpp"

#include "sim/kernel/sessions.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

Node::Node(World& the_world, NodeId the_id)
    : world(&the_world), id(the_id), door(the_world.scenario.cluster.nodes) {
  const NodeConfig& config = world->scenario.cluster.nodes;
  for (std::uint16_t l = 0; l < config.loops; ++l) {
    loops.emplace_back(world->now, world->scenario.time.measure, world->plan.pauses(id));
  }
  accept_queues.resize(loops.size());
}

bool Node::has(EndpointId endpoint) const {
  return world->sessions->of(id, endpoint) != kNoConnection;
}

std::vector<RoomId> Node::rooms() const {
  std::vector<RoomId> occupied;
  for (std::uint32_t r = 0; r < world->plan.rooms(); ++r) {
    if (!seats.in(RoomId{r}).empty()) occupied.push_back(RoomId{r});
  }
  return occupied;
}

std::vector<EndpointId> Node::here(RoomId room) const {
  std::vector<EndpointId> members;
  for (const Seating::Seat& seat : seats.in(room)) {
    members.push_back(world->oracle.connection(seat.connection).endpoint);
  }
  return members;
}

std::vector<RoomId> Node::rooms_of(EndpointId endpoint) const {
  const ConnectionId session = world->sessions->of(id, endpoint);
  if (session == kNoConnection) return {};
  std::vector<RoomId> joined;
  const bool all_of_them = !world->plan.individual(endpoint);
  for (const Membership& m : world->plan.memberships(endpoint)) {
    if (all_of_them || seats.seated(m.room, session)) joined.push_back(m.room);
  }
  return joined;
}

}  // namespace squall
