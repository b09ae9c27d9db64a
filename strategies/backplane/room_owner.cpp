// No backplane, but a room has one owner, which the registry names. Whoever gets the first client
// of a room takes it over, with a newer epoch: the balancer sends people there now. Whoever learns
// that he has lost one closes its clients with 1012, and the balancer brings them to the owner.
//
// Relayed, and not taken over: a hot room, which may have overflowed with bounded loads, and what
// was taken from here a moment ago, as nobody is to be sent to and fro. What is said there goes to
// its owner, and from there to all nodes.
// A client belongs to the room that the balancer hashes for it, the first of its own; what it says
// in others, or to people elsewhere, is lost as without an owner.
#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "strategies/backplane/epoch.hpp"
#include "strategies/backplane/maker.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/registry.hpp"
#include "strategies/core/placement.hpp"

namespace squall {
namespace {

constexpr Option kFenceCheck =
    duration_option("fence_check", "how often a node asks who owns its rooms",
                    {.fallback = std::chrono::seconds{1},
                     .low = std::chrono::milliseconds{1},
                     .high = std::chrono::hours{1},
                     .source = "uncalibrated"});
constexpr Option kHotRoom{.name = "hot_room",
                          .meaning = "clients of a room at its owner, from which on it is relayed",
                          .kind = Option::Kind::count,
                          .fallback = 1000,
                          .low = 1,
                          .high = 100'000'000,
                          .source = "uncalibrated"};
constexpr std::array kRoomOwnerOptions{kFenceCheck, kHotRoom};

constexpr std::uint32_t kCheck = 1;                    // the only timer
constexpr Duration kQuiet = std::chrono::seconds{10};  // no room is taken back sooner
constexpr Duration kAgain = std::chrono::seconds{5};   // entries are written again

// Two entries of a room: who owns it, and whether it is relayed.
std::uint32_t owner_key(RoomId room) { return kRoomKey | 2 * static_cast<std::uint32_t>(room); }
std::uint32_t relay_key(RoomId room) { return owner_key(room) + 1; }
RoomId room_of(std::uint32_t key) { return RoomId{(key & ~kRoomKey) / 2}; }

class RoomOwner final : public Backplane {
 public:
  RoomOwner(const StrategySpec& spec, const BackplaneContext& context)
      : context_(context),
        check_(duration_of(kFenceCheck, spec)),
        hot_(static_cast<std::size_t>(value_of(kHotRoom, spec))),
        miss_(none_row().uncovered(spec)) {}

