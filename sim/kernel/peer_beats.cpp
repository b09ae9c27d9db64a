// Pings, pongs and what acknowledges them. See peer_beats.hpp.
// The ping is acknowledged by the pong (what it makes of the acknowledgements of other things:
// Peers::acknowledge()); that by a segment of its own, as mostly nothing else goes there.
#include "sim/kernel/peer_beats.hpp"

#include <algorithm>

#include "sim/books/paths.hpp"

namespace squall {

void PeerBeats::end(NodeId node, Time now, ByteBook& bytes) {
  const std::size_t gone = index(node);
  for (std::size_t other = 0; other < up_since_.size(); ++other) {
    if (other == gone || up_since_[other] == kNever || up_since_[gone] == kNever) continue;
    const Time since = std::max(up_since_[gone], up_since_[other]);
    const NodeId another{static_cast<std::uint16_t>(other)};
    book(node, another, since, now, bytes);
    book(another, node, since, now, bytes);
  }
  up_since_[gone] = kNever;
}

void PeerBeats::finish(Time now, ByteBook& bytes) {
  for (std::size_t n = 0; n < up_since_.size(); ++n) {
    end(NodeId{static_cast<std::uint16_t>(n)}, now, bytes);
  }
}

std::int64_t PeerBeats::beats(Time since, Time until) const {
  return until <= since ? 0 : ((until - since).count() - 1) / every_.count() + 1;
}

// Ascending by their beginnings.
std::vector<TimeRange> PeerBeats::silences(NodeId from, NodeId to) const {
  std::vector<TimeRange> silences;
  for (const NodeId node : {from, to}) {
    for (const Pause& pause : plan_.pauses(node)) silences.push_back(pause.range);
  }
  for (const Partition& partition : plan_.partitions()) {
    if (crosses(partition, node_place(from), node_place(to))) silences.push_back(partition.range);
  }
  std::ranges::sort(silences, {}, &TimeRange::begin);
  return silences;
}

std::optional<Time> PeerBeats::last(NodeId pings, NodeId pongs, Time now) const {
  Time since = std::max(up_since_[index(pings)], up_since_[index(pongs)]), until = now;
  for (const TimeRange& silence : silences(pings, pongs)) {
    if (silence.begin >= now) break;
    if (silence.end <= now) {
      since = std::max(since, silence.end);
    } else {
      until = std::min(until, silence.begin);
    }
  }
  if (until < since) return std::nullopt;
  return since + (until - since) / every_ * every_;
}

void PeerBeats::book(NodeId from, NodeId to, Time since, Time until, ByteBook& bytes) const {
  for (const TimeRange& silence : silences(from, to)) {
    book_answered(from, to, since, std::min(until, silence.begin), bytes);
    since = std::max(since, silence.end);
  }
  book_answered(from, to, since, until, bytes);
}

void PeerBeats::book_answered(NodeId pings, NodeId pongs, Time since, Time until,
                              ByteBook& bytes) const {
  constexpr WireCost kPing = wire::websocket(0, true, wire::Tls::off);
  constexpr WireCost kPong = wire::websocket(0, false, wire::Tls::off);
  const auto some = [&](std::int64_t times, Time at) {
    bytes.sent(Link::node_to_node, BytePurpose::control, kPing, at, pings, times, pongs);
    bytes.sent(Link::node_to_node, BytePurpose::control, kPong, at, pongs, times, pings);
    bytes.received(Link::node_to_node, kPing, times);
    bytes.received(Link::node_to_node, kPong, times);
    bytes.acknowledged(Link::node_to_node, times, at, pings, pongs);
  };
  const std::int64_t all = beats(since, until), before = beats(since, std::min(until, Time{0}));
  const std::int64_t counted = beats(since, std::min(until, measure_)) - before;
  some(counted, Time{0});
  some(all - counted, measure_);
}

}  // namespace squall
