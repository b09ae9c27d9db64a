// Plays a written conversation to a backplane and writes down what it wants done. A line at the
// margin is an input, an indented line an action that came of it; those are written anew. Words:
//   node n1 of 3 routed [placement NAME] [resume 2 s] [keeps 3] [log] [outbox] [OPTION [VALUE]]...
//   begins; options are the row's, `keeps` says how many messages of an address, `log` that the
//   broker has the history (users are u1.., rooms r1.., nodes n1..)
//   room r1 u1 u2 · start · at 31 s · open u7 [r1 r2] [seen m1 | 1:5]
//   close u7 · renew u7 · join u7 r1 · leave u7 r1 · peer-down n2 · peer-up n2 · broker-down ·
//   broker-up · registry-back · heard room:1 · unheard user:7 · drain · undrain · timer 3 · die ·
//   told n2 1 7 · say m1 u1 -> u7 · broker n2 m1 u1 -> r3 · and those of message_verbs()
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "strategies/backplane/match.hpp"
#include "strategies/core/backplane.hpp"
#include "tests/support/on_paper.hpp"
#include "tests/support/words.hpp"

namespace squall::testing {

class Transcript {
 public:
  using Made = std::unique_ptr<Backplane>;

  // What is spoken to is the backplane within `around`, if that is given.
  explicit Transcript(std::function<Made(Made)> around = nullptr) : around_(std::move(around)) {}
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;
  ~Transcript() { die(); }

  // The transcript with its actions written anew. A line that makes no sense shows up in it.
  std::string play(const std::string& transcript) {
    play_inputs(transcript, written_, [&](std::istringstream& words) { return understood(words); });
    return written_;
  }

 private:
  using Verb = std::function<void(Transcript&, std::istream&)>;

  bool understood(std::istringstream& words) {
    std::string verb;
    words >> verb;
    const auto found = verbs().find(verb);
    if (found == verbs().end() || (!backplane_ && verb != "node")) return false;
    stepped_ = false;
    found->second(*this, words);
    if (stepped_) write();
    return !words.fail();
  }

  static const std::map<std::string, Verb>& verbs() {
    static const std::map<std::string, Verb> table = [] {
      std::map<std::string, Verb> all = session_verbs();
      all.merge(message_verbs());
      return all;
    }();
    return table;
  }

  static std::map<std::string, Verb> session_verbs() {
    using In = std::istream&;
    return {
        {"node", [](Transcript& t, In in) { t.begin(in); }},
        {"room",
         [](Transcript& t, In in) {
           auto& members = t.directory_.rooms[RoomId{number(in, 'r')}];
           for (std::string word; in >> word;) members.push_back(user(word));
           in.clear();
         }},
        {"start", [](Transcript& t, In) { t.step(Started{}); }},
        {"at", [](Transcript& t, In in) { t.now_ = duration_word(in); }},
        {"open",
         [](Transcript& t, In in) {
           const EndpointId user{number(in, 'u')};
           if (in.fail()) return;
           t.sessions_.open.insert(user);
           const auto seen = t.take_seats(in, user);
           t.step(SessionOpened{user, seen});
         }},
        {"close",
         [](Transcript& t, In in) {
           const EndpointId user{number(in, 'u')};
           t.sessions_.open.erase(user);
           for (const RoomId room : t.sessions_.rooms_of(user)) {
             if (t.sessions_.leave(user, room)) t.step(RoomVacated{room});
           }
           t.step(SessionClosed{user});
         }},
        {"join",
         [](Transcript& t, In in) {
           const EndpointId user{number(in, 'u')};
           const RoomId room{number(in, 'r')};
           if (t.sessions_.take(user, room)) t.step(RoomOccupied{room});
           t.step(RoomJoined{user, room});
         }},
        {"leave",
         [](Transcript& t, In in) {
           const EndpointId user{number(in, 'u')};
           const RoomId room{number(in, 'r')};
           t.stepped_ = true;
           if (t.sessions_.leave(user, room)) t.step(RoomVacated{room});
         }},
        {"heard",
         [](Transcript& t, In in) {
           t.step(Subscribed{topic(in), true});
         }},
        {"unheard",
         [](Transcript& t, In in) {
           t.step(Subscribed{topic(in), false});
         }},
        {"broker-down", [](Transcript& t, In) { t.step(BrokerState{false}); }},
        {"broker-up", [](Transcript& t, In) { t.step(BrokerState{true}); }},
        {"registry-back", [](Transcript& t, In) { t.step(RegistryBack{}); }},
        {"drain", [](Transcript& t, In) { t.step(Draining{true}); }},
        {"undrain", [](Transcript& t, In) { t.step(Draining{false}); }},
        {"timer",
         [](Transcript& t, In in) {
           std::uint32_t which = 0;
           in >> which;
           t.step(Timer{which});
         }},
        {"renew", [](Transcript& t, In in) { t.step(RenewalDue{EndpointId{number(in, 'u')}}); }},
    };
  }

