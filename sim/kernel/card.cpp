// Pieces of time in which the card is busy: a new one fills the gaps. See card.hpp.
// Pieces that touch become one, so that a card with a long queue has few.
#include "sim/kernel/card.hpp"

#include <iterator>

namespace squall {

Time Card::serve(Time at, Duration work, Time now) {
  while (!busy_.empty() && busy_.begin()->second < now) busy_.erase(busy_.begin());
  Time begin = at, end = at;
  auto next = busy_.upper_bound(at);
  if (next != busy_.begin() && std::prev(next)->second >= at) {
    const auto before = std::prev(next);
    begin = before->first, end = before->second;
    next = busy_.erase(before);
  }
  while (next != busy_.end() && next->first - end < work) {
    work -= next->first - end;
    end = next->second;
    next = busy_.erase(next);
  }
  end += work;
  busy_.emplace_hint(next, begin, end);
  return end;
}

Time Card::serve(ConnectionId connection, Time at, Bytes bytes, Duration work, Time now) {
  const Time out = serve(at, work, now);
  Unsent& unsent = unsent_[connection];
  unsent.frames.push_back({out, bytes});
  unsent.bytes += bytes;
  return out;
}

Duration Card::until_there_is(Bytes room, ConnectionId connection, Time at) {
  const auto found = unsent_.find(connection);
  if (found == unsent_.end()) return Duration{0};
  Unsent& unsent = found->second;
  while (!unsent.frames.empty() && unsent.frames.front().out <= at) {
    unsent.bytes -= unsent.frames.front().bytes;
    unsent.frames.pop_front();
  }
  if (unsent.bytes <= room) return Duration{0};
  Bytes later = 0;
  for (auto frame = unsent.frames.rbegin(); frame != unsent.frames.rend(); ++frame) {
    later += frame->bytes;
    if (later > room) return frame->out - at;
  }
  return Duration{0};
}

}  // namespace squall
