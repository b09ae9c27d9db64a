// Keeps, finds, stops. See life.hpp.
// An engine tells the ends of a message in one go, so the first sight of another one closes it.
#include "sim/cli/explain/life.hpp"

namespace squall {
namespace {

constexpr std::size_t kKeptCapacity = 64;  // sights; a large room's list is given back

}  // namespace

bool is_end(Sight::What what) {
  return what == Sight::What::received || what == Sight::What::repeated ||
         what == Sight::What::missed || what == Sight::What::lost;
}

const Sight* Life::lost(EndpointId who) const {
  for (const Sight& sight : sights) {
    if (sight.what == Sight::What::lost && sight.endpoint == who) return &sight;
  }
  return nullptr;
}

bool Follower::fits(const Sight& sight) {
  if (sight.what != Sight::What::lost) return false;
  if (wanted_.cause && sight.death.mechanism != *wanted_.cause) return false;
  if (wanted_.user && sight.endpoint != *wanted_.user) return false;
  return ++lost_seen_ == wanted_.nth;
}

void Follower::see(const Message& message, const Sight& sight) {
  if (told_.load(std::memory_order_relaxed)) stop_ = true;
  if (settled_) return;
  if (found_ && sight.message != life_.number) {
    const bool ended = !life_.sights.empty() && is_end(life_.sights.back().what);
    const bool place_is_anothers = message.id == life_.message.id;
    if (!ended && !place_is_anothers) return;
    settled_ = true;
    stop_ = !wanted_.to_the_end;
    return;
  }
  if (wanted_.message) {
    if (sight.message == *wanted_.message) keep(message, sight);
    return;
  }
  if (found_) return keep(message, sight);
  if (places_.size() <= index(message.id)) places_.resize(index(message.id) + 1);
  Place& place = places_[index(message.id)];
  if (place.number != sight.message || sight.what == Sight::What::offered) {
    if (place.sights.capacity() > kKeptCapacity) place.sights = {};
    place.sights.clear();
    place.number = sight.message;
  }
  place.sights.push_back(sight);
  if (!fits(sight)) return;
  found_ = true;
  life_.message = message;
  life_.number = sight.message;
  life_.focus = sight.endpoint;
  life_.sights = std::move(place.sights);
}

void Follower::keep(const Message& message, const Sight& sight) {
  found_ = true;
  life_.message = message;
  life_.number = sight.message;
  life_.sights.push_back(sight);
  if (wanted_.user) {
    life_.focus = *wanted_.user;
  } else if (sight.what == Sight::What::lost && life_.focus == kNoEndpoint) {
    life_.focus = sight.endpoint;
  }
}

void Follower::connection(ConnectionId, const ConnectionRecord& life) {
  if (!found_ || life.opened == kNever) return;
  if (life.endpoint == life_.message.sender || life.endpoint == life_.focus) {
    life_.lives.push_back(life);
  }
}

std::optional<Life> Follower::take() {
  if (!found_) return std::nullopt;
  return std::move(life_);
}

}  // namespace squall
