// What a node asks the broker's log, and what it makes of the answer. See node.hpp.
// A question that cannot be put, or whose connection ends, is answered `unavailable`: from the
// loop, never from inside the question.
#include "sim/live/links/broker_log_script.hpp"
#include "sim/live/node.hpp"

namespace squall::live {

std::optional<Position> Cluster::position_in(const Envelope& envelope, std::size_t first) const {
  if (spec.has_log()) {
    const auto place = envelope.log_position(first);
    return place ? std::optional<Position>(*place) : std::nullopt;
  }
  const auto message = envelope.position(first);
  return message ? std::optional<Position>(*message) : std::nullopt;
}

void Node::fetch(const Fetch& question) {
  questions_.insert(question.request);
  const bool asked =
      speaking_ && broker_->fetch(text_of(question.topic), question.after, question.request);
  if (!asked) nobody_answers();
}

void Node::nobody_answers() {
  if (questions_.empty()) return;
  later(loop_.now(), [this, unanswered = std::exchange(questions_, {})] {
    const std::uint32_t epoch = epoch_;
    for (const std::uint32_t request : unanswered) {
      step(Fetched{request, Fetched::Outcome::unavailable});
      if (epoch != epoch_) return;
    }
  });
}

void Node::link_fetched(const LogAnswer& answer) {
  if (questions_.erase(answer.request) == 0) return;
  Fetched told{answer.request,
               answer.reached ? Fetched::Outcome::reached : Fetched::Outcome::gone, answer.newest};
  for (const std::span<const std::byte> payload : answer.messages) {
    const auto said = from_broker(payload);
    if (said && said->place) told.messages.push_back({said->message, *said->place});
  }
  step(std::move(told));
}

// Nothing where it is not of this run.
std::optional<Node::FromBroker> Node::from_broker(std::span<const std::byte> payload) {
  std::optional<LogPlace> place;
  if (cluster_.spec.has_log()) {
    place = unpack_place(payload);
    payload = payload.subspan(place ? kPlaceBytes : 0);
  }
  const auto envelope = decode_peer(payload, cluster_.run.stamp);
  const bool ours = envelope && index(envelope->from) < cluster_.nodes.size() &&
                    cluster_.planned(envelope->message);
  if (ours) return FromBroker{envelope->from, envelope->message, place};
  cluster_.strangers.message();
  return std::nullopt;
}

}  // namespace squall::live
