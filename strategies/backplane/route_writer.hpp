// What a node has in the registry: the routes of its sessions and the rooms of its members, under a
// lease of the node's if it has one.
//
// With a lease one key is renewed, whoever is here; what is written down is written again when the
// lease had gone, or once in half a day. A write whose answer is waited for and that could not be
// made is made again. With `waits` nobody is welcome before his route is there.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "strategies/backplane/epoch.hpp"
#include "strategies/backplane/own_routes.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

class RouteWriter {
 public:
  struct How {
    bool waits;   // the welcome does
    bool leased;  // routes are under the lease of the node
    bool rooms;   // this node is in the set of each room that is here, under its lease
  };
  // The numbers of requests are the backplane's own.
  RouteWriter(const BackplaneContext& context, const How& how, std::uint32_t& last_request)
      : context_(context),
        how_(how),
        last_request_(last_request),
        own_(how.leased ? OwnRoutes::Kind::held : OwnRoutes::Kind::fenced) {}

  void started(Time now, Actions& actions) {
    written_ = now;
    since_ = epoch_of(now);
    if (!how_.leased && !how_.rooms) return;
    hold(actions);
    actions.arm(kRenew, context_.renewal);
  }

  void opened(EndpointId endpoint, Time now, Actions& actions) {
    elsewhere_.erase(endpoint);
    if (how_.waits) guests_.insert(endpoint);
    own_.opened(endpoint, now, actions, request_for(endpoint));
  }

  void closed(EndpointId endpoint, Actions& actions) {
    if (how_.leased && context_.sessions.has(endpoint)) return;  // on another connection
    elsewhere_.erase(endpoint);
    guests_.erase(endpoint);
    writes_.erase(endpoint);
    own_.closed(endpoint, actions, how_.leased ? request_for(endpoint) : 0);
  }

  void renewal_due(EndpointId endpoint, Actions& actions) {
    if (!how_.leased) own_.renew(endpoint, actions);
  }

  void occupied(RoomId room, Actions& actions) {
    if (how_.rooms) say_room(room, true, actions);
  }
  void vacated(RoomId room, Actions& actions) {
    if (how_.rooms) say_room(room, false, actions);
  }

  // A replica may have taken its place, which never heard of what was written last.
  void back(Time now, Actions& actions) {
    if (how_.leased || how_.rooms) {
      now_ = now;
      gone_ = true;
      hold(actions);
    }
    if (how_.leased) return;
    for (const EndpointId endpoint : own_.all()) own_.renew(endpoint, actions);
  }

  // Whether it was a timer of ours.
  bool due(std::uint32_t timer, Time now, Actions& actions) {
    if ((timer & kWriteAgain) != 0) return write_again(EndpointId{timer & ~kWriteAgain}, actions);
    if (timer == kRenew) {
      actions.arm(kRenew, context_.renewal);
      if (now - written_ >= kRewritten) gone_ = true;
      now_ = now;
      hold(actions);
    } else if (timer == kHoldAgain) {
      holds_again_ = false;
      hold(actions);
    } else if ((timer & kRoomAgain) != 0) {
      const RoomId room{timer & ~kRoomAgain};
      say_room(room, !context_.sessions.here(room).empty(), actions);
    } else {
      return false;
    }
    return true;
  }

  // Whether it was an answer to us. Who is `in` by it is found from now on.
  bool answered(const RegistryReply& reply, std::optional<EndpointId>& in, Actions& actions) {
    if (reply.request == 0) return false;
    if (reply.request == lease_request_) {
      reply.available ? held(reply.applied, actions) : not_held(actions);
      return true;
    }
    if (const auto room = rooms_.extract(reply.request)) {
      const auto number = static_cast<std::uint32_t>(room.mapped());
      if (!reply.available) actions.arm(kRoomAgain | number, kPatience);
      return true;
    }
    const auto write = std::ranges::find(writes_, reply.request, &Writes::value_type::second);
    if (write == writes_.end()) return false;
    const EndpointId endpoint = write->first;
    if (!reply.available) {
      actions.arm(kWriteAgain | static_cast<std::uint32_t>(endpoint), kPatience);
    } else if (!how_.leased || !gone_ || !context_.sessions.has(endpoint)) {  // else: again
      writes_.erase(write);
      if (context_.sessions.has(endpoint)) in = endpoint;
      if (guests_.erase(endpoint) > 0) actions.admit(endpoint);
    }
    return true;
  }

