// A stranger's backplane, the first that comes to mind: every message to every peer. No broker, no
// registry, nothing to remember.
//
// It is not part of squall. With its row below it is all that somebody has to write.
#pragma once

#include "strategies/backplane/maker.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::testing {

class Mesh final : public Backplane {
 public:
  explicit Mesh(const BackplaneContext& context) : context_(context) {}

  void step(Time, Input input, Actions& actions) override {
    std::visit(Match{[&](ClientMessage& in) { spread(std::move(in.copy), actions); },
                     [&](PeerMessage& in) { actions.push(std::move(in.copy)); },
                     [&](auto&) { SQUALL_CHECK(!carries_copy(input)); }},
               input);
  }

  void lose_all(Actions&) override {}

  void spread(Copy copy, Actions& actions) const {
    for (std::uint16_t node = 0; node < context_.nodes; ++node) {
      if (NodeId{node} != context_.self) actions.forward(actions.fork(copy), NodeId{node});
    }
    actions.push(std::move(copy));
  }

 private:
  BackplaneContext context_;
};

inline BackplaneRow mesh_row() {
  return {.name = "mesh",
          .meaning = "every message to every peer",
          .needs = {.peers = true},
          .reach = Reach::everybody,
          .covers = Covers::always,
          .asks = Asks::never,
          .options = {},
          .uncovered = always<Mechanism::peer_link_lost>,
          .make = make<Mesh>};
}

}  // namespace squall::testing
