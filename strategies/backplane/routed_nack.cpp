// Routed forwarding that says for whom, and is told who was not there: then it asks the registry
// again and forwards again, a few times. A room's first frame to a node goes to all of its members
// there; a later one only to those it is meant for and who have not heard it. Writes are fenced.
//
//   sender's node -> Forward{meant} -> node -> push to those who are here
//                 <- Return{absent} <-        for those who are not
//
// With a `mailbox` what is for somebody who is nowhere waits; with `room_sets` a room of which a
// member is unknown goes to all nodes of its set, which report whom they have; with `push_routes` a
// node tells the others who has come. `route_wait`, `node_lease`: route_writer.hpp.
#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "strategies/backplane/by_node.hpp"
#include "strategies/backplane/expected.hpp"
#include "strategies/backplane/mailbox.hpp"
#include "strategies/backplane/maker.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/recent.hpp"
#include "strategies/backplane/registry.hpp"
#include "strategies/backplane/route_notes.hpp"
#include "strategies/backplane/route_table.hpp"
#include "strategies/backplane/route_writer.hpp"

namespace squall {
namespace {

constexpr Option kRetries{.name = "retries",
                          .meaning = "how often it asks and forwards again for who was not there",
                          .kind = Option::Kind::count,
                          .fallback = 3,
                          .low = 0,
                          .high = 100,
                          .source = "uncalibrated"};
constexpr Option kRouteWait =
    flag_option("route_wait", "the welcome waits until the registry has the route");
constexpr Option kNodeLease =
    flag_option("node_lease", "a node renews one lease of its own, and not each route");
constexpr Option kRoomSets =
    flag_option("room_sets", "the registry knows which nodes have members of a room");
constexpr Option kPushRoutes =
    flag_option("push_routes", "a node tells the others who has come to it");
constexpr std::array kRoutedNackOptions{kRouteCache, kRetries,   kMailbox,  kMailboxMessages,
                                        kRouteWait,  kNodeLease, kRoomSets, kPushRoutes};

class RoutedNack final : public Backplane {
 public:
  RoutedNack(const StrategySpec& spec, const BackplaneContext& context)
      : context_(context),
        table_(duration_of(kRouteCache, spec)),
        retries_(value_of(kRetries, spec)),
        waits_(is_on(kRouteWait, spec)),
        leased_(is_on(kNodeLease, spec)),
        room_sets_(is_on(kRoomSets, spec)),
        push_routes_(is_on(kPushRoutes, spec)),
        mailbox_({duration_of(kMailbox, spec),
                  static_cast<std::size_t>(value_of(kMailboxMessages, spec))}),
        notes_(context),
        own_(context, {waits_, leased_, room_sets_}, last_request_) {}

  bool admits() const override { return waits_; }

