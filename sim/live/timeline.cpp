// Asks the plan for everything, in order of time. See timeline.hpp.
// Ties are broken by the order of scheduling, as everywhere in squall.
#include "sim/live/timeline.hpp"

#include <algorithm>
#include <map>
#include <queue>

#include "sim/books/lives.hpp"
#include "sim/books/setup.hpp"

namespace squall::live {
namespace {

class LayOut {
 public:
  explicit LayOut(const Plan& plan)
      : plan_(plan), scenario_(plan.scenario()), lives_(plan), online_(plan.endpoints(), 0) {
    for (std::uint16_t i = 0; i < scenario_.traffic.size(); ++i) sources_.emplace_back(plan, i);
  }

  Timeline run() {
    begin();
    while (!pending_.empty()) {
      const Item item = pending_.top();
      pending_.pop();
      happen(item.what, item.traffic);
    }
    return std::move(timeline_);
  }

 private:
  struct Item {
    Happening what;
    bool traffic;  // a source is due: what.who is its number
    std::uint64_t order;
    bool operator>(const Item& other) const {
      return what.at != other.what.at ? what.at > other.what.at : order > other.order;
    }
  };
  using Kind = Happening::Kind;

  void add(const Happening& what, bool traffic = false) {
    if (what.at < scenario_.time.measure) pending_.push({what, traffic, order_++});
  }

  void begin() {
    for (std::uint32_t e = 0; e < plan_.endpoints(); ++e) {
      will(Kind::login, EndpointId{e}, lives_.first_login(EndpointId{e}), 0);
      will(Kind::drop, EndpointId{e}, lives_.first_drop(EndpointId{e}), 0);
    }
    const auto stimuli = plan_.stimuli();
    for (std::uint32_t i = 0; i < stimuli.size(); ++i) {
      // A heal or a restart may lie in the drain.
      pending_.push({{Kind::stimulus, stimuli[i].at, i}, false, order_++});
    }
    for (std::uint32_t i = 0; i < sources_.size(); ++i) {
      add({Kind::send, sources_[i].upcoming(), i}, true);
    }
  }

  void will(Kind kind, EndpointId who, std::optional<Time> at, std::uint32_t number) {
    if (at) add({kind, *at, static_cast<std::uint32_t>(who), number});
  }

  void happen(const Happening& what, bool traffic) {
    if (traffic) {
      send(what.who);
      return;
    }
    const EndpointId endpoint{what.who};
    switch (what.kind) {
      case Kind::login:
        if (!log_in(what)) return;
        break;
      case Kind::logout:
        online_[what.who] = 0;
        will(Kind::login, endpoint, lives_.login_after(endpoint, what.at, what.number),
             what.number + 1);
        break;
      case Kind::drop:
        will(Kind::drop, endpoint, lives_.drop_after(endpoint, what.at, what.number),
             what.number + 1);
        break;
      case Kind::stimulus: stimulus(what.who); break;
      case Kind::send: break;
    }
    timeline_.happenings.push_back(what);
  }

  bool log_in(const Happening& what) {
    if (online_[what.who] != 0) return false;
    online_[what.who] = 1;
    const EndpointId endpoint{what.who};
    will(Kind::logout, endpoint, lives_.logout_after(endpoint, what.at, what.number), what.number);
    return true;
  }

  void stimulus(std::uint32_t number) {
    const Stimulus& stimulus = plan_.stimuli()[number];
    if (stimulus.kind == Stimulus::Kind::connect) {
      const ScriptStep& step = scenario_.script[stimulus.item];
      const auto who = static_cast<std::uint32_t>(plan_.individual_named(step.client));
      happen({Kind::login, stimulus.at, who, 0}, false);
    }
    if (stimulus.kind == Stimulus::Kind::send) {
      message(scripted_send(plan_, scenario_.script[stimulus.item], stimulus.at));
    }
  }

  void send(std::uint32_t number) {
    TrafficSource& source = sources_[number];
    if (const auto send = source.next(online_)) message(*send);
    add({Kind::send, source.upcoming(), number}, true);
  }

  void message(const Send& send) {
    const auto number = static_cast<std::uint32_t>(timeline_.messages.size());
    const std::uint32_t sequence =
        ++sequences_[{static_cast<std::uint32_t>(send.sender),
                      static_cast<std::uint64_t>(send.to.kind) << 32 | send.to.id}];
    timeline_.messages.push_back(
        {{MessageId{number}, send.sender, send.to, send.size, sequence}, send.traffic, send.at});
    timeline_.happenings.push_back({Kind::send, send.at, number});
  }

  const Plan& plan_;
  const Scenario& scenario_;
  const Lives lives_;
  std::vector<std::uint8_t> online_;
  std::vector<TrafficSource> sources_;
  std::priority_queue<Item, std::vector<Item>, std::greater<>> pending_;
  std::uint64_t order_ = 0;
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> sequences_;
  Timeline timeline_;
};

}  // namespace

Timeline lay_out(const Plan& plan) { return LayOut(plan).run(); }

}  // namespace squall::live
