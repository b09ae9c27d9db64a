// The strategy's backplane on a node: it lives and dies with the process, and is stepped here.
//
// What it wants done is done by others: each action is handed over in the order of the list, and
// whoever does one may step it again before the next.
#pragma once

#include <memory>

#include "sim/books/plan_directory.hpp"
#include "sim/live/node/node_process.hpp"
#include "strategies/core/strategy.hpp"

namespace squall::live {

class NodeBackplane {
 public:
  struct Hands {
    virtual ~Hands() = default;
    virtual void perform(const Action& action) = 0;
  };

  NodeBackplane(NodeProcess& process, Hands& hands)
      : process_(process), hands_(hands), directory_(process.cluster().plan) {}

  void begin(const LocalSessions& sessions);  // with a process
  void give_up();                             // the process dies: what it still holds is lost
  void end() { backplane_.reset(); }
  Actions give_back();  // the run is over: what it still holds, and nobody has done yet

  bool there() const { return backplane_ != nullptr; }
  bool admits() const { return backplane_->admits(); }
  void step(Input input);
  void started();  // a process

 private:
  void step_at(Time now, Input input);

  void perform(const Actions& actions);

  NodeProcess& process_;
  Hands& hands_;
  PlanDirectory directory_;
  std::unique_ptr<Backplane> backplane_;
};

}  // namespace squall::live
