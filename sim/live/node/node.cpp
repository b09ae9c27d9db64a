// What happens to all parts of a node at once, and which of them does what. See node.hpp.
// A process that dies gives back what it holds while its facts are still its own; then its sockets.
#include "sim/live/node/node.hpp"

#include <fmt/core.h>

#include <utility>

#include "sim/record/ledger.hpp"
#include "strategies/backplane/match.hpp"

namespace squall::live {
namespace {

// Who wakes reads what has come before he looks at the clock.
constexpr Duration kSocketsFirst = std::chrono::milliseconds{5};

}  // namespace

Node::Node(Cluster& cluster, NodeId id)
    : process_(cluster, id),
      work_(process_),
      reconnects_(process_),
      backplane_(process_, *this),
      sessions_(process_, backplane_),
      reception_(process_, backplane_, sessions_),
      drain_(process_, backplane_, sessions_),
      fan_out_(process_, sessions_, work_),
      hearing_(process_, backplane_, sessions_, reception_, drain_, fan_out_, work_),
      peers_(process_, backplane_, work_),
      door_(process_, sessions_, hearing_, peers_.links(), work_),
      broker_(process_, backplane_, reconnects_, work_),
      registry_(process_, backplane_, reconnects_) {}

// ---- a process ---------------------------------------------------------------------------------

void Node::start() {
  if (process_.alive()) return;
  process_.begin();
  sessions_.come_back();
  if (const std::string error = door_.listen_again(); !error.empty()) {
    process_.cannot_come_back(error);
    return;
  }
  process_.accept(true);
  backplane_.begin(sessions_);
  if (needs().peers) peers_.links().start();
  if (needs().broker) {
    broker_.begin(fmt::format("squall-{}-{}", door_.port(), process_.epoch()));
  }
  if (needs().registry) registry_.begin();
  if (!process_.first()) {
    Cluster& cluster = process_.cluster();
    const NodeId id = process_.id();
    process_.later(process_.now() + cluster.balancer.propagation_delay(id),
                   [&cluster, id] { cluster.told(id, true); });
  }
  backplane_.started();
}

// What counts time, or holds a lease, begins with the run: as in virtual time, whatever the links
// took to stand.
void Node::run_begins() {
  begun_ = true;
  const Time warm_up = -process_.cluster().scenario.time.warmup;
  for (const Action& action : std::exchange(early_, {})) {
    if (const Arm* const timer = std::get_if<Arm>(&action)) {
      arm(*timer, warm_up);
    } else {
      perform(action);
    }
  }
}

bool Node::linked() const {
  return (!needs().peers || peers_.links().all_up()) && (!needs().broker || broker_.up()) &&
         (!needs().registry || registry_.up());
}

void Node::crash(CloseReason why, TriggerId trigger) {
  if (!process_.alive()) return;
  process_.note(FactKind::crashed, 0, 0, static_cast<std::uint8_t>(why), trigger);
  backplane_.give_up();
  broker_.lose_waiting(Mechanism::ingress_lost_at_crash);
  work_.forget_all();
  process_.end(why == CloseReason::host_loss);
  door_.shut();
  sessions_.crash(why);
  peers_.links().stop(process_.silent());
  broker_.end();
  registry_.end();
  backplane_.end();
}

void Node::pause(bool yes) {
  if (process_.paused() == yes || !process_.alive()) return;
  process_.pause(yes);
  sessions_.hold(yes);
  peers_.links().hold(yes);
  broker_.pause(yes);
  registry_.pause(yes);
  if (yes) return;
  door_.answer_waiting();
  process_.later(process_.now() + kSocketsFirst, [this] { process_.wake(); });
}

void Node::finish() {
  process_.finish();
  give_back();
  door_.finish();
  sessions_.finish();
  peers_.links().stop(false);
  broker_.close();
  registry_.close();
  broker_.lose_waiting(Mechanism::publish_failed);
}

// What the backplane still holds stays alive in the ledger: the drain was too short. But a question
// that waits at a partition to the end will not be answered, and what waits for a broker was not
// published.
void Node::give_back() {
  const Plan& plan = process_.cluster().plan;
  const bool cut_off =
      cut_at(plan, node_place(process_.id()), kRegistry, process_.now()).has_value();
  const Actions held = backplane_.give_back();
  for (const Action& action : held.list()) {
    if (std::holds_alternative<LetGo>(action)) perform(action);
    const Drop* const lost = std::get_if<Drop>(&action);
    if (lost == nullptr) continue;
    if (needs().broker && !broker_.hears()) {
      process_.drop(lost->message, Mechanism::publish_failed);
    } else if (cut_off) {
      process_.drop(lost->message, Mechanism::registry_unavailable);
    } else {
      ++process_.cluster().held;
    }
  }
}

Node::LinkTraffic Node::traffic() const {
  return {.clients = sessions_.traffic(),
          .peers = peers_.links().traffic(),
          .broker = broker_.traffic(),
          .registry = registry_.traffic(),
          .opening = door_.traffic(),
          .openings = door_.openings()};
}

// ---- what the backplane wants done -------------------------------------------------------------

// A link that the row does not ask for is not there.
void Node::perform(const Action& action) {
  const auto history = static_cast<std::uint8_t>(Ledger::Keeper::history);
  const auto note = [&](FactKind kind, const Message& message, std::uint8_t detail) {
    process_.note(kind, static_cast<std::uint32_t>(message.id), 0, detail);
  };
  const auto must = [](bool need) { SQUALL_CHECK(need); };
  const bool waits =
      std::holds_alternative<Arm>(action) || std::holds_alternative<RegistryCall>(action);
  if (!begun_ && waits) return early_.push_back(action);
  std::visit(Match{
                 [&](const Push& push) { fan_out_.push(push); },
                 [&](const Replay& again) { fan_out_.replay(again); },
                 [&](const Forward& forward) { must(needs().peers), peers_.forward(forward); },
                 [&](const Return& back) { must(needs().peers), peers_.give_back(back); },
                 [&](const Tell& tell) { must(needs().peers), peers_.tell(tell); },
                 [&](const Publish& out) { must(needs().broker), broker_.publish(out); },
                 [&](const Fetch& question) { must(needs().broker), broker_.fetch(question); },
                 [&](const Subscribe& wish) { broker_.ask(wish.topic, true); },
                 [&](const Unsubscribe& wish) { broker_.ask(wish.topic, false); },
                 [&](const RegistryCall& call) { must(needs().registry), registry_.call(call); },
                 [&](const Admit& guest) { reception_.admit(guest); },
                 [&](const SendAway& whom) { reception_.send_away(whom); },
                 [&](const Drop& dropped) { process_.drop(dropped.message, dropped.mechanism); },
                 [&](const Discard& discard) { note(FactKind::benign, discard.message, 0); },
                 [&](const Keep& kept) { note(FactKind::kept, kept.message, history); },
                 [&](const LetGo& gone) { note(FactKind::let_go, gone.message, history); },
                 [&](const Arm& timer) { arm(timer, process_.now()); },
             },
             action);
}

void Node::arm(const Arm& timer, Time from) {
  process_.later(from + timer.after,
                 [this, number = timer.number] { backplane_.step(Timer{number}); });
}

}  // namespace squall::live
