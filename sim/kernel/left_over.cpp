// Each kind of event that carries a copy is named once, with the place where the copy is.
// See left_over.hpp.
#include "sim/kernel/left_over.hpp"

#include <algorithm>

#include "sim/kernel/broker.hpp"
#include "sim/kernel/heartbeats.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"

namespace squall {
namespace {

// Where the copy is that an event belongs to; empty when it belongs to none.
std::string_view place_of(EventKind kind) {
  if (waits_for_a_loop(kind)) return "in the loops of the nodes";
  switch (kind) {
    case EventKind::frame_arrives: return "on the lines from the clients";
    case EventKind::peer_arrives:
    case EventKind::letter_arrives: return "on the links between nodes";
    case EventKind::publish_arrives: return "on the links to the broker";
    case EventKind::publish_done: return "in the broker";
    case EventKind::broker_message_arrives: return "on the links from the broker";
    default: return {};
  }
}

}  // namespace

void LeftOver::take(const Event& event) {
  const std::string_view place = place_of(event.kind);
  if (!place.empty()) add(place, 1);
  if (world_.memory->counts()) world_.memory->left_over(event);
  const MessageId message{event.a};
  const TopicId topic{event.c};
  switch (event.kind) {
    case EventKind::frame_arrives: world_.nodes->frame_in_flight(message); break;
    case EventKind::peer_arrives: world_.peers->in_flight(message); break;
    case EventKind::letter_arrives: world_.peers->letter_in_flight(event.a); break;
    case EventKind::publish_arrives: world_.broker->publish_in_flight(message, topic); break;
    case EventKind::broker_message_arrives: world_.broker->message_in_flight(message, topic); break;
    default: world_.heartbeats->book_in_flight(event.kind);
  }
}

void LeftOver::add(std::string_view place, std::uint64_t copies) {
  const auto found = std::ranges::find(copies_, place, &UnderWay::where);
  if (found == copies_.end())
    copies_.push_back({place, copies});
  else
    found->copies += copies;
}

}  // namespace squall