  // Of a session that is here.
  Time opened_at(EndpointId endpoint) const { return own_.opened_at(endpoint); }
  std::uint64_t epoch(EndpointId endpoint) const { return epoch_of(opened_at(endpoint)); }

  // Whether he is here, as far as is known: a session of his may be left from before he went.
  bool here(EndpointId endpoint) const {
    return context_.sessions.has(endpoint) && !elsewhere_.contains(endpoint);
  }
  bool has_gone(EndpointId endpoint, std::uint64_t since) {
    const bool left = context_.sessions.has(endpoint) && since > epoch(endpoint);
    if (left) elsewhere_.insert(endpoint);
    return left;
  }

 private:
  using Writes = std::map<EndpointId, std::uint32_t>;

  // 0: nobody waits for the answer.
  std::uint32_t request_for(EndpointId endpoint) {
    if (!how_.waits && !how_.leased) return 0;
    return writes_[endpoint] = ++last_request_;
  }

  bool write_again(EndpointId endpoint, Actions& actions) {
    if (!writes_.contains(endpoint)) return true;
    if (context_.sessions.has(endpoint))
      own_.renew(endpoint, actions, request_for(endpoint));
    else
      own_.closed(endpoint, actions, request_for(endpoint));
    return true;
  }

  // ---- the lease ----
  void hold(Actions& actions) {
    lease_request_ = ++last_request_;
    actions.call({RegistryCall::Verb::hold, {}, lease_request_, since_});
  }

  // What was written under a lease that has gone may have gone with it.
  void held(bool until_now, Actions& actions) {
    const bool gone = gone_ || (!until_now && !first_);
    gone_ = first_ = false;
    if (!gone) return;
    written_ = now_;
    if (how_.leased) {
      for (const EndpointId endpoint : own_.all()) {
        own_.renew(endpoint, actions, request_for(endpoint));
      }
    }
    if (!how_.rooms) return;
    for (const RoomId room : context_.sessions.rooms()) say_room(room, true, actions);
  }

  void not_held(Actions& actions) {
    gone_ = true;
    if (!std::exchange(holds_again_, true)) actions.arm(kHoldAgain, kPatience);
  }

  // ---- rooms ----
  void say_room(RoomId room, bool here, Actions& actions) {
    const std::uint32_t request = ++last_request_;
    rooms_.emplace(request, room);
    actions.call({here ? RegistryCall::Verb::add_member : RegistryCall::Verb::remove_member,
                  {kRoomKey | static_cast<std::uint32_t>(room)},
                  request,
                  since_});
  }

  // Timers; the first and the third with a number behind.
  static constexpr std::uint32_t kWriteAgain = 1U << 31;
  static constexpr std::uint32_t kRenew = 1U << 30, kHoldAgain = kRenew + 1;
  static constexpr std::uint32_t kRoomAgain = 1U << 29;
  static constexpr Duration kPatience = std::chrono::seconds{1};
  static constexpr Duration kRewritten = std::chrono::hours{12};  // half of what entries live

  BackplaneContext context_;
  How how_;
  std::uint32_t& last_request_;
  OwnRoutes own_;
  std::set<EndpointId> elsewhere_;         // with a session that is left here
  std::set<EndpointId> guests_;            // who wait for their welcome
  Writes writes_;                          // not answered yet: the last one of each
  std::map<std::uint32_t, RoomId> rooms_;  // likewise, by request
  std::uint64_t since_ = 0;                // of this process
  std::uint32_t lease_request_ = 0;        // the last one
  bool first_ = true;                      // the lease has not been held yet
  bool gone_ = false;                      // what is under it is to be written again
  bool holds_again_ = false;               // a timer for it is armed
  Time written_{0}, now_{0};               // all of it, the last time
};

}  // namespace squall
