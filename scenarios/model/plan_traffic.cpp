// Traffic classes as time-ordered generators. Open loop: t_intend never waits for anybody.
// Who speaks, to whom and how much is keyed by (class, count): the same for every strategy.
#include <algorithm>

#include "scenarios/model/plan.hpp"
#include "scenarios/model/recipients.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

// How often a generator looks for somebody who is online before it lets a message go unsent.
constexpr std::uint64_t kTries = 64;

Distribution gap_of(const Traffic& traffic) {
  const std::int64_t mean =
      static_cast<std::int64_t>(1e18 / static_cast<double>(traffic.rate_per_second_nano));
  if (!traffic.poisson) return Distribution::fixed(mean);
  return {Distribution::Kind::exponential, mean, 0, 0};
}

}  // namespace

TrafficSource::TrafficSource(const Plan& plan, std::uint16_t traffic)
    : plan_(plan),
      traffic_(plan.scenario().traffic[traffic]),
      number_(traffic),
      upcoming_(-plan.scenario().time.warmup),
      gap_(gap_of(traffic_)),
      size_(traffic_.size),
      changes_(rate_changes(plan.scenario(), traffic_)) {
  const Scenario& scenario = plan.scenario();
  sender_count_ = plan.individuals_from_;
  for (std::size_t i = 0; i < scenario.people.size(); ++i) {
    if (scenario.people[i].name != traffic_.from) continue;
    sender_from_ = plan.population_from_[i];
    sender_count_ = scenario.people[i].count;
  }
  for (std::size_t set = 0; set < scenario.rooms.size(); ++set) {
    if (traffic_.to != TrafficTo::room || scenario.rooms[set].name != traffic_.room_set) continue;
    for (std::uint32_t room = plan.room_set_from_[set]; room < plan.room_set_from_[set + 1];
         ++room) {
      for (const EndpointId member : plan.members(RoomId{room})) {
        if (from_backend(traffic_) ||
            (index(member) >= sender_from_ && index(member) < sender_from_ + sender_count_)) {
          slots_.emplace_back(RoomId{room}, member);
        }
      }
    }
  }
  slots_.shrink_to_fit();
  advance();
}

// The next arrival of a Poisson (or even) process whose rate the script changes: the gap is used up
// faster where it is higher.
void TrafficSource::advance() {
  const Rng rng(plan_.seed(), Purpose::arrival, number_);
  double gap = static_cast<double>(gap_.sample(rng.at(count_)));
  double now = static_cast<double>(upcoming_.count());
  for (;;) {
    const double times = times_at(changes_, now);
    double change = static_cast<double>(kNever.count());
    for (const RateChange& next : changes_) {
      if (now < next.begin) change = std::min(change, next.begin);
      if (next.begin <= now && now < next.end) change = std::min(change, next.end);
    }
    if (now + gap / times <= change) {
      upcoming_ = Time{static_cast<std::int64_t>(now + gap / times)};
      return;
    }
    gap -= (change - now) * times;
    now = change;
  }
}

std::optional<Send> TrafficSource::next(std::span<const std::uint8_t> online) {
  const Time at = upcoming_;
  RoomId room = kNoRoom;
  const auto sender = pick_sender(online, room);
  const auto target = sender ? pick_target(*sender, room, online) : std::nullopt;
  const Bytes drawn = size_.sample(Rng(plan_.seed(), Purpose::size, number_).at(count_));
  const Bytes size = std::clamp<Bytes>(drawn, 1, kLargestMessage);
  ++count_;
  advance();
  if (!target) return std::nullopt;
  return Send{at, number_, *sender, *target, size};
}

std::optional<EndpointId> TrafficSource::pick_sender(std::span<const std::uint8_t> online,
                                                     RoomId& room) const {
  const Rng rng(plan_.seed(), Purpose::sender, number_);
  const Rng rooms(plan_.seed(), Purpose::target, number_);
  const bool to_room = traffic_.to == TrafficTo::room;
  if (to_room && slots_.empty()) return std::nullopt;
  if (from_backend(traffic_)) {  // which room: as if one of its members had spoken
    if (to_room) room = slots_[below(rooms.at(count_), slots_.size())].first;
    return plan_.individual_named(std::string(kBackend));
  }
  const bool member = to_room && traffic_.from != "any";  // anybody may speak into a room
  const std::uint64_t choices = member ? slots_.size() : sender_count_;
  if (choices == 0) return std::nullopt;
  for (std::uint64_t n = 0; n < kTries; ++n) {
    const std::uint64_t chosen = below(rng.at(count_ * kTries + n), choices);
    const EndpointId sender = member
                                  ? slots_[chosen].second
                                  : EndpointId{sender_from_ + static_cast<std::uint32_t>(chosen)};
    if (!online[index(sender)]) continue;
    if (member)
      room = slots_[chosen].first;
    else if (to_room)
      room = slots_[below(rooms.at(count_), slots_.size())].first;
    return sender;
  }
  return std::nullopt;
}

std::optional<Address> TrafficSource::pick_target(EndpointId sender, RoomId room,
                                                  std::span<const std::uint8_t> online) const {
  if (traffic_.to == TrafficTo::room) return Address::room(room);
  const Rng rng(plan_.seed(), Purpose::target, number_);
  std::span<const EndpointId> roommates;
  if (traffic_.to == TrafficTo::user_roommate) {
    const auto memberships = plan_.memberships(sender);
    if (memberships.empty()) return std::nullopt;
    roommates = plan_.members(memberships.front().room);
  }
  const bool among_all = traffic_.to != TrafficTo::user_roommate;
  const std::uint64_t choices = among_all ? plan_.individuals_from_ : roommates.size();
  for (std::uint64_t n = 0; n < kTries; ++n) {
    const std::uint64_t chosen = below(rng.at(count_ * kTries + n), choices);
    const EndpointId target =
        among_all ? EndpointId{static_cast<std::uint32_t>(chosen)} : roommates[chosen];
    if (target == sender) continue;
    if (traffic_.to == TrafficTo::user_any || online[index(target)]) return Address::user(target);
  }
  return std::nullopt;
}

}  // namespace squall
