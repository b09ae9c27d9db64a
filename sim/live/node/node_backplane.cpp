// Steps a node's backplane and hands over what it wants done. See node_backplane.hpp.
// Forks are written down before any copy of them can end.
#include "sim/live/node/node_backplane.hpp"

#include <utility>

#include "sim/books/paths.hpp"

namespace squall::live {

void NodeBackplane::begin(const LocalSessions& sessions) {
  const Cluster& cluster = process_.cluster();
  backplane_ = make_backplane(cluster.backplane, cluster.spec,
                              {process_.id(), static_cast<std::uint16_t>(cluster.nodes.size()),
                               sessions, directory_, cluster.plan.seed(), process_.epoch(),
                               renewal_interval(cluster.scenario.cluster.registry)});
}

void NodeBackplane::give_up() {
  Actions last_words;
  backplane_->lose_all(last_words);
  perform(last_words);
}

Actions NodeBackplane::give_back() {
  Actions held;
  if (backplane_ != nullptr) backplane_->lose_all(held);
  return held;
}

void NodeBackplane::step(Input input) { step_at(process_.now(), std::move(input)); }

// The clock of a run is set when all links stand: the first processes live since its warm-up.
void NodeBackplane::started() {
  const Time warm_up = -process_.cluster().scenario.time.warmup;
  step_at(process_.first() ? warm_up : process_.now(), Started{});
}

void NodeBackplane::step_at(Time now, Input input) {
  Actions actions;
  backplane_->step(now, std::move(input), actions);
  perform(actions);
}

void NodeBackplane::perform(const Actions& actions) {
  for (const Fork& fork : actions.forks()) {
    process_.note(FactKind::forked, static_cast<std::uint32_t>(fork.message), fork.copies);
  }
  for (const Action& action : actions.list()) hands_.perform(action);
}

}  // namespace squall::live
