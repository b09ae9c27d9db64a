// Answers of the broker's log, read and handed to the backplane. See node_log.hpp.
// Who asks is told once for each question, and nothing of what its process before has asked.
#include "sim/live/node/node_log.hpp"

#include <utility>

#include "sim/live/links/broker_log_script.hpp"

namespace squall::live {

std::optional<Position> Cluster::position_in(const Envelope& envelope, std::size_t first) const {
  if (spec.has_log()) {
    const auto place = envelope.log_position(first);
    return place ? std::optional<Position>(*place) : std::nullopt;
  }
  const auto message = envelope.position(first);
  return message ? std::optional<Position>(*message) : std::nullopt;
}

std::optional<FromBroker> from_broker(Cluster& cluster, std::span<const std::byte> payload) {
  std::optional<LogPlace> place;
  if (cluster.spec.has_log()) {
    place = unpack_place(payload);
    payload = payload.subspan(place ? kPlaceBytes : 0);
  }
  const auto envelope = decode_peer(payload, cluster.run.stamp);
  const bool ours = envelope && index(envelope->from) < cluster.nodes.size() &&
                    cluster.planned(envelope->message);
  if (ours) return FromBroker{envelope->from, envelope->message, place};
  cluster.strangers.message();
  return std::nullopt;
}

void NodeLog::nobody_answers() {
  if (open_.empty()) return;
  process_.later(process_.now(), [this, unanswered = std::exchange(open_, {})] {
    const std::uint32_t epoch = process_.epoch();
    for (const std::uint32_t request : unanswered) {
      backplane_.step(Fetched{request, Fetched::Outcome::unavailable});
      if (epoch != process_.epoch()) return;
    }
  });
}

void NodeLog::answered(const LogAnswer& answer) {
  if (open_.erase(answer.request) == 0) return;
  Fetched told{answer.request, answer.reached ? Fetched::Outcome::reached : Fetched::Outcome::gone,
               answer.newest};
  for (const std::span<const std::byte> payload : answer.messages) {
    const auto said = from_broker(process_.cluster(), payload);
    if (said && said->place) told.messages.push_back({said->message, *said->place});
  }
  backplane_.step(std::move(told));
}

}  // namespace squall::live
