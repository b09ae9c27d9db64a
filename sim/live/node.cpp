// Processes of a node: start, crash, pause, drain, and its links. See node.hpp.
// Sessions are in node_sessions.cpp, messages in node_messages.cpp.
#include "sim/live/node.hpp"

#include <unistd.h>

#include <algorithm>

#include "sim/live/node_session.hpp"

namespace squall::live {

namespace {

// Who wakes reads what has come before he looks at the clock.
constexpr Duration kSocketsFirst = std::chrono::milliseconds{5};

}  // namespace

Node::Node(Cluster& cluster, NodeId id)
    : cluster_(cluster),
      loop_(cluster.loop_of(id)),
      id_(id),
      directory_(cluster.plan),
      peers_(cluster, id, *this),
      costs_(costs_of(cluster.scenario.cluster.nodes)),
      work_(loop_, cluster.scenario.time.measure,
            [this](Time when, WorkQueue::Then then) { later(when, std::move(then)); }),
      by_endpoint_(cluster.plan.endpoints(), nullptr),
      rooms_(cluster.plan.rooms()),
      farewells_(loop_),
      reconnect_(cluster.scenario.cluster.broker.reconnect) {}

Node::~Node() = default;

bool Node::listen(std::string& error) {
  acceptor_ = listen_on(
      loop_, port_, [this](int descriptor) { accepted(descriptor); }, error);
  if (acceptor_ == nullptr) return false;
  port_ = acceptor_->port();
  cluster_.node_addresses[index(id_)] = {"127.0.0.1", port_};
  return true;
}

void Node::later(Time when, std::function<void()> then) {
  loop_.at(when, [this, epoch = epoch_, then = std::move(then)] {
    if (epoch_ != epoch) return;
    paused_ ? due_.push_back(then) : then();  // nobody looks at timers meanwhile
  });
}

// ---- a process ---------------------------------------------------------------------------------

void Node::start() {
  if (epoch_ % 2 == 1) return;
  const bool first = epoch_ == 0;
  ++epoch_;
  note(FactKind::started, 0);
  for (const auto& held : held_) held.channel->reset();  // a machine that is back knows nobody
  closed_clients_ += heard_while_lost();
  held_.clear();
  farewells_.end(true);
  for (const int descriptor : std::exchange(unanswered_, {})) ::close(descriptor);
  silent_ = false;
  if (const std::string error = acceptor_->listen_again(); !error.empty()) {
    cluster_.trouble.say("node n" + std::to_string(index(id_) + 1) + " cannot come back: " + error);
    return;
  }
  accepting_ = true;
  backplane_ = make_backplane(cluster_.backplane, cluster_.spec,
                              {id_, static_cast<std::uint16_t>(cluster_.nodes.size()), *this,
                               directory_, cluster_.plan.seed(), epoch_});
  const BackplaneNeeds& needs = cluster_.backplane.needs;
  if (needs.peers) peers_.start();
  if (needs.broker) {
    const BrokerAddress& address = cluster_.broker[index(id_)];
    const std::string name = "squall-" + std::to_string(port_) + "-" + std::to_string(epoch_);
    const Duration keep_alive = cluster_.scenario.cluster.broker.keep_alive;
    by_topic_ = broker_link_for(address)->topics;
    BrokerLinkOptions options{address, cluster_.run.topic(), name, keep_alive, by_topic_};
    const StrategySpec& spec = cluster_.spec;
    if (spec.has_log()) options.log = LogLimits{spec.resume_messages, spec.resume};
    broker_ = broker_link_for(address)->make(loop_, options, *this);
    first ? broker_->open() : connect_again();
  }
  if (needs.registry) {
    registry_ = RegistryLink::make(loop_, cluster_.registry[index(id_)], *this);
    const Time now = loop_.now();
    const bool open =
        first || reachable_from(cluster_.plan, id_, Place::Kind::registry, now) == now;
    open ? registry_->open() : open_registry_again();
  }
  if (!first) {
    const Duration delay = cluster_.balancer.propagation_delay(id_);
    later(loop_.now() + delay, [this] { cluster_.told(id_, true); });
  }
  step(Started{});
}

bool Node::linked() const {
  const BackplaneNeeds& needs = cluster_.backplane.needs;
  return (!needs.peers || peers_.all_up()) && (!needs.broker || (subscribed_ && speaking_)) &&
         (!needs.registry || registry_up_);
}

void Node::crash(CloseReason why, TriggerId trigger) {
  if (epoch_ % 2 == 0) return;
  trigger_ = trigger;
  note(FactKind::crashed, 0, 0, static_cast<std::uint8_t>(why), trigger);
  Actions last_words;
  backplane_->lose_all(last_words);
  perform(last_words);
  for (const Publish& what : std::exchange(waiting_, {})) {
    drop(what.message, Mechanism::ingress_lost_at_crash, kNoNode);
  }
  waiting_bytes_ = 0;
  work_.forget_all();  // as what the kernel had, and nobody read
  ++epoch_;
  accepting_ = paused_ = false;
  silent_ = why == CloseReason::host_loss;
  // A lost host keeps its port and its connections, and never says a word on them.
  if (!silent_) acceptor_->refuse();
  for (auto& [attempt, handshake] : handshakes_) abandon(loop_, handshake);
  handshakes_.clear();
  while (!sessions_.empty()) {
    Session& session = *sessions_.back();
    if (silent_) {
      session.channel->hold(true);
      held_.push_back({session.channel, session.channel->traffic()});
    } else if (why == CloseReason::drain) {  // the stop after a drain: whoever is left hears it
      session.channel->send(session.wire.goodbye(kServiceRestart));
      session.channel->close();
    } else {
      session.channel->reset();
    }
    remove(session, true);
  }
  silent_ ? farewells_.hold(true) : farewells_.end(why != CloseReason::drain);
  peers_.stop(silent_);
  if (broker_ != nullptr) {
    closed_broker_ += broker_->traffic();
    broker_->close();
    loop_.retire(std::move(broker_));
  }
  if (registry_ != nullptr) {
    closed_registry_ += registry_->traffic();
    registry_->close();
    loop_.retire(std::move(registry_));
  }
  broker_ = nullptr, registry_ = nullptr;
  subscribed_ = speaking_ = registry_up_ = connects_again_ = false;
  due_.clear();
  topics_.clear();
  early_.clear();
  vacated_.clear();
  questions_.clear();
  backplane_.reset();
}

void Node::pause(bool yes) {
  if (paused_ == yes || epoch_ % 2 == 0) return;
  paused_ = yes;
  for (const auto& session : sessions_) session->channel->hold(yes);
  farewells_.hold(yes);
  peers_.hold(yes);
  if (broker_ != nullptr) broker_->pause(yes);
  if (registry_ != nullptr) registry_->pause(yes);
  if (yes) return;
  for (const int descriptor : std::exchange(unanswered_, {})) accepted(descriptor);
  later(loop_.now() + kSocketsFirst, [this] { wake(); });
}

void Node::wake() {
  for (const auto& then : std::exchange(due_, {})) {
    const std::uint32_t epoch = epoch_;
    then();
    if (epoch != epoch_) return;
  }
}

void Node::finish() {
  loop_.retire(std::move(acceptor_));
  acceptor_ = nullptr;
  ++epoch_, epoch_ += epoch_ % 2;  // no timer finds a living process
  if (backplane_ != nullptr) {
    // What it still holds stays alive in the ledger: unresolved. But a question that waits at a
    // partition to the end will not be answered, and what waits for a broker was not published.
    Actions held;
    backplane_->lose_all(held);
    const bool cut_off =
        cut_at(cluster_.plan, node_place(id_), {Place::Kind::registry, kNoNode}, loop_.now())
            .has_value();
    for (const Action& action : held.list()) {
      if (std::holds_alternative<LetGo>(action)) perform_one(action);
      const Drop* const lost = std::get_if<Drop>(&action);
      if (lost != nullptr && cluster_.backplane.needs.broker && !subscribed_) {
        drop(lost->message, Mechanism::publish_failed, kNoNode);
      } else if (cut_off && lost != nullptr) {
        drop(lost->message, Mechanism::registry_unavailable, kNoNode);
      }
    }
  }
  handshakes_.clear();
  while (!sessions_.empty()) {
    Session& session = *sessions_.back();
    session.channel->send(session.wire.goodbye(kGoingAway));
    session.channel->close();
    remove(session, true);
  }
  held_.clear();
  farewells_.end(false);
  for (const int descriptor : std::exchange(unanswered_, {})) ::close(descriptor);
  peers_.stop(false);
  if (broker_ != nullptr) broker_->close();
  if (registry_ != nullptr) registry_->close();
  for (const Publish& what : std::exchange(waiting_, {})) {
    drop(what.message, Mechanism::publish_failed, kNoNode);
  }
}

// ---- drain -------------------------------------------------------------------------------------

void Node::drain(Duration over, TriggerId trigger) {
  if (epoch_ % 2 == 0) return;
  trigger_ = trigger;
  note(FactKind::drained, 0, 0, 0, trigger);
  accepting_ = false;
  const Duration told = cluster_.balancer.propagation_delay(id_);
  loop_.at(loop_.now() + told, [this, epoch = epoch_] {  // by who drains it: it may stand still
    if (epoch_ == epoch && !accepting_) cluster_.told(id_, false);
  });
  std::vector<ConnectionId> all;
  for (const auto& session : sessions_) {
    if (!session->guest()) all.push_back(session->connection);
  }
  draining_.begin(std::move(all), over,
                  cluster_.spec.make_before_break ? Drain::Way::ask_to_move : Drain::Way::close);
  later(loop_.now(), [this, number = draining_.number()] { drain_step(number); });
  tell_draining(true);
}

void Node::tell_draining(bool yes) {
  if (epoch_ % 2 == 0) return;  // nobody is there to be told
  later(loop_.now(), [this, yes] { step(Draining{yes}); });
}

void Node::drain_step(std::uint32_t number) {
  if (accepting_ || !draining_.goes_on(number)) return;
  Session* const session = session_of(draining_.take_next());
  if (session != nullptr) {
    if (cluster_.spec.make_before_break && session->open)
      ask_to_move(*session);
    else
      close_session(*session, CloseReason::drain, trigger_);
  }
  later(loop_.now() + draining_.gap(), [this, number] { drain_step(number); });
}

void Node::undrain() {
  accepting_ = epoch_ % 2 == 1;
  const Duration told = cluster_.balancer.propagation_delay(id_);
  later(loop_.now() + told, [this] { cluster_.told(id_, true); });
  tell_draining(false);
}

// ---- links -------------------------------------------------------------------------------------

Time Node::reconnects_at(Place::Kind server, std::uint64_t& waits) {
  const Time open = reachable_from(cluster_.plan, id_, server, loop_.now());
  if (open == kNever) return kNever;
  const Rng rng(cluster_.plan.seed(), Purpose::broker_reconnect,
                reconnect_stream(cluster_.plan, id_, server));
  return open + Duration{reconnect_.sample(rng.at(waits++))};
}

void Node::connect_again() {
  if (connects_again_) return;
  const Time when = reconnects_at(Place::Kind::broker, broker_waits_);
  if (when == kNever) return;
  connects_again_ = true;
  later(when, [this] {
    connects_again_ = false;
    broker_->open();
  });
}

void Node::open_registry_again() {
  const Time when = reconnects_at(Place::Kind::registry, registry_waits_);
  if (when != kNever) later(when, [this] { registry_->open(); });
}

void Node::speaking(bool yes) {
  if (std::exchange(speaking_, yes) != yes) note(FactKind::speaking, 0, 0, yes);
  if (!yes) nobody_answers();
}

void Node::link_up() {
  const bool news = !std::exchange(subscribed_, true);
  if (news) note(FactKind::broker_link, 0, 0, 1);
  speaking(true);
  waiting_bytes_ = 0;
  for (const Publish& what : std::exchange(waiting_, {})) publish(what);
  if (news) tell_topics();
}

void Node::link_down(const std::string& why, bool slow) {
  last_error_ = "broker: " + why;
  if (subscribed_) note(FactKind::broker_link, 0, 0, slow ? 2 : 0);
  const bool news = std::exchange(subscribed_, false);
  early_.clear();
  speaking(speaking_ && broker_->speaks());
  connect_again();
  if (news) step(BrokerState{false});
}

void Node::link_mute(const std::string& why) {
  last_error_ = "broker: " + why;
  speaking(false);
  connect_again();
}

void Node::trouble(const std::string& what, const std::string& why) {
  const std::string node = "node n" + std::to_string(index(id_) + 1);
  cluster_.trouble.say(node + " has no link: " + what + ": " + why);
}

void Node::registry_up() { registry_up_ = true; }

void Node::registry_down(const std::string& why) {
  last_error_ = "registry: " + why;
  registry_up_ = false;
  open_registry_again();
}

// What clients still send to a machine that is gone was on the wire. What its kernel, which is
// ours, answers was not.
Traffic Node::heard_while_lost() const {
  Traffic heard;
  for (const Held& held : held_) {
    const Traffic since = held.channel->traffic() - held.before;
    heard.received += since.received;
    heard.segments_received += since.segments_received;
  }
  return heard;
}

Node::LinkTraffic Node::traffic() const {
  LinkTraffic total;
  total.clients = closed_clients_;
  total.opening = opening_, total.openings = openings_;
  total.clients += farewells_.traffic();
  total.clients += heard_while_lost();
  total.peers = peers_.traffic();
  total.broker = closed_broker_;
  if (broker_ != nullptr) total.broker += broker_->traffic();
  total.registry = closed_registry_;
  if (registry_ != nullptr) total.registry += registry_->traffic();
  return total;
}

std::vector<std::shared_ptr<Channel>> Node::client_channels() const {
  std::vector<std::shared_ptr<Channel>> channels;
  channels.reserve(sessions_.size());
  for (const auto& session : sessions_) {
    if (!session->guest()) channels.push_back(session->channel);
  }
  return channels;
}

}  // namespace squall::live
