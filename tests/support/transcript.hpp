// Plays a written conversation to a backplane and writes down what it wants done.
//
// A transcript is a text: a line at the margin is an input, an indented line is an action that
// came of it. Playing keeps comments and inputs and writes the actions anew. The words:
//   node n1 of 3 routed [placement NAME] [OPTION [VALUE]]...   begins; options are the row's
//   (users are u1.., rooms r1.., nodes n1..)
//   room r1 u1 u2 · start · at 31 s · open u7 · close u7 · heard u7 · peer-down n2 · peer-up n2
//   say m1 u1 -> u7 · peer n2 m1 u1 -> u7 [for u7 u8] [attempt 1] · broker n2 m1 u1 -> r3 · die
//   reply #1 n2 - n3 (a node per key asked for, - for none) · reply #1 unavailable
//   returned n2 m1 u1 -> r3 absent u7 [attempt 1] · reply #1 done · reply #1 refused (of a write)
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "strategies/backplane/match.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::testing {

// The clients of a node that exists only on paper.
struct SessionsOnPaper final : LocalSessions {
  std::set<EndpointId> here;
  bool has(EndpointId endpoint) const override { return here.contains(endpoint); }
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

inline std::string text_of(const RegistryCall& call) {
  using Verb = RegistryCall::Verb;
  const auto name = [&] {
    switch (call.verb) {
      case Verb::set_route: return "set_route";
      case Verb::delete_route: return "delete_route";
      case Verb::get_routes: break;
      case Verb::set_if_newer: return "set_if_newer";
      case Verb::delete_if_mine: return "delete_if_mine";
    }
    return "get_routes";
  };
  std::string text = std::string("call ") + name();
  for (const std::uint32_t key : call.keys) text += " u" + std::to_string(key);
  if (call.verb == Verb::set_if_newer) text += " epoch " + std::to_string(call.epoch);
  return call.request == 0 ? text : text + " #" + std::to_string(call.request);
}

inline std::string text_of(const Action& action) {
  return std::visit(
      Match{[](const Push& a) { return "push " + text_of(a.message) + list_of(" only", a.only); },
            [](const Forward& a) {
              return "forward " + text_of(a.message) + " -> " + text_of(a.to) +
                     list_of(" for", a.meant) + attempt_of(a.attempt);
            },
            [](const Return& a) {
              return "return " + text_of(a.message) + " -> " + text_of(a.to) +
                     list_of(" absent", a.absent) + attempt_of(a.attempt);
            },
            [](const Publish& a) { return "publish " + text_of(a.message); },
            [](const Drop& a) {
              return "drop " + text_of(a.message) + " " + std::string(row(a.mechanism).name);
            },
            [](const Discard& a) { return "discard " + text_of(a.message); },
            [](const Subscribe&) { return std::string("subscribe"); },
            [](const RegistryCall& a) { return text_of(a); }},
      action);
}

class Transcript {
 public:
  Transcript() = default;
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;
  ~Transcript() { die(); }

