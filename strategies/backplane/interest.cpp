// Broadcast by interest: a topic per room and one per user. A node subscribes to a room when its
// first member comes and lets go when the last one leaves, so the broker copies a message only to
// the nodes that have somebody to give it to. Direct messages have a topic per user, not one per
// node: nobody has to know where a user is.
// A subscription takes a round trip, and what is published meanwhile is missed. So the welcome of
// a session, and the answer to a join, wait until the topics are heard: who has been told that it
// is in misses nothing. With `admission_wait` off nobody waits, and who is addressed too soon loses
// (not_subscribed). A node that is cut off from the broker admits nobody. A wish that changes is
// said at once, behind the one before it: who came back while the end of a topic was being
// confirmed missed a round trip more, in silence (`squall explore` found it).
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "strategies/backplane/maker.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/backplane/registry.hpp"

namespace squall {
namespace {

constexpr Option kAdmissionWait{.name = "admission_wait",
                                .meaning = "the welcome waits until the topics are subscribed",
                                .fallback = 1,
                                .source = "who is told that he is in misses nothing"};
constexpr std::array kInterestOptions{kAdmissionWait};

class Interest final : public Backplane {
 public:
  Interest(const StrategySpec& spec, const BackplaneContext& context)
      : sessions_(context.sessions), waits_(is_on(kAdmissionWait, spec)) {}

  bool admits() const override { return waits_; }

  void step(Time, Input input, Actions& actions) override {
    std::visit(Match{
                   [&](SessionOpened& in) { opened(in.endpoint, actions); },
                   [&](SessionClosed& in) {
                     if (!sessions_.has(in.endpoint))
                       want(Topic::user(in.endpoint), false, actions);
                   },
                   [&](RoomOccupied& in) { want(Topic::room(in.room), true, actions); },
                   [&](RoomVacated& in) { want(Topic::room(in.room), false, actions); },
                   [&](RoomJoined& in) {
                     admit({in.endpoint, in.room}, actions);
                   },
                   [&](Subscribed& in) { answered(in, actions); },
                   [&](BrokerState& in) {
                     up_ = in.up;
                     if (!in.up) lost_link(actions);
                   },
                   [&](ClientMessage& in) {
                     const Topic topic = Topic::of(in.copy.message().address);
                     actions.publish(std::move(in.copy), topic);
                   },
                   [&](BrokerMessage& in) { actions.push(std::move(in.copy)); },
                   [&](auto&) { SQUALL_CHECK(!carries_copy(input)); },
               },
               input);
  }

  void lose_all(Actions&) override {}

 private:
  // Somebody whose welcome waits; with a room: whose answer to a join does.
  using Guest = std::pair<EndpointId, std::optional<RoomId>>;
  struct Subscription {
    bool wanted = false;
    bool said = false;       // what the broker was told last
    std::uint32_t open = 0;  // what it was told and has not answered; it answers in order
    bool heard = false;
    std::set<Guest> waiting;
  };

  void opened(EndpointId endpoint, Actions& actions) {
    want(Topic::user(endpoint), true, actions);
    admit({endpoint, std::nullopt}, actions);
  }

  void want(Topic topic, bool yes, Actions& actions) {
    topics_[topic].wanted = yes;
    reconcile(topic, actions);
  }

  // While the link is down one question at a time: it asks again for what it was last asked for.
  void reconcile(Topic topic, Actions& actions) {
    const auto found = topics_.find(topic);
    Subscription& subscription = found->second;
    if (subscription.wanted == subscription.said) {
      if (!subscription.wanted && subscription.open == 0) topics_.erase(found);
      return;
    }
    if (!up_ && subscription.open > 0) return;
    subscription.said = subscription.wanted;
    ++subscription.open;
    subscription.wanted ? actions.subscribe(topic) : actions.unsubscribe(topic);
  }

  void answered(const Subscribed& answer, Actions& actions) {
    const auto found = topics_.find(answer.topic);
    if (found == topics_.end()) return;
    Subscription& subscription = found->second;
    if (subscription.open > 0) --subscription.open;
    subscription.heard = answer.yes;
    std::set<Guest> waiting;
    if (answer.yes && subscription.open == 0) waiting.swap(subscription.waiting);
    for (const Guest& guest : waiting) admit(guest, actions);
    reconcile(answer.topic, actions);
  }

  // All is void; the link asks again for what it was last asked for.
  void lost_link(Actions& actions) {
    for (auto entry = topics_.begin(); entry != topics_.end();) {
      auto& [topic, subscription] = *entry;
      subscription.heard = false;
      if (!subscription.said && subscription.wanted) actions.subscribe(topic);
      subscription.said = subscription.said || subscription.wanted;
      subscription.open = subscription.said ? 1 : 0;
      entry = subscription.said ? std::next(entry) : topics_.erase(entry);
    }
  }

  // Now, if all its topics are heard; else it waits for the first that is not.
  void admit(const Guest& guest, Actions& actions) {
    const auto [endpoint, room] = guest;
    if (!waits_ || !sessions_.has(endpoint)) return;
    const auto must_wait = [&](Topic topic) {
      const auto found = topics_.find(topic);
      if (found == topics_.end() || (found->second.heard && found->second.open == 0)) return false;
      found->second.waiting.insert(guest);
      return true;
    };
    if (room) {
      if (!must_wait(Topic::room(*room))) actions.admit(endpoint, *room);
      return;
    }
    if (must_wait(Topic::user(endpoint))) return;
    for (const RoomId joined : sessions_.rooms_of(endpoint)) {
      if (must_wait(Topic::room(joined))) return;
    }
    actions.admit(endpoint);
  }

  const LocalSessions& sessions_;
  bool waits_;
  bool up_ = false;                       // the link to the broker
  std::map<Topic, Subscription> topics_;  // that are wanted, heard or asked for
};

}  // namespace

BackplaneRow interest_row() {
  return {.name = "interest",
          .meaning = "a topic per room and per user; the broker copies only to nodes that asked",
          .needs = {.broker = true},
          .reach = Reach::everybody,
          .covers = Covers::topic,
          .asks = Asks::never,
          .options = kInterestOptions,
          .uncovered = always<Mechanism::not_subscribed>,
          .make = make<Interest>};
}

}  // namespace squall
