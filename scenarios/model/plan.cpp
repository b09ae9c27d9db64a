// Laying out a plan: who there is, who is in which room, and when each user lives.
// The script is flattened in plan_script.cpp, the traffic generated in plan_traffic.cpp.
#include "scenarios/model/plan.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include <utility>

#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/room_choice.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

Distribution arrive_or_default(const Population& population, const TimeWindows& time) {
  if (population.arrive != Distribution{}) return population.arrive;
  return {Distribution::Kind::uniform, 0, time.warmup.count() / 3, 0};
}

std::uint64_t pair_key(EndpointId endpoint, std::size_t salt) {
  return static_cast<std::uint64_t>(endpoint) | static_cast<std::uint64_t>(salt) << 32;
}

}  // namespace

Plan::Plan(const Scenario& scenario, std::uint64_t seed, const std::atomic<bool>* stop)
    : scenario_(scenario), seed_(seed), stop_(stop) {
  lay_out_endpoints();
  lay_out_rooms();
  join_individuals();
  index_memberships();
  script_ = flatten_script(scenario);
}

void Plan::lay_out_endpoints() {
  for (const Population& population : scenario_.people) {
    population_from_.push_back(endpoints_);
    endpoints_ += population.count;
    lives_.push_back({Sampler(arrive_or_default(population, scenario_.time)),
                      Sampler(population.stay), Sampler(population.away),
                      Sampler(population.drop)});
  }
  const bool alike = clients_alike(scenario_);
  for (const Population& population : scenario_.people) {
    anybody_goes_straight_ = anybody_goes_straight_ || population.node;
    if (!alike) own_clients_.push_back(client_of(scenario_, population));
  }
  individuals_from_ = endpoints_;
  for (const ScriptedClient& client : scenario_.clients) {
    individual_named_.emplace(client.name, EndpointId{endpoints_++});
    if (!alike) own_clients_.push_back(client_of(scenario_, client));
  }
}

std::size_t Plan::population(EndpointId endpoint) const {
  if (individual(endpoint)) return scenario_.people.size();
  const auto after = std::ranges::upper_bound(population_from_, index(endpoint));
  return static_cast<std::size_t>(after - population_from_.begin()) - 1;
}

const ClientConfig& Plan::own_client(EndpointId endpoint) const {
  const std::size_t of_people = population(endpoint);
  if (!individual(endpoint)) return own_clients_[of_people];
  return own_clients_[of_people + index(endpoint) - individuals_from_];
}

const ScriptedClient& Plan::individual_config(EndpointId endpoint) const {
  SQUALL_CHECK(individual(endpoint));
  return scenario_.clients[index(endpoint) - individuals_from_];
}

EndpointId Plan::individual_named(const std::string& name) const {
  const auto found = individual_named_.find(name);
  SQUALL_CHECK(found != individual_named_.end());
  return found->second;
}

std::int64_t Plan::downlink(EndpointId endpoint) const {
  return individual(endpoint) ? individual_config(endpoint).downlink
                              : scenario_.people[population(endpoint)].downlink;
}

std::optional<NodeId> Plan::straight_to(EndpointId endpoint) const {
  if (!anybody_goes_straight_ || individual(endpoint)) return std::nullopt;
  const std::optional<std::uint16_t> node = scenario_.people[population(endpoint)].node;
  return node ? std::optional(NodeId{*node}) : std::nullopt;
}

TriggerId Plan::churn(EndpointId endpoint) const {
  return churn_trigger(scenario_, population(endpoint));
}

// ---- Rooms -------------------------------------------------------------------------------------

void Plan::lay_out_rooms() {
  std::uint32_t rooms = 0;
  for (const RoomSet& set : scenario_.rooms) {
    room_set_from_.push_back(rooms);
    std::uint32_t count = set.count;
    if (!set.sizes.empty()) {
      count = 0;
      for (const auto& [size, how_many] : set.sizes) count += how_many;
    }
    rooms += count;
  }
  room_set_from_.push_back(rooms);
  members_.resize(rooms);
  for (std::size_t set = 0; set < scenario_.rooms.size(); ++set) {
    fill_room_set(set, room_set_from_[set]);
  }
}

void Plan::fill_room_set(std::size_t set_index, std::uint32_t first_room) {
  const RoomSet& set = scenario_.rooms[set_index];
  if (!set.sizes.empty()) {
    fill_by_sizes(set, set_index, first_room);
    return;
  }
  RoomChoice rooms(set.count, set.zipf);
  const std::uint32_t joined = std::min(set.joined_per_user, set.count);
  for (const EndpointId endpoint : everybody_in(set)) {
    if (index(endpoint) % 64 == 0) look_at_the_flag();
    const Rng rng(seed_, Purpose::room, pair_key(endpoint, set_index));
    for (const std::uint32_t rank : rooms.choose(rng, joined)) {
      members_[first_room + rank].push_back(endpoint);
    }
  }
}

std::vector<EndpointId> Plan::everybody_in(const RoomSet& set) const {
  std::vector<EndpointId> everybody;
  for (std::size_t p = 0; p < scenario_.people.size(); ++p) {
    if (!is_in(scenario_.people[p], set)) continue;
    for (std::uint32_t n = 0; n < scenario_.people[p].count; ++n) {
      everybody.push_back(EndpointId{population_from_[p] + n});
    }
  }
  return everybody;
}