  // The transcript with its actions written anew. A line that makes no sense shows up in it.
  std::string play(const std::string& transcript) {
    std::istringstream lines(transcript);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("  ")) continue;
      written_ += line + "\n";
      if (line.empty() || line.starts_with("#")) continue;
      std::istringstream words(line);
      std::string verb;
      words >> verb;
      const auto found = verbs().find(verb);
      const bool sense = found != verbs().end() && (backplane_ || verb == "node");
      if (sense) found->second(*this, words);
      if (!sense || words.fail()) written_ += "  NOT UNDERSTOOD\n";
    }
    return written_;
  }

 private:
  using Verb = std::function<void(Transcript&, std::istream&)>;

  static const std::map<std::string, Verb>& verbs() {
    using In = std::istream&;
    static const std::map<std::string, Verb> table{
        {"node", [](Transcript& t, In in) { t.begin(in); }},
        {"room",
         [](Transcript& t, In in) {
           auto& members = t.directory_.rooms[RoomId{number(in, 'r')}];
           for (std::string word; in >> word;) members.push_back(user(word));
           in.clear();
         }},
        {"start", [](Transcript& t, In) { t.step(Started{}); }},
        {"at", [](Transcript& t, In in) { t.now_ = duration(in); }},
        {"open",
         [](Transcript& t, In in) {
           const auto [place, user] = t.sessions_.here.insert(EndpointId{number(in, 'u')});
           t.step(SessionOpened{*place});
         }},
        {"close",
         [](Transcript& t, In in) {
           const EndpointId user{number(in, 'u')};
           t.sessions_.here.erase(user);
           t.step(SessionClosed{user});
         }},
        {"renew", [](Transcript& t, In in) { t.step(RenewalDue{EndpointId{number(in, 'u')}}); }},
        {"say", [](Transcript& t, In in) { t.step(ClientMessage{copy(in)}); }},
        {"peer",
         [](Transcript& t, In in) {
           const NodeId from = node(in);
           Copy heard = copy(in);
           const auto [people, attempt] = note(in);
           t.step(PeerMessage{from, std::move(heard), people, attempt});
         }},
        {"returned",
         [](Transcript& t, In in) {
           const NodeId from = node(in);
           Copy back = copy(in);
           const auto [people, attempt] = note(in);
           t.step(Returned{from, std::move(back), people, attempt});
         }},
        {"broker",
         [](Transcript& t, In in) {
           const NodeId origin = node(in);
           t.step(BrokerMessage{origin, copy(in)});
         }},
        {"peer-down",
         [](Transcript& t, In in) {
           t.step(PeerState{node(in), false});
         }},
        {"peer-up",
         [](Transcript& t, In in) {
           t.step(PeerState{node(in), true});
         }},
        {"reply",
         [](Transcript& t, In in) {
           RegistryReply reply = t.reply(in);
           if (!in.fail()) t.step(std::move(reply));
         }},
        {"die", [](Transcript& t, In) { t.die(); }},
    };
    return table;
  }

  void begin(std::istream& in) {
    StrategySpec spec;
    const NodeId self = node(in);
    std::string of, option;
    std::uint16_t nodes = 0;
    in >> of >> nodes >> spec.backplane;
    const BackplaneRow* found = backplane_named(spec.backplane);
    if (found == nullptr) return in.setstate(std::ios::failbit);
    while (in >> option) {
      const Option* const known = option_named(found->options, option);
      if (known != nullptr)
        spec.options[option] = value(*known, in);
      else if (option != "placement" || !(in >> spec.placement))
        return in.setstate(std::ios::failbit);
    }
    in.clear();
    backplane_ = found->make(spec, {self, nodes, sessions_, directory_});
  }

  void step(Input input) {
    Actions actions;
    backplane_->step(now_, std::move(input), actions);
    write(actions);
  }

  void die() {
    if (!backplane_) return;
    Actions actions;
    backplane_->lose_all(actions);
    backplane_.reset();
    write(actions);
  }

  void write(const Actions& actions) {
    if (actions.list().empty()) written_ += "  nothing\n";
    for (const Action& action : actions.list()) {
      written_ += "  " + text_of(action) + "\n";
      const auto* call = std::get_if<RegistryCall>(&action);
      if (call != nullptr && call->request != 0) asked_[call->request] = call->keys;
    }
    std::uint32_t copies = 0;
    for (const Fork& fork : actions.forks()) copies += fork.copies;
    if (copies > 0) written_ += "  copies +" + std::to_string(copies) + "\n";
  }

  // ---- words ----

  static std::uint32_t number(std::istream& in, char kind) {
    char first = 0;
    std::uint32_t value = 0;
    in >> first >> value;
    if (first != kind) in.setstate(std::ios::failbit);
    return value;
  }
  static std::int64_t value(const Option& option, std::istream& in) {
    if (option.kind == Option::Kind::flag) return 1;
    if (option.kind == Option::Kind::duration) return duration(in).count();
    std::int64_t count = 0;
    in >> count;
    return count;
  }
  static EndpointId user(const std::string& word) {
    std::istringstream in(word);
    return EndpointId{number(in, 'u')};
  }
  static NodeId node(std::istream& in) {
    return NodeId{static_cast<std::uint16_t>(number(in, 'n') - 1)};
  }
  static Duration duration(std::istream& in) {  // whole seconds or milliseconds
    std::int64_t value = 0;
    std::string unit;
    in >> value >> unit;
    if (unit != "s" && unit != "ms") in.setstate(std::ios::failbit);
    return unit == "s" ? Duration{std::chrono::seconds{value}}
                       : Duration{std::chrono::milliseconds{value}};
  }
  static Copy copy(std::istream& in) {  // m1 u1 -> r3
    const MessageId id{number(in, 'm')};
    const EndpointId sender{number(in, 'u')};
    std::string arrow;
    char kind = 0;
    std::uint32_t to = 0;
    in >> arrow >> kind >> to;
    const Address address = kind == 'r' ? Address::room(RoomId{to}) : Address::user(EndpointId{to});
    return Copy::adopt({id, sender, address, 100, 1});
  }
  static std::pair<std::vector<EndpointId>, std::uint8_t> note(std::istream& in) {
    std::vector<EndpointId> people;
    unsigned attempt = 0;
    for (std::string word; in >> word;) {
      if (word == "attempt")
        in >> attempt;
      else if (word != "for" && word != "absent")
        people.push_back(user(word));
    }
    in.clear();
    return {people, static_cast<std::uint8_t>(attempt)};
  }
  RegistryReply reply(std::istream& in) {
    RegistryReply reply;
    std::string word;
    reply.request = number(in, '#');
    while (in >> word) {
      if (word == "unavailable") continue;
      reply.available = true;
      if (word == "done" || word == "refused") {
        reply.applied = word == "done";
        in.clear();
        reply.keys = asked_[reply.request];
        return reply;
      }
      std::istringstream name(word);
      reply.nodes.push_back(word == "-" ? kNoNode : node(name));
    }
    in.clear();
    reply.keys = asked_[reply.request];
    if (reply.available && reply.nodes.size() != reply.keys.size()) in.setstate(std::ios::failbit);
    return reply;
  }

  SessionsOnPaper sessions_;
  DirectoryOnPaper directory_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> asked_;  // keys, by request
  std::unique_ptr<Backplane> backplane_;
  Time now_{0};
  std::string written_;
};

}  // namespace squall::testing