  void step(Time now, Input input, Actions& actions) override {
    now_ = now;
    table_.now(now);
    heard_.forget_old(now);
    std::visit(Match{
                   [&](Started&) { own_.started(now, actions); },
                   [&](SessionOpened& in) {
                     own_.opened(in.endpoint, now, actions);
                     if (push_routes_ && !waits_ && !leased_) tell_all_of(in.endpoint, actions);
                     send_waiting(in.endpoint, actions);
                   },
                   [&](RenewalDue& in) { own_.renewal_due(in.endpoint, actions); },
                   [&](SessionClosed& in) { own_.closed(in.endpoint, actions); },
                   [&](RoomOccupied& in) { own_.occupied(in.room, actions); },
                   [&](RoomVacated& in) { own_.vacated(in.room, actions); },
                   [&](RoomJoined& in) {
                     if (waits_) actions.admit(in.endpoint, in.room);
                   },
                   [&](Timer& in) { due(in.number, actions); },
                   [&](ClientMessage& in) { begin(std::move(in.copy), actions); },
                   [&](PeerMessage& in) { serve(std::move(in), actions); },
                   [&](Returned& in) { again(std::move(in), actions); },
                   [&](Told& in) { told(in, actions); },
                   [&](PeerState& in) {
                     if (!in.up) table_.forget(in.peer);
                   },
                   [&](RegistryReply& in) { learn(in, actions); },
                   [&](RegistryBack&) { own_.back(now, actions); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions& actions) override {
    for (auto& [request, question] : questions_) {
      actions.drop(std::move(question.copy), Mechanism::ingress_lost_at_crash);
    }
    questions_.clear();
    expected_.lose_all(actions);
    mailbox_.lose_all(actions);
  }

 private:
  using People = std::vector<EndpointId>;
  struct Question {
    Copy copy;
    std::uint8_t attempt;
    ToldNodes reached;    // that have this message's frame for all
    People of_room = {};  // who is unknown, when it is the room that was asked for
  };

  // ---- what nodes tell each other ----
  void told(const Told& in, Actions& actions) {
    if (const auto arrival = RouteNotes::arrival(in.note)) {
      const EndpointId who = arrival->who;
      const bool left = own_.has_gone(who, arrival->epoch);
      const bool sought = table_.find(who) != kNoNode || mailbox_.waits_for(who);
      if (left || sought) found(who, in.from, actions);
    } else if (const auto heard = notes_.heard(in.note)) {
      for (const EndpointId member : heard->people) found(member, in.from, actions);
      expected_.reported(heard->message, heard->people, actions);
    }
  }

  void tell_all_of(EndpointId who, Actions& actions) const {
    notes_.tell_all_of({who, own_.epoch(who)}, actions);
  }

  void found(EndpointId who, NodeId node, Actions& actions) {
    table_.learn(who, node);
    send_waiting(who, actions);
  }

  void due(std::uint32_t timer, Actions& actions) {
    if (own_.due(timer, now_, actions)) return;
    if (!Expected::is_timer(timer)) {
      if (const auto who = mailbox_.due(timer, now_, actions)) ask_for(*who, actions);
    } else if (auto overdue = expected_.due(timer)) {
      send(std::move(overdue->copy), overdue->who, 1, actions);
    }
  }

  // ---- the mailbox ----
  void ask_for(EndpointId who, Actions& actions) {
    sought_.emplace(++last_request_, who);
    ask({static_cast<std::uint32_t>(who)}, last_request_, actions);
  }

  void ask(std::vector<std::uint32_t> keys, std::uint32_t request, Actions& actions) const {
    using Verb = RegistryCall::Verb;
    actions.call({leased_ ? Verb::get_held : Verb::get_routes, std::move(keys), request});
  }

  bool found_waiting(const RegistryReply& reply, Actions& actions) {
    const auto question = sought_.find(reply.request);
    if (question == sought_.end()) return false;
    const EndpointId who = question->second;
    sought_.erase(question);
    if (!reply.available || reply.nodes.front() == kNoNode) {
      mailbox_.still_away(who, actions);
    } else {
      found(who, reply.nodes.front(), actions);
    }
    return true;
  }

  // He is somewhere, as far as we know: in the order in which it was said.
  void send_waiting(EndpointId who, Actions& actions) {
    if (!mailbox_.waits_for(who)) return;
    for (Mailbox::Letter& letter : mailbox_.take(who)) {
      send(std::move(letter.copy), {who}, static_cast<std::uint8_t>(letter.attempt + 1), actions);
    }
  }

  void wait(Copy copy, const People& people, std::uint8_t attempt, Mechanism why, Actions& actions,
            NodeId tried = kNoNode) {
    if (!mailbox_.open()) return actions.drop(std::move(copy), why);
    const std::uint32_t bounces = attempt > retries_ ? attempt - retries_ : 0;
    for (const EndpointId who : people) {
      mailbox_.put(who, {actions.fork(copy), attempt, why, bounces, tried}, now_, actions);
    }
    actions.discard(std::move(copy));
  }

  // ---- the way out ----
  void begin(Copy copy, Actions& actions) {
    const Message& message = copy.message();
    People others;
    if (message.address.kind == Address::Kind::user) {
      others = {message.address.endpoint()};
    } else {
      actions.push(actions.fork(copy));
      for (const EndpointId member : context_.directory.members(message.address.room())) {
        if (member != message.sender && !own_.here(member)) others.push_back(member);
      }
    }
    send(std::move(copy), others, 0, actions);
  }

  // Ends the copy: here, forwarded, or in a question to the registry.
  void send(Copy copy, const People& people, std::uint8_t attempt, Actions& actions) {
    PeopleByNode by_node;
    std::vector<std::uint32_t> unknown;
    People here;
    for (const EndpointId who : people) {
      const NodeId node = table_.find(who);
      if (own_.here(who)) {
        here.push_back(who);
      } else if (push_routes_ && attempt == 0 && mailbox_.waits_for(who)) {
        // He is sought, and who has got him will say so.
        wait(actions.fork(copy), {who}, 0, Mechanism::route_missing, actions, mailbox_.tried(who));
      } else if (node == kNoNode || node == context_.self) {
        unknown.push_back(static_cast<std::uint32_t>(who));
      } else {
        by_node[node].push_back(who);
      }
    }
    ToldNodes reached;
    deliver(copy, here, by_node, attempt, reached, actions);
    if (unknown.empty()) {
      actions.discard(std::move(copy));  // it has served as the template of the forks
      return;
    }
    const Address to = copy.message().address;
    const std::uint32_t request = ++last_request_;
    Question question{std::move(copy), attempt, std::move(reached)};
    if (room_sets_ && attempt == 0 && to.kind == Address::Kind::room) {
      for (const std::uint32_t who : unknown) question.of_room.push_back(EndpointId{who});
      actions.call({RegistryCall::Verb::get_members, {kRoomKey | to.id}, request});
    } else {
      ask(std::move(unknown), request, actions);
    }
    questions_.emplace(request, std::move(question));
  }

  // To all who have members of the room and no frame yet; it is for whoever is there.
  void deliver_to_room(Question question, const std::vector<NodeId>& nodes, Actions& actions) {
    for (const NodeId node : nodes) {
      if (node == context_.self || !question.reached.insert(node)) continue;
      actions.forward(actions.fork(question.copy), node);
    }
    expected_.expect(std::move(question.copy), question.of_room, actions);
  }

  // Uses up both lists. What is not the first frame to a node says so: nobody hears it twice there.
  void deliver(const Copy& copy, People& here, PeopleByNode& by_node, std::uint8_t attempt,
               ToldNodes& reached, Actions& actions) {
    if (!here.empty()) actions.push(actions.fork(copy), std::move(here));
    for (auto& [node, people] : by_node) {
      const bool first = reached.insert(node);
      const std::uint8_t hop = first ? attempt : std::max<std::uint8_t>(attempt, 1);
      actions.forward(actions.fork(copy), node, std::move(people), hop);
    }
  }

  void learn(const RegistryReply& reply, Actions& actions) {
    std::optional<EndpointId> in;
    if (own_.answered(reply, in, actions)) {
      if (in && push_routes_) tell_all_of(*in, actions);
      return;
    }
    if (found_waiting(reply, actions)) return;
    const auto asked = questions_.find(reply.request);
    if (asked == questions_.end()) return;
    Question question = std::move(asked->second);
    questions_.erase(asked);
    if (!reply.available) return wait_for_registry(std::move(question), reply, actions);
    if (question.of_room.empty()) return deliver_by(reply, std::move(question), actions);
    deliver_to_room(std::move(question), reply.nodes, actions);
  }

  void wait_for_registry(Question question, const RegistryReply& reply, Actions& actions) {
    People missing = std::move(question.of_room);
    if (missing.empty()) {
      for (const std::uint32_t key : reply.keys) missing.push_back(EndpointId{key});
    }
    wait(std::move(question.copy), missing, question.attempt, Mechanism::registry_unavailable,
         actions);
  }

  // One answer for each person.
  void deliver_by(const RegistryReply& reply, Question question, Actions& actions) {
    People here, stale, missing;
    PeopleByNode by_node;
    for (std::size_t i = 0; i < reply.keys.size(); ++i) {
      const EndpointId who{reply.keys[i]};
      const NodeId node = reply.nodes[i];
      // Where he was sought in vain a moment ago he is sought again when it is time, and what is
      // said meanwhile waits behind what was said before.
      const bool in_vain = node != kNoNode && mailbox_.was_not_at(who, node);
      if (node != kNoNode && !in_vain) found(who, node, actions);
      if (in_vain && !own_.here(who)) {
        wait(actions.fork(question.copy), {who}, question.attempt, Mechanism::route_stale, actions,
             node);
        continue;
      }
      if (own_.here(who)) {
        here.push_back(who);
      } else if (node == kNoNode) {
        missing.push_back(who);
      } else if (node == context_.self) {
        stale.push_back(who);
      } else {
        by_node[node].push_back(who);
      }
    }
    deliver(question.copy, here, by_node, question.attempt, question.reached, actions);
    if (!missing.empty()) {
      wait(actions.fork(question.copy), missing, question.attempt, Mechanism::route_missing,
           actions);
    }
    retry(std::move(question.copy), stale, question.attempt, actions, context_.self);
  }

  // They are not where the registry or the table said.
  void retry(Copy copy, const People& absent, std::uint8_t attempt, Actions& actions,
             NodeId tried = kNoNode) {
    if (absent.empty()) {
      actions.discard(std::move(copy));
    } else if (attempt >= retries_) {
      wait(std::move(copy), absent, attempt, Mechanism::route_stale, actions, tried);
    } else {
      send(std::move(copy), absent, static_cast<std::uint8_t>(attempt + 1), actions);
    }
  }

  void again(Returned in, Actions& actions) {
    for (const EndpointId who : in.absent) table_.forget(who, in.from);
    retry(std::move(in.copy), in.absent, in.attempt, actions, in.from);
  }

  // ---- the way in ----
  void serve(PeerMessage in, Actions& actions) {
    const MessageIdentity message = in.copy.message().identity();
    const bool all = message.address.kind == Address::Kind::room && in.attempt == 0;
    const auto here = [this](EndpointId who) { return own_.here(who); };
    if (all && room_sets_) notes_.report(in.copy.message(), in.from, in.meant, here, actions);
    People absent, present;
    for (const EndpointId who : in.meant) {
      if (!own_.here(who))
        absent.push_back(who);
      else if (!all && !has_heard(who, message))  // a frame for all is for whoever is here
        present.push_back(who);
    }
    if (all) heard_.hear(message, now_);
    if (all || !present.empty()) {
      if (absent.empty()) return actions.push(std::move(in.copy), std::move(present));
      actions.push(actions.fork(in.copy), std::move(present));
    }
    if (absent.empty()) return actions.discard(std::move(in.copy));
    actions.give_back(std::move(in.copy), in.from, std::move(absent), in.attempt);
  }

  // Whoever was here when the frame for all came, and is meant by a later one.
  bool has_heard(EndpointId who, const MessageIdentity& message) const {
    const std::optional<Time> first = heard_.heard(message);
    return first && own_.opened_at(who) <= *first;
  }

  static constexpr Duration kMemory = std::chrono::minutes{1};  // longer than a question takes

  BackplaneContext context_;
  RouteTable table_;
  std::int64_t retries_;
  bool waits_, leased_, room_sets_, push_routes_;
  std::uint32_t last_request_ = 0;
  Mailbox mailbox_;
  Expected expected_;
  RouteNotes notes_;
  RouteWriter own_;
  Time now_{0};
  Recent heard_{kMemory};                       // of rooms, with a frame for all
  std::map<std::uint32_t, EndpointId> sought_;  // whom the mailbox asks for
  std::map<std::uint32_t, Question> questions_;
};

}  // namespace

BackplaneRow routed_nack_row() {
  BackplaneRow row = routed_row();
  row.name = "routed_nack";
  row.meaning = "as routed; forwards say for whom, and come back for who is not there";
  row.options = kRoutedNackOptions;
  row.make = make<RoutedNack>;
  return row;
}

}  // namespace squall
