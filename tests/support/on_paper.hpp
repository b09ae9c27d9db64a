// What a transcript of a backplane stands on: the clients and rooms of a node that exists only on
// paper, and the words for what it wants done.
//
// The conversations themselves are played by transcript.hpp.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "strategies/backplane/match.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/strategy.hpp"

namespace squall::testing {

// The clients of a node that exists only on paper.
struct SessionsOnPaper final : LocalSessions {
  std::set<EndpointId> open;
  std::map<RoomId, std::vector<EndpointId>> seats;
  bool has(EndpointId endpoint) const override { return open.contains(endpoint); }
  std::vector<RoomId> rooms() const override {
    std::vector<RoomId> occupied;
    for (const auto& [room, members] : seats) occupied.push_back(room);
    return occupied;
  }
  std::vector<EndpointId> here(RoomId room) const override {
    const auto found = seats.find(room);
    return found == seats.end() ? std::vector<EndpointId>{} : found->second;
  }
  std::vector<RoomId> rooms_of(EndpointId endpoint) const override {
    std::vector<RoomId> joined;
    for (const auto& [room, members] : seats) {
      if (std::ranges::find(members, endpoint) != members.end()) joined.push_back(room);
    }
    return joined;
  }

  // Whether that makes the difference: the first one in, the last one out.
  bool take(EndpointId endpoint, RoomId room) {
    seats[room].push_back(endpoint);
    return seats[room].size() == 1;
  }
  bool leave(EndpointId endpoint, RoomId room) {
    const auto found = seats.find(room);
    if (found == seats.end() || std::erase(found->second, endpoint) == 0) return false;
    if (!found->second.empty()) return false;
    seats.erase(found);
    return true;
  }
};

// Who belongs to which room.
struct DirectoryOnPaper final : RoomDirectory {
  std::map<RoomId, std::vector<EndpointId>> rooms;
  std::span<const EndpointId> members(RoomId room) const override {
    const auto found = rooms.find(room);
    return found == rooms.end() ? std::span<const EndpointId>{} : found->second;
  }
};

inline std::string text_of(NodeId node) { return "n" + std::to_string(index(node) + 1); }
inline std::string text_of(const Message& message) {
  return "m" + std::to_string(static_cast<std::uint32_t>(message.id));
}

inline std::string list_of(const std::string& word, const std::vector<EndpointId>& people) {
  std::string text = people.empty() ? "" : word;
  for (const EndpointId who : people) text += " u" + std::to_string(index(who));
  return text;
}
inline std::string attempt_of(std::uint8_t attempt) {
  return attempt == 0 ? "" : " attempt " + std::to_string(attempt);
}

// "1:5": epoch and offset.
inline std::string text_of(LogPlace place) {
  return std::to_string(place.epoch) + ":" + std::to_string(place.offset);
}
inline std::string place_of(const std::optional<LogPlace>& place) {
  return place ? " at " + text_of(*place) : "";
}

// " recovered: no, from m3 on"; a message is called by its sequence here.
inline std::string text_of(const Resumption& what) {
  std::string text = what.recovered == Recovered::yes  ? ", recovered: yes"
                     : what.recovered == Recovered::no ? ", recovered: no"
                                                       : "";
  if (!what.position) return text;
  const auto* const place = std::get_if<LogPlace>(&*what.position);
  const std::string from =
      place != nullptr ? text_of(*place)
                       : "m" + std::to_string(std::get<MessageIdentity>(*what.position).sequence);
  return text + ", from " + from + " on";
}

// "u7"; "r3:owner" and "r3:relay", as the part that fences rooms numbers them.
inline std::string key_name(std::uint32_t key) {
  if ((key & kRoomKey) == 0) return "u" + std::to_string(key);
  const std::uint32_t of_room = key & ~kRoomKey;
  return "r" + std::to_string(of_room / 2) + (of_room % 2 == 0 ? ":owner" : ":relay");
}

inline bool is_of_set(RegistryCall::Verb verb) {
  using Verb = RegistryCall::Verb;
  return verb == Verb::add_member || verb == Verb::remove_member || verb == Verb::get_members;
}

inline std::string text_of(const RegistryCall& call) {
  using Verb = RegistryCall::Verb;
  const auto name = [&] {
    switch (call.verb) {
      case Verb::set_route: return "set_route";
      case Verb::delete_route: return "delete_route";
      case Verb::get_routes: break;
      case Verb::set_if_newer: return "set_if_newer";
      case Verb::delete_if_mine: return "delete_if_mine";
      case Verb::hold: return "hold";
      case Verb::set_held: return "set_held";
      case Verb::get_held: return "get_held";
      case Verb::add_member: return "add_member";
      case Verb::remove_member: return "remove_member";
      case Verb::get_members: return "get_members";
    }
    return "get_routes";
  };
  std::string text = std::string("call ") + name();
  for (const std::uint32_t key : call.keys) {
    text += " " + (is_of_set(call.verb) ? "r" + std::to_string(key & ~kRoomKey) : key_name(key));
  }
  if (call.epoch != 0) text += " epoch " + std::to_string(call.epoch);
  return call.request == 0 ? text : text + " #" + std::to_string(call.request);
}

inline std::string text_of(const Action& action) {
  return std::visit(
      Match{[](const Push& a) {
              return "push " + text_of(a.message) + list_of(" only", a.only) + place_of(a.place);
            },
            [](const Forward& a) {
              return "forward " + text_of(a.message) + " -> " + text_of(a.to) +
                     list_of(" for", a.meant) + attempt_of(a.attempt);
            },
            [](const Return& a) {
              return "return " + text_of(a.message) + " -> " + text_of(a.to) +
                     list_of(" absent", a.absent) + attempt_of(a.attempt);
            },
            [](const Publish& a) {
              std::string text = "publish " + text_of(a.message);
              if (a.topic != Topic::global()) text += " on " + name(a.topic);
              return text + (a.kept ? ", kept" : "") + (a.returns ? ", or back" : "");
            },
            [](const Drop& a) {
              return "drop " + text_of(a.message) + " " + std::string(row(a.mechanism).name);
            },
            [](const Discard& a) { return "discard " + text_of(a.message); },
            [](const Subscribe& a) {
              return a.topic == Topic::global() ? "subscribe" : "subscribe " + name(a.topic);
            },
            [](const Unsubscribe& a) { return "unsubscribe " + name(a.topic); },
            [](const Admit& a) {
              const std::string text = "admit u" + std::to_string(index(a.endpoint));
              if (a.room) return text + " to r" + std::to_string(index(*a.room));
              return text + text_of(a.resumption);
            },
            [](const SendAway& a) {
              return "send u" + std::to_string(index(a.endpoint)) + " away to " + text_of(a.to);
            },
            [](const Keep& a) { return "keep " + text_of(a.message); },
            [](const LetGo& a) { return "let go of " + text_of(a.message); },
            [](const Replay& a) {
              return "replay " + text_of(a.message) + " to u" + std::to_string(index(a.to)) +
                     place_of(a.place);
            },
            [](const Fetch& a) {
              const std::string after =
                  a.after ? "what came after " + text_of(*a.after) : "where its log is";
              return "ask " + name(a.topic) + " " + after + " #" + std::to_string(a.request);
            },
            [](const Arm& a) {
              const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(a.after);
              return "arm " + std::to_string(a.number) + " after " + std::to_string(ms.count()) +
                     " ms";
            },
            [](const Tell& a) {
              std::string text = "tell " + text_of(a.to);
              for (const std::uint32_t number : a.note) text += " " + std::to_string(number);
              return text;
            },
            [](const RegistryCall& a) { return text_of(a); }},
      action);
}

}  // namespace squall::testing
