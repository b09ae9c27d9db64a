// Routed forwarding that says for whom, and is told who was not there: then it asks the registry
// again and forwards again, a few times. A room's first frame to a node goes to all of its members
// there; a later one only to those it is meant for and who have not heard it.
//
//   sender's node -> Forward{meant} -> node -> push to those who are here
//                 <- Return{absent} <-        for those who are not
//
// Writes and deletes are fenced. Who is nowhere, or is looked for where he was, loses; but with a
// `mailbox` what is for him waits, and he is asked for again and again. With `route_wait` nobody is
// told that he is in before the registry knows where.
#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "strategies/backplane/mailbox.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/own_routes.hpp"
#include "strategies/backplane/recent.hpp"
#include "strategies/backplane/registry.hpp"
#include "strategies/backplane/route_table.hpp"

namespace squall {
namespace {

constexpr Option kRetries{.name = "retries",
                          .meaning = "how often it asks and forwards again for who was not there",
                          .kind = Option::Kind::count,
                          .fallback = 3,
                          .low = 0,
                          .high = 100,
                          .source = "uncalibrated"};
constexpr Option kMailbox = duration_option(
    "mailbox", "how long a message waits at its sender's node for who is nowhere",
    {.fallback = Duration{0}, .low = Duration{0}, .high = std::chrono::hours{1}, .source = "none"});
constexpr Option kMailboxMessages{
    .name = "mailbox_messages",
    .meaning = "how many wait there for one person; else the oldest goes",
    .kind = Option::Kind::count,
    .fallback = 100,
    .low = 1,
    .high = 1'000'000,
    .source = "uncalibrated"};
constexpr Option kRouteWait =
    flag_option("route_wait", "the welcome waits until the registry has the route");
constexpr std::array kOptions{kRouteCache, kRetries, kMailbox, kMailboxMessages, kRouteWait};

class RoutedNack final : public Backplane {
 public:
  RoutedNack(const StrategySpec& spec, const BackplaneContext& context)
      : context_(context),
        table_(duration_of(kRouteCache, spec)),
        retries_(value_of(kRetries, spec)),
        waits_(is_on(kRouteWait, spec)),
        mailbox_({duration_of(kMailbox, spec),
                  static_cast<std::size_t>(value_of(kMailboxMessages, spec))}) {}

  bool admits() const override { return waits_; }

