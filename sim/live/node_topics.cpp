// Topics of the broker, and who has been told that he is in. See node.hpp.
//
// A topic is heard from the broker's acknowledgement on: that is when the fact is written down and
// when the backplane is told. What ends it is the node's own wish, which takes effect at once in
// the books, or the end of the link.
#include <algorithm>

#include "sim/books/blame.hpp"
#include "sim/live/node_session.hpp"

namespace squall::live {

// ---- what a backplane may ask ------------------------------------------------------------------

std::vector<RoomId> Node::rooms() const {
  std::vector<RoomId> occupied;
  for (std::uint32_t r = 0; r < rooms_.size(); ++r) {
    if (!rooms_[r].empty()) occupied.push_back(RoomId{r});
  }
  return occupied;
}

std::vector<EndpointId> Node::here(RoomId room) const {
  std::vector<EndpointId> members;
  for (const Seat& seat : rooms_[index(room)]) members.push_back(seat.session->endpoint);
  return members;
}

std::vector<RoomId> Node::rooms_of(EndpointId endpoint) const {
  const Session* const session = by_endpoint_[index(endpoint)];
  return session == nullptr ? std::vector<RoomId>{} : session->rooms;
}

// ---- topics ------------------------------------------------------------------------------------

// "squall:RUN", "squall:RUN:room:7"
std::string Node::text_of(Topic topic) const {
  const std::string all = cluster_.run.topic();
  return topic.kind == Topic::Kind::global ? all : all + ":" + name(topic);
}

void Node::ask_broker(Topic topic, bool yes) {
  const std::string text = text_of(topic);
  yes ? topics_.insert_or_assign(text, topic) : topics_.try_emplace(text, topic);
  if (!by_topic_) {  // such a link hears the global topic whenever it is up
    SQUALL_CHECK(topic.kind == Topic::Kind::global);
    if (subscribed_) later(loop_.now(), [this, topic, yes] { subscribed(topic, yes); });
    return;
  }
  if (!yes) note(FactKind::topic, topic.id, static_cast<std::uint32_t>(topic.kind), 0);
  yes ? broker_->subscribe(text) : broker_->unsubscribe(text);
}

void Node::link_subscribed(std::string_view text, bool yes) {
  const auto found = topics_.find(text);
  if (found == topics_.end()) return;
  const Topic topic = found->second;
  if (yes) note(FactKind::topic, topic.id, static_cast<std::uint32_t>(topic.kind), 1);
  if (subscribed_)
    subscribed(topic, yes);
  else if (yes)
    early_.push_back(topic);
}

void Node::subscribed(Topic topic, bool yes) { step(Subscribed{topic, yes}); }

// The link is up: first that, then what is heard already.
void Node::tell_topics() {
  std::vector<Topic> heard = std::exchange(early_, {});
  if (!by_topic_) {
    for (const auto& [text, topic] : topics_) heard.push_back(topic);
  }
  step(BrokerState{true});
  for (const Topic topic : heard) subscribed(topic, true);
}

// ---- who is in ---------------------------------------------------------------------------------

void Node::welcome(Session& session, const Resumption& resumption) {
  session.welcomed = true;
  std::vector<std::uint32_t> seated;
  if (cluster_.resumes()) {
    const auto recovered = static_cast<std::uint8_t>(resumption.recovered);
    seated.push_back(recovered);
    add_position(seated, resumption.position);
    note(FactKind::resumed, static_cast<std::uint32_t>(session.connection), 0, recovered);
  }
  if (cluster_.plan.individual(session.endpoint)) {
    for (const RoomId room : session.rooms) seated.push_back(static_cast<std::uint32_t>(room));
  }
  session.channel->send(
      make_frame(encode_frame(Opcode::binary, encode_note(FrameKind::welcome, seated))));
}

void Node::welcome_to_room(Session& session, RoomId room) {
  const std::uint32_t number[] = {static_cast<std::uint32_t>(room)};
  session.channel->send(
      make_frame(encode_frame(Opcode::binary, encode_note(FrameKind::joined, number))));
}

// Who has gone meanwhile, or has left the room, is told nothing.
void Node::admit(const Admit& guest) {
  Session* const session = by_endpoint_[index(guest.endpoint)];
  if (session == nullptr || !session->open) return;
  if (!guest.room) {
    if (!session->welcomed) welcome(*session, guest.resumption);
  } else if (std::ranges::find(session->rooms, *guest.room) != session->rooms.end()) {
    welcome_to_room(*session, *guest.room);
  }
}

void Node::send_away(const SendAway& whom) {
  Session* const session = by_endpoint_[index(whom.endpoint)];
  if (session == nullptr) return;
  close_session(*session, CloseReason::drain, taken_away_by(cluster_.plan, whom.to, loop_.now()));
}

void Node::tell_closed(EndpointId endpoint) {
  for (const RoomId room : std::exchange(vacated_, {})) step(RoomVacated{room});
  step(SessionClosed{endpoint});
}

}  // namespace squall::live
