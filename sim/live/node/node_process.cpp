// Epochs, timers and facts of a node's process. See node_process.hpp.
// A timer of a process that is no more finds another epoch, and does nothing.
#include "sim/live/node/node_process.hpp"

#include <fmt/core.h>
#include <utility>

#include "sim/live/books/one_member.hpp"

namespace squall::live {

NodeProcess::NodeProcess(Cluster& cluster, NodeId id)
    : cluster_(cluster), loop_(cluster.loop_of(id)), id_(id) {}

void NodeProcess::begin() {
  SQUALL_CHECK(!alive());
  ++epoch_;
  silent_ = false;
  note(FactKind::started, 0);
}

void NodeProcess::end(bool silently) {
  SQUALL_CHECK(alive());
  ++epoch_;
  accepting_ = paused_ = false;
  silent_ = silently;
  due_.clear();
}

void NodeProcess::finish() {
  ++epoch_;
  epoch_ += epoch_ % 2;
}

void NodeProcess::later(Time when, std::function<void()> then) {
  loop_.at(when, [this, epoch = epoch_, then = std::move(then)] {
    if (epoch_ != epoch) return;
    paused_ ? due_.push_back(then) : then();  // nobody looks at timers meanwhile
  });
}

void NodeProcess::wake() {
  for (const auto& then : std::exchange(due_, {})) {
    const std::uint32_t epoch = epoch_;
    then();
    if (epoch != epoch_) return;
  }
}

void NodeProcess::note_at(Time when, FactKind kind, const Message& message, std::uint32_t what,
                          std::uint8_t detail, TriggerId trigger) {
  loop_.facts().add({when.count(), static_cast<std::uint32_t>(message.id), what,
                     static_cast<std::uint16_t>(trigger), static_cast<std::uint16_t>(id_), kind,
                     detail});
}

void NodeProcess::drop(const Message& message, Mechanism mechanism) {
  const auto id = static_cast<std::uint32_t>(message.id);
  const auto& planned = cluster_.timeline.messages;  // not there: see Cluster::planned
  const bool for_one = id < planned.size() && message.address != planned[id].message.address;
  note(FactKind::dropped, id,
       for_one ? kForOne | message.address.id : static_cast<std::uint32_t>(kNoNode),
       static_cast<std::uint8_t>(mechanism));
}

std::string NodeProcess::name() const { return fmt::format("node n{}", index(id_) + 1); }

void NodeProcess::link_failed(const std::string& what, const std::string& why) {
  last_error_ = what + ": " + why;
}

void NodeProcess::no_link(const std::string& what, const std::string& why) {
  cluster_.trouble.say(fmt::format("{} has no link: {}: {}", name(), what, why));
}

void NodeProcess::cannot_come_back(const std::string& why) {
  cluster_.trouble.say(name() + " cannot come back: " + why);
}

}  // namespace squall::live
