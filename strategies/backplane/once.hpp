// Around a backplane whose clients send again what nobody has acknowledged: a node passes on each
// message once, by sender, address and sequence.
//
// It knows what its own clients have said lately and what it has heard from other nodes. So a
// message whose acknowledgement was lost is known at the next node as well, if that has heard it
// by then; else it goes out a second time, and the recipients' clients remove it.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "strategies/backplane/recent.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

class Once final : public Backplane {
 public:
  explicit Once(std::unique_ptr<Backplane> inner) : inner_(std::move(inner)) {}

  void step(Time now, Input input, Actions& actions) override;
  void lose_all(Actions& actions) override { inner_->lose_all(actions); }
  bool admits() const override { return inner_->admits(); }

 private:
  // As long as a client may take to come back with it.
  static constexpr Duration kMemory = std::chrono::minutes{2};

  std::unique_ptr<Backplane> inner_;
  Recent known_{kMemory};
};

}  // namespace squall