  // peer n2 m1 u1 -> u7 [for u7 u8] [attempt 1] · returned n2 m1 u1 -> r3 absent u7 [attempt 1] ·
  // unpublished m1 u1 -> u7 ·
  // reply #1 n2 - n3 (a node per key asked for, - for none; of a set: its members, or nobody) ·
  // reply #1 unavailable, done, refused ·
  // broker n2 m1 u1 -> r3 [at 1:5] · fetched #1 reached, gone 1:9 [m1 u1 -> r3 at 1:5 ...] ·
  // fetched #1 unavailable
  static std::map<std::string, Verb> message_verbs() {
    using In = std::istream&;
    return {
        {"say", [](Transcript& t, In in) { t.step(ClientMessage{t.copy(in)}); }},
        {"peer",
         [](Transcript& t, In in) {
           const NodeId from = node(in);
           Copy heard = t.copy(in);
           const auto [people, attempt] = note(in);
           t.step(PeerMessage{from, std::move(heard), people, attempt});
         }},
        {"returned",
         [](Transcript& t, In in) {
           const NodeId from = node(in);
           Copy back = t.copy(in);
           const auto [people, attempt] = note(in);
           t.step(Returned{from, std::move(back), people, attempt});
         }},
        {"unpublished",
         [](Transcript& t, In in) {
           t.step(Unpublished{t.copy(in), Topic::global()});
         }},
        {"broker",
         [](Transcript& t, In in) {
           const NodeId origin = node(in);
           Copy copy = t.copy(in);
           t.step(BrokerMessage{origin, std::move(copy), place_behind(in)});
         }},
        {"fetched",
         [](Transcript& t, In in) {
           Fetched answer = t.fetched(in);
           if (!in.fail()) t.step(std::move(answer));
         }},
        {"told",
         [](Transcript& t, In in) {
           Told told{node(in), {}};
           for (std::uint32_t number = 0; in >> number;) told.note.push_back(number);
           in.clear();
           t.step(std::move(told));
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
  }

  // [r1 r2] [seen m1 | 1:5]
  std::optional<Position> take_seats(std::istream& in, EndpointId user) {
    std::optional<Position> seen;
    for (std::string word; in >> word;) {
      if (word == "seen") {
        in >> std::ws;
        if (in.peek() == 'm')
          seen = said_[number(in, 'm')];
        else
          seen = place(in);
        continue;
      }
      std::istringstream room(word);
      const RoomId joined{number(room, 'r')};
      if (sessions_.take(user, joined)) step(RoomOccupied{joined});
    }
    in.clear();
    return seen;
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
      if (option == "resume") spec.resume = duration_word(in);
      if (option == "keeps") in >> spec.resume_messages;
      if (option == "outbox") spec.outbox = 1;
      if (option == "log") spec.history = HistoryAt::broker;
      const bool known_to_all =
          option == "resume" || option == "keeps" || option == "log" || option == "outbox";
      if (known_to_all) continue;
      const Option* const known = option_named(found->options, option);
      if (known != nullptr)
        spec.options[option] = value(*known, in);
      else if (option != "placement" || !(in >> spec.placement))
        return in.setstate(std::ios::failbit);
    }
    in.clear();
    backplane_ = make_backplane(*found, spec, {self, nodes, sessions_, directory_, 0, 0, kRenewal});
    if (around_) backplane_ = around_(std::move(backplane_));
  }

  // What comes of all steps of a line is written down together.
  void step(Input input) {
    stepped_ = true;
    backplane_->step(now_, std::move(input), actions_);
  }

  void die() {
    if (!backplane_) return;
    backplane_->lose_all(actions_);
    backplane_.reset();
    stepped_ = true;
  }

  void write() {
    if (actions_.list().empty()) written_ += "  nothing\n";
    for (const Action& action : actions_.list()) {
      written_ += "  " + text_of(action) + "\n";
      const auto* call = std::get_if<RegistryCall>(&action);
      if (call != nullptr && call->request != 0) asked_[call->request] = *call;
    }
    std::uint32_t copies = 0;
    for (const Fork& fork : actions_.forks()) copies += fork.copies;
    if (copies > 0) written_ += "  copies +" + std::to_string(copies) + "\n";
    actions_.clear();
  }

  // ---- words ----

  static std::uint32_t number(std::istream& in, char kind) { return number_word(in, kind); }
  static std::int64_t value(const Option& option, std::istream& in) {
    if (option.kind == Option::Kind::flag) return flag(in);
    if (option.kind == Option::Kind::duration) return duration_word(in).count();
    std::int64_t count = 0;
    in >> count;
    return count;
  }
  static std::int64_t flag(std::istream& in) {  // on, unless the next word is "off"
    const auto here = in.tellg();
    std::string word;
    if (in >> word && word == "off") return 0;
    in.clear();
    in.seekg(here);
    return 1;
  }
  static EndpointId user(const std::string& word) {
    std::istringstream in(word);
    return EndpointId{number(in, 'u')};
  }
  static Topic topic(std::istream& in) {  // global · room:1 · user:7
    std::string word;
    in >> word;
    std::istringstream id(word.substr(std::min(word.find(':'), word.size() - 1) + 1));
    std::uint32_t value = 0;
    if (word == "global") return Topic::global();
    if (!(id >> value)) in.setstate(std::ios::failbit);
    return word.starts_with("room:") ? Topic::room(RoomId{value}) : Topic::user(EndpointId{value});
  }
  static NodeId node(std::istream& in) {
    return NodeId{static_cast<std::uint16_t>(number(in, 'n') - 1)};
  }
  static LogPlace place(std::istream& in) {  // 1:5
    LogPlace place;
    char colon = 0;
    in >> place.epoch >> colon >> place.offset;
    return place;
  }
  static std::optional<LogPlace> place_behind(std::istream& in) {  // [at 1:5]
    std::string word;
    if (in >> word) return place(in);
    in.clear();
    return std::nullopt;
  }
  Fetched fetched(std::istream& in) {
    Fetched answer{number(in, '#'), Fetched::Outcome::unavailable};
    std::string word;
    in >> word;
    if (word == "unavailable") return answer;
    answer.outcome = word == "reached" ? Fetched::Outcome::reached : Fetched::Outcome::gone;
    answer.newest = place(in);
    while (in >> std::ws, in.good()) {
      const Message message = this->message(in);
      in >> word;
      answer.messages.push_back({message, place(in)});
    }
    in.clear();
    return answer;
  }
  // m1 u1 -> r3; the same name is the same message
  Copy copy(std::istream& in) { return Copy::adopt(message(in)); }
  Message message(std::istream& in) {
    const MessageId id{number(in, 'm')};
    const EndpointId sender{number(in, 'u')};
    std::string arrow;
    char kind = 0;
    std::uint32_t to = 0;
    in >> arrow >> kind >> to;
    const Address address = kind == 'r' ? Address::room(RoomId{to}) : Address::user(EndpointId{to});
    const auto number = static_cast<std::uint32_t>(id);
    said_.insert_or_assign(number, MessageIdentity{sender, address, number});
    return {id, sender, address, 100, number};
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
        reply.keys = asked_[reply.request].keys;
        return reply;
      }
      if (word == "nobody") continue;
      std::istringstream name(word);
      reply.nodes.push_back(word == "-" ? kNoNode : node(name));
    }
    in.clear();
    const RegistryCall& call = asked_[reply.request];
    reply.keys = call.keys;
    const bool of_set = call.verb == RegistryCall::Verb::get_members;
    const bool whole = of_set || reply.nodes.size() == reply.keys.size();
    if (reply.available && !whole) in.setstate(std::ios::failbit);
    return reply;
  }

  SessionsOnPaper sessions_;
  DirectoryOnPaper directory_;
  static constexpr Duration kRenewal = std::chrono::seconds{25};
  std::map<std::uint32_t, RegistryCall> asked_;    // by request
  std::map<std::uint32_t, MessageIdentity> said_;  // by the number of its name
  std::function<Made(Made)> around_;
  std::unique_ptr<Backplane> backplane_;
  Time now_{0};
  Actions actions_;       // of the line
  bool stepped_ = false;  // in this line
  std::string written_;
};

}  // namespace squall::testing
