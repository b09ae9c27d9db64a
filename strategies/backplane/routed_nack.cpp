// Routed forwarding that says for whom, and is told who was not there: then it asks the registry
// again and forwards again, a few times.
//
//   sender's node -> Forward{meant} -> node -> push to those who are here
//                 <- Return{absent} <-        for those who are not
//
// A room's first frame to a node goes to all of its members there; a later one only to those it is
// meant for, so that nobody hears twice. Writes and deletes are fenced. What stays is what no
// second question can cure: a client whom the registry does not know, or keeps looking for where it
// was.
#include <array>
#include <map>

#include "strategies/backplane/match.hpp"
#include "strategies/backplane/own_routes.hpp"
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
constexpr std::array kOptions{kRouteCache, kRetries};

class RoutedNack final : public Backplane {
 public:
  RoutedNack(const StrategySpec& spec, const BackplaneContext& context)
      : context_(context),
        table_(duration_of(kRouteCache, spec)),
        retries_(value_of(kRetries, spec)) {}

  void step(Time now, Input input, Actions& actions) override {
    table_.now(now);
    std::visit(Match{
                   [&](SessionOpened& in) { own_.opened(in.endpoint, now, actions); },
                   [&](RenewalDue& in) { own_.renew(in.endpoint, actions); },
                   [&](SessionClosed& in) { own_.closed(in.endpoint, actions); },
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
  }

 private:
  using People = std::vector<EndpointId>;
  struct Question {
    Copy copy;
    std::uint8_t attempt;
  };

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
    deliver(copy, here, by_node, attempt, actions);
    if (unknown.empty()) {
      actions.discard(std::move(copy));  // it has served as the template of the forks
      return;
    }
    const std::uint32_t request = ++last_request_;
    questions_.emplace(request, Question{std::move(copy), attempt});
    actions.call({RegistryCall::Verb::get_routes, std::move(unknown), request});
  }

  void deliver(const Copy& copy, const People& here, const std::map<NodeId, People>& by_node,
               std::uint8_t attempt, Actions& actions) {
    if (!here.empty()) actions.push(actions.fork(copy), here);
    for (const auto& [node, people] : by_node) {
      actions.forward(actions.fork(copy), node, people, attempt);
    }
  }

  void learn(const RegistryReply& reply, Actions& actions) {
    const auto found = questions_.find(reply.request);
    if (found == questions_.end()) return;
    Question question = std::move(found->second);
    questions_.erase(found);
    if (!reply.available) {
      actions.drop(std::move(question.copy), Mechanism::registry_unavailable);
      return;
    }
    std::map<NodeId, People> by_node;
    People here, stale;
    bool missing = false;
    for (std::size_t i = 0; i < reply.keys.size(); ++i) {
      const EndpointId who{reply.keys[i]};
      const NodeId node = reply.nodes[i];
      if (node != kNoNode) table_.learn(who, node);
      if (context_.sessions.has(who)) {
        here.push_back(who);
      } else if (node == kNoNode) {
        missing = true;
      } else if (node == context_.self) {
        stale.push_back(who);
      } else {
        by_node[node].push_back(who);
      }
    }
    deliver(question.copy, here, by_node, question.attempt, actions);
    if (missing) actions.drop(actions.fork(question.copy), Mechanism::route_missing);
    retry(std::move(question.copy), stale, question.attempt, actions);
  }

  // They are not where the registry or the table said.
  void retry(Copy copy, const People& absent, std::uint8_t attempt, Actions& actions) {
    if (absent.empty()) {
      actions.discard(std::move(copy));
    } else if (attempt >= retries_) {
      actions.drop(std::move(copy), Mechanism::route_stale);
    } else {
      send(std::move(copy), absent, static_cast<std::uint8_t>(attempt + 1), actions);
    }
  }

  void again(Returned in, Actions& actions) {
    for (const EndpointId who : in.absent) table_.forget(who, in.from);
    retry(std::move(in.copy), in.absent, in.attempt, actions);
  }

  // ---- the way in ----
  void serve(PeerMessage in, Actions& actions) {
    People present, absent;
    for (const EndpointId who : in.meant) {
      (context_.sessions.has(who) ? present : absent).push_back(who);
    }
    const bool room = in.copy.message().address.kind == Address::Kind::room;
    const bool all = room && in.attempt == 0;  // whoever is here hears it, meant or not
    if (all || !present.empty()) {
      if (absent.empty()) return actions.push(std::move(in.copy), all ? People{} : present);
      actions.push(actions.fork(in.copy), all ? People{} : present);
    }
    actions.give_back(std::move(in.copy), in.from, std::move(absent), in.attempt);
  }

  BackplaneContext context_;
  RouteTable table_;
  std::int64_t retries_;
  OwnRoutes own_{true};
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