  void step(Time now, Input input, Actions& actions) override {
    now_ = now;
    std::visit(Match{
                   [&](Started&) { actions.arm(kCheck, check_); },
                   [&](Timer&) { check(actions); },
                   [&](SessionOpened& in) { opened(in.endpoint, actions); },
                   [&](SessionClosed& in) { closed(in.endpoint, actions); },
                   [&](RegistryReply& in) { answered(in, actions); },
                   [&](ClientMessage& in) { say(std::move(in.copy), actions); },
                   [&](PeerMessage& in) { hear(in.from, std::move(in.copy), actions); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions&) override {}

 private:
  using Verb = RegistryCall::Verb;
  struct Home {  // a room of which clients are here
    std::set<EndpointId> clients = {};
    std::uint64_t epoch = 0;     // of our claim; 0: it is not ours
    bool claiming = false;       // and not answered yet
    NodeId relays_to = kNoNode;  // its owner, when it is not us
    bool relayed = false;        // others are, or it is hot
    Time written = kBeforeAll;
  };

  // ---- clients ----
  void opened(EndpointId who, Actions& actions) {
    const std::vector<RoomId> rooms = context_.sessions.rooms_of(who);
    if (rooms.empty()) return;
    leave(who, actions);
    const RoomId room = rooms.front();
    const auto [home, first] = homes_.try_emplace(room);
    home->second.clients.insert(who);
    home_of_[who] = room;
    if (first) ask({room}, actions);
  }

  void closed(EndpointId who, Actions& actions) {
    if (!context_.sessions.has(who)) leave(who, actions);
  }

  void leave(EndpointId who, Actions& actions) {
    const auto found = home_of_.find(who);
    if (found == home_of_.end()) return;
    const RoomId room = found->second;
    home_of_.erase(found);
    const auto home = homes_.find(room);
    home->second.clients.erase(who);
    if (!home->second.clients.empty()) return;
    if (home->second.epoch != 0) actions.call({Verb::delete_if_mine, {owner_key(room)}});
    homes_.erase(home);
  }

  // ---- who owns a room ----
  void check(Actions& actions) {
    actions.arm(kCheck, check_);
    std::vector<RoomId> mine;
    for (auto& [room, home] : homes_) {
      mine.push_back(room);
      write_again(room, home, actions);
    }
    if (!mine.empty()) ask(mine, actions);
  }

  // An entry has a lease.
  void write_again(RoomId room, Home& home, Actions& actions) {
    if (home.written != kBeforeAll && now_ < home.written + kAgain) return;
    const bool owns = home.epoch != 0;
    const bool marks = home.relays_to != kNoNode || (owns && home.clients.size() >= hot_);
    if (!owns && !marks) return;
    home.written = now_;
    if (owns) actions.call({Verb::set_if_newer, {owner_key(room)}, 0, home.epoch});
    if (marks) actions.call({Verb::set_route, {relay_key(room)}});
  }

  void ask(const std::vector<RoomId>& rooms, Actions& actions) {
    std::vector<std::uint32_t> keys;
    for (const RoomId room : rooms) {
      keys.push_back(owner_key(room));
      keys.push_back(relay_key(room));
    }
    actions.call({Verb::get_routes, std::move(keys), ++last_request_});
  }

  void answered(const RegistryReply& reply, Actions& actions) {
    if (const auto claim = claims_.find(reply.request); claim != claims_.end()) {
      const auto [room, epoch] = claim->second;
      claims_.erase(claim);
      claimed(room, epoch, reply, actions);
      return;
    }
    if (!reply.available) return;  // it is asked again
    for (std::size_t i = 0; i + 1 < reply.nodes.size(); i += 2) {
      const RoomId room = room_of(reply.keys[i]);
      const auto home = homes_.find(room);
      if (home == homes_.end() || home->second.claiming) continue;
      const bool hot = home->second.clients.size() >= hot_;
      home->second.relayed = reply.nodes[i + 1] != kNoNode || hot;
      learn(room, home->second, reply.nodes[i], actions);
    }
  }

  void learn(RoomId room, Home& home, NodeId owner, Actions& actions) {
    if (owner == context_.self && home.epoch != 0) return;
    if (owner == kNoNode || owner == context_.self) return claim(room, home, actions);
    if (home.epoch != 0) return send_away(room, home, owner, actions);
    const auto lost = lost_.find(room);
    const bool just_lost = lost != lost_.end() && now_ < lost->second + kQuiet;
    const bool relays = home.relays_to != kNoNode || home.relayed || just_lost;
    if (!relays) return claim(room, home, actions);
    const bool news = std::exchange(home.relays_to, owner) == kNoNode;
    if (news) actions.call({Verb::set_route, {relay_key(room)}});
  }

  // With an epoch that is newer than anybody's: who was there before loses it.
  void claim(RoomId room, Home& home, Actions& actions) {
    const std::uint64_t epoch = home.epoch != 0 ? home.epoch : epoch_of(now_);
    home.claiming = true;
    home.relays_to = kNoNode;
    claims_.emplace(++last_request_, Claim{room, epoch});
    actions.call({Verb::set_if_newer, {owner_key(room)}, last_request_, epoch});
  }

  // Somebody was faster: the answer to the next question says who.
  void claimed(RoomId room, std::uint64_t epoch, const RegistryReply& reply, Actions& actions) {
    const auto home = homes_.find(room);
    if (home == homes_.end()) {
      if (reply.applied) actions.call({Verb::delete_if_mine, {owner_key(room)}});
      return;
    }
    home->second.claiming = false;
    if (!reply.available) return;
    home->second.epoch = epoch;
    home->second.written = now_;
    if (!reply.applied) ask({room}, actions);
  }

  void send_away(RoomId room, Home& home, NodeId owner, Actions& actions) {
    lost_[room] = now_;
    home.epoch = 0;
    home.relays_to = kNoNode;
    for (const EndpointId who : home.clients) actions.send_away(who, owner);
  }

  // ---- messages ----
  void say(Copy copy, Actions& actions) {
    const Address to = copy.message().address;
    if (to.kind == Address::Kind::user) {
      if (context_.sessions.has(to.endpoint()))
        actions.push(std::move(copy));
      else
        actions.drop(std::move(copy), miss_);
      return;
    }
    if (const auto home = homes_.find(to.room()); home != homes_.end()) {
      relay(copy, home->second, kNoNode, actions);
    }
    actions.push(std::move(copy));
  }

  void hear(NodeId from, Copy copy, Actions& actions) {
    const Address to = copy.message().address;
    const auto home = homes_.find(to.room());
    const bool of_room = to.kind == Address::Kind::room && home != homes_.end();
    if (of_room && home->second.epoch != 0) relay(copy, home->second, from, actions);
    actions.push(std::move(copy));
  }

  void relay(const Copy& copy, const Home& home, NodeId from, Actions& actions) {
    if (home.epoch == 0) {
      if (home.relays_to != kNoNode) actions.forward(actions.fork(copy), home.relays_to);
      return;
    }
    if (!home.relayed && from == kNoNode) return;
    for (std::uint16_t n = 0; n < context_.nodes; ++n) {
      const NodeId node{n};
      if (node != context_.self && node != from) actions.forward(actions.fork(copy), node);
    }
  }

  struct Claim {
    RoomId room;
    std::uint64_t epoch;
  };

  BackplaneContext context_;
  Duration check_;
  std::size_t hot_;
  Mechanism miss_;
  Time now_{0};
  std::map<RoomId, Home> homes_;
  std::map<EndpointId, RoomId> home_of_;
  std::map<RoomId, Time> lost_;  // when it was taken from here
  std::map<std::uint32_t, Claim> claims_;
  std::uint32_t last_request_ = 0;
};

}  // namespace

BackplaneRow room_owner_row() {
  return {.name = "room_owner",
          .meaning =
              "as none; a room has one owner, who loses it to a newer one and sends its "
              "clients there",
          .needs = {.registry = true, .peers = true},
          .reach = Reach::own_node,
          .covers = Covers::always,
          .asks = Asks::never,
          .options = kRoomOwnerOptions,
          .uncovered = none_row().uncovered,
          .make = make<RoomOwner>};
}

}  // namespace squall