  void step(Time now, Input input, Actions& actions) override {
    now_ = now;
    table_.now(now);
    heard_.forget_old(now);
    std::visit(Match{
                   [&](SessionOpened& in) { opened(in.endpoint, actions); },
                   [&](RenewalDue& in) { own_.renew(in.endpoint, actions); },
                   [&](SessionClosed& in) {
                     own_.closed(in.endpoint, actions);
                     guests_.erase(in.endpoint);
                   },
                   [&](RoomJoined& in) {
                     if (waits_) actions.admit(in.endpoint, in.room);
                   },
                   [&](Timer& in) { due(in.number, actions); },
                   [&](ClientMessage& in) { begin(std::move(in.copy), actions); },
                   [&](PeerMessage& in) { serve(std::move(in), actions); },
                   [&](Returned& in) { again(std::move(in), actions); },
                   [&](PeerState& in) {
                     if (!in.up) table_.forget(in.peer);
                   },
                   [&](RegistryReply& in) { learn(in, actions); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions& actions) override {
    for (auto& [request, question] : questions_) {
      actions.drop(std::move(question.copy), Mechanism::ingress_lost_at_crash);
    }
    questions_.clear();
    mailbox_.lose_all(actions);
  }

 private:
  using People = std::vector<EndpointId>;
  using Guests = std::map<EndpointId, std::uint32_t>;
  using Reached = std::set<NodeId>;  // that have this message's frame for all
  struct Question {
    Copy copy;
    std::uint8_t attempt;
    Reached reached;
  };

  // ---- sessions ----
  void opened(EndpointId endpoint, Actions& actions) {
    if (waits_) {
      own_.opened(endpoint, now_, actions, guests_[endpoint] = ++last_request_);
    } else {
      own_.opened(endpoint, now_, actions);
    }
    send_waiting(endpoint, actions);
  }

  // Whether it was the answer to the write of a session's route. Who is not written down where
  // nobody can be asked is written down later; one that a newer session has overtaken is let in.
  bool registered(const RegistryReply& reply, Actions& actions) {
    const auto guest = std::ranges::find(guests_, reply.request, &Guests::value_type::second);
    if (reply.request == 0 || guest == guests_.end()) return false;
    const EndpointId endpoint = guest->first;
    if (reply.available) {
      guests_.erase(guest);
      actions.admit(endpoint);
    } else {
      actions.arm(kWriteAgain | static_cast<std::uint32_t>(endpoint), kPatience);
    }
    return true;
  }

  void due(std::uint32_t timer, Actions& actions) {
    if ((timer & kWriteAgain) == 0) {
      if (const auto who = mailbox_.due(timer, now_, actions)) ask_for(*who, actions);
      return;
    }
    const auto guest = guests_.find(EndpointId{timer & ~kWriteAgain});
    if (guest == guests_.end()) return;
    own_.renew(guest->first, actions, guest->second = ++last_request_);
  }

  // ---- the mailbox ----
  void ask_for(EndpointId who, Actions& actions) {
    sought_.emplace(++last_request_, who);
    actions.call(
        {RegistryCall::Verb::get_routes, {static_cast<std::uint32_t>(who)}, last_request_});
  }

  bool found_waiting(const RegistryReply& reply, Actions& actions) {
    const auto question = sought_.find(reply.request);
    if (question == sought_.end()) return false;
    const EndpointId who = question->second;
    sought_.erase(question);
    if (!reply.available || reply.nodes.front() == kNoNode) {
      mailbox_.still_away(who, actions);
    } else {
      table_.learn(who, reply.nodes.front());
      send_waiting(who, actions);
    }
    return true;
  }

  // He is somewhere, as far as we know: in the order in which it was said.
  void send_waiting(EndpointId who, Actions& actions) {
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
        if (member != message.sender && !context_.sessions.has(member)) others.push_back(member);
      }
    }
    send(std::move(copy), others, 0, actions);
  }

  // Ends the copy: here, forwarded, or in a question to the registry.
  void send(Copy copy, const People& people, std::uint8_t attempt, Actions& actions) {
    std::map<NodeId, People> by_node;
    std::vector<std::uint32_t> unknown;
    People here;
    for (const EndpointId who : people) {
      const NodeId node = table_.find(who);
      if (context_.sessions.has(who)) {
        here.push_back(who);
      } else if (node == kNoNode || node == context_.self) {
        unknown.push_back(static_cast<std::uint32_t>(who));
      } else {
        by_node[node].push_back(who);
      }
    }
    Reached reached;
    deliver(copy, here, by_node, attempt, reached, actions);
    if (unknown.empty()) {
      actions.discard(std::move(copy));  // it has served as the template of the forks
      return;
    }
    const std::uint32_t request = ++last_request_;
    questions_.emplace(request, Question{std::move(copy), attempt, std::move(reached)});
    actions.call({RegistryCall::Verb::get_routes, std::move(unknown), request});
  }

  // What is not the first frame to a node says so by its attempt: there nobody is to hear it twice.
  void deliver(const Copy& copy, const People& here, const std::map<NodeId, People>& by_node,
               std::uint8_t attempt, Reached& reached, Actions& actions) {
    if (!here.empty()) actions.push(actions.fork(copy), here);
    for (const auto& [node, people] : by_node) {
      const bool first = reached.insert(node).second;
      const std::uint8_t hop = first ? attempt : std::max<std::uint8_t>(attempt, 1);
      actions.forward(actions.fork(copy), node, people, hop);
    }
  }

  void learn(const RegistryReply& reply, Actions& actions) {
    if (registered(reply, actions) || found_waiting(reply, actions)) return;
    const auto found = questions_.find(reply.request);
    if (found == questions_.end()) return;
    Question question = std::move(found->second);
    questions_.erase(found);
    People here, stale, missing;
    if (!reply.available) {
      for (const std::uint32_t key : reply.keys) missing.push_back(EndpointId{key});
      wait(std::move(question.copy), missing, question.attempt, Mechanism::registry_unavailable,
           actions);
      return;
    }
    std::map<NodeId, People> by_node;
    for (std::size_t i = 0; i < reply.keys.size(); ++i) {
      const EndpointId who{reply.keys[i]};
      const NodeId node = reply.nodes[i];
      // Where he was sought in vain a moment ago he is sought again when it is time, and what is
      // said meanwhile waits behind what was said before.
      const bool in_vain = node != kNoNode && mailbox_.was_not_at(who, node);
      if (node != kNoNode && !in_vain) {
        table_.learn(who, node);
        send_waiting(who, actions);
      }
      if (in_vain && !context_.sessions.has(who)) {
        wait(actions.fork(question.copy), {who}, question.attempt, Mechanism::route_stale, actions,
             node);
        continue;
      }
      if (context_.sessions.has(who)) {
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
    People absent, present;
    for (const EndpointId who : in.meant) {
      if (!context_.sessions.has(who))
        absent.push_back(who);
      else if (all || !has_heard(who, message))
        present.push_back(who);
    }
    if (all) heard_.hear(message, now_);
    if (all || !present.empty()) {
      if (absent.empty()) return actions.push(std::move(in.copy), all ? People{} : present);
      actions.push(actions.fork(in.copy), all ? People{} : present);
    }
    if (absent.empty()) return actions.discard(std::move(in.copy));
    actions.give_back(std::move(in.copy), in.from, std::move(absent), in.attempt);
  }

  // Whoever was here when the frame for all came, and is meant by a later one.
  bool has_heard(EndpointId who, const MessageIdentity& message) const {
    const std::optional<Time> first = heard_.heard(message);
    return first && own_.opened_at(who) <= *first;
  }

  // Timers: those of the mailbox, and these, with the endpoint.
  static constexpr std::uint32_t kWriteAgain = 1U << 31;
  static constexpr Duration kPatience = std::chrono::seconds{1};
  static constexpr Duration kMemory = std::chrono::minutes{1};  // longer than a question takes

  BackplaneContext context_;
  RouteTable table_;
  std::int64_t retries_;
  bool waits_;
  Mailbox mailbox_;
  Time now_{0};
  OwnRoutes own_{true};
  Recent heard_{kMemory};                       // of rooms, with a frame for all
  Guests guests_;                               // who waits for his welcome; the request
  std::map<std::uint32_t, EndpointId> sought_;  // whom the mailbox asks for
  std::map<std::uint32_t, Question> questions_;
  std::uint32_t last_request_ = 0;
};

std::unique_ptr<Backplane> make(const StrategySpec& spec, const BackplaneContext& context) {
  return std::make_unique<RoutedNack>(spec, context);
}

}  // namespace

BackplaneRow routed_nack_row() {
  return {.name = "routed_nack",
          .meaning = "as routed; forwards say for whom, and come back for who is not there",
          .needs = {.registry = true, .peers = true},
          .reach = Reach::everybody,
          .covers = Covers::route,
          .asks = Asks::unknown_recipients,
          .options = kOptions,
          .uncovered = always<Mechanism::route_stale>,
          .make = make};
}

}  // namespace squall