// Users fill the given room sizes in an order that the seed decides.
void Plan::fill_by_sizes(const RoomSet& set, std::size_t salt, std::uint32_t first_room) {
  std::vector<std::pair<std::uint64_t, EndpointId>> order;
  for (const EndpointId endpoint : everybody_in(set)) {
    order.emplace_back(Rng(seed_, Purpose::room, pair_key(endpoint, salt)).at(0), endpoint);
  }
  std::ranges::sort(order);
  std::size_t next = 0;
  std::uint32_t room = first_room;
  for (const auto& [size, how_many] : set.sizes) {
    for (std::uint32_t i = 0; i < how_many; ++i, ++room) {
      for (std::uint32_t m = 0; m < size && next < order.size(); ++m) {
        members_[room].push_back(order[next++].second);
      }
      std::ranges::sort(members_[room]);
      if (room % 64 == 0) look_at_the_flag();
    }
  }
}

void Plan::join(EndpointId endpoint, const std::string& name) {
  RoomId room = room_named(name);
  if (room == kNoRoom) {
    room = RoomId{static_cast<std::uint32_t>(members_.size())};
    extra_rooms_.push_back(name);
    extra_room_named_.emplace(name, room);
    members_.emplace_back();
  }
  if (seated_.emplace(endpoint, room).second) members_[index(room)].push_back(endpoint);
}

void Plan::join_individuals() {
  for (const ScriptedClient& client : scenario_.clients) {
    const EndpointId endpoint = individual_named(client.name);
    for (const std::string& room : client.rooms) {
      join(endpoint, room);
      individuals_rooms_.emplace(endpoint, room_named(room));
    }
  }
  for (const ScriptStep& step : scenario_.script) {
    if (step.verb == Verb::join) join(individual_named(step.client), step.room);
  }
}

void Plan::index_memberships() {
  membership_from_.assign(endpoints_ + 1, 0);
  for (const auto& members : members_) {
    for (const EndpointId member : members) ++membership_from_[index(member) + 1];
  }
  for (std::size_t e = 0; e < endpoints_; ++e) membership_from_[e + 1] += membership_from_[e];
  memberships_.resize(membership_from_[endpoints_]);
  std::vector<std::uint32_t> next(membership_from_.begin(), membership_from_.end() - 1);
  for (std::uint32_t room = 0; room < members_.size(); ++room) {
    if (room % 64 == 0) look_at_the_flag();
    for (std::uint32_t rank = 0; rank < members_[room].size(); ++rank) {
      memberships_[next[index(members_[room][rank])]++] = {RoomId{room}, rank};
    }
  }
}

std::span<const Membership> Plan::memberships(EndpointId endpoint) const {
  const std::uint32_t from = membership_from_[index(endpoint)];
  return {memberships_.data() + from, membership_from_[index(endpoint) + 1] - from};
}

RoomId Plan::room_named(const std::string& name) const {
  const auto extra = extra_room_named_.find(name);
  if (extra != extra_room_named_.end()) return extra->second;
  for (std::size_t set = 0; set < scenario_.rooms.size(); ++set) {
    const std::string prefix = scenario_.rooms[set].name + "-";
    if (!name.starts_with(prefix)) continue;
    std::uint32_t rank = 0;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + prefix.size(), end, rank);
    if (read.ec != std::errc{} || read.ptr != end) continue;
    if (rank >= room_set_from_[set + 1] - room_set_from_[set]) continue;
    const RoomId room{room_set_from_[set] + rank};
    if (room_name(room) == name) return room;  // "room-01" is no name of room 1
  }
  return kNoRoom;
}

std::string Plan::room_name(RoomId room) const {
  const std::size_t number = index(room);
  if (number >= room_set_from_.back()) return extra_rooms_[number - room_set_from_.back()];
  const auto after = std::ranges::upper_bound(room_set_from_, number);
  const auto set = static_cast<std::size_t>(after - room_set_from_.begin()) - 1;
  return fmt::format("{}-{}", scenario_.rooms[set].name, number - room_set_from_[set]);
}

std::string Plan::placement_key(EndpointId endpoint) const {
  if (individual(endpoint) && !individual_config(endpoint).rooms.empty()) {
    return individual_config(endpoint).rooms.front();
  }
  const auto rooms = memberships(endpoint);
  if (rooms.empty()) return fmt::format("endpoint-{}", index(endpoint));
  return room_name(rooms.front().room);
}

bool Plan::initially_joined(EndpointId endpoint, RoomId room) const {
  return !individual(endpoint) || individuals_rooms_.contains({endpoint, room});
}

// ---- Lives -------------------------------------------------------------------------------------

Time Plan::first_login(EndpointId endpoint) const {
  const Rng rng(seed_, Purpose::login, index(endpoint));
  return -scenario_.time.warmup + Duration{lives(endpoint).arrive.sample(rng.at(0))};
}

Duration Plan::stay(EndpointId endpoint, std::uint32_t n) const {
  return Duration{lives(endpoint).stay.sample(Rng(seed_, Purpose::stay, index(endpoint)).at(n))};
}

Duration Plan::away(EndpointId endpoint, std::uint32_t n) const {
  return Duration{lives(endpoint).away.sample(Rng(seed_, Purpose::away, index(endpoint)).at(n))};
}

Duration Plan::until_drop(EndpointId endpoint, std::uint32_t n) const {
  return Duration{lives(endpoint).drop.sample(Rng(seed_, Purpose::drop, index(endpoint)).at(n))};
}

bool Plan::drop_is_silent(EndpointId endpoint, std::uint32_t n) const {
  const double share = scenario_.people[population(endpoint)].silent_drop;
  return unit(Rng(seed_, Purpose::silent, index(endpoint)).at(n)) < share;
}

}  // namespace squall
