// The table of backplanes. See registry.hpp; the algorithms are in the files beside this one.
// `uncovered` is how a strategy fails quietly: nobody dropped a copy, nobody sent one either.
#include "strategies/backplane/registry.hpp"

#include <algorithm>
#include <array>

namespace squall {
namespace {

template <Mechanism mechanism>
Mechanism always(const StrategySpec&) {
  return mechanism;
}

constexpr std::array kBackplanes = {
    BackplaneRow{"none",
                 {},
                 Reach::own_node,
                 lonely_node,
                 "each node serves only its own clients; the balancer must bring a room together",
                 make_no_backplane},
    BackplaneRow{"session_store",
                 {.registry = true},
                 Reach::own_node,
                 always<Mechanism::wrong_node>,
                 "sessions are shared in the registry, sockets are not",
                 make_session_store},
    BackplaneRow{"broadcast",
                 {.broker = true},
                 Reach::everybody,
                 always<Mechanism::not_subscribed>,
                 "every message to every node through a broker's global topic",
                 make_broadcast},
    BackplaneRow{"interest",
                 {.broker = true, .topics = true},
                 Reach::everybody,
                 always<Mechanism::not_subscribed>,
                 "a topic per room and per user; the broker copies only to nodes that asked",
                 make_interest},
    BackplaneRow{"routed",
                 {.registry = true, .peers = true},
                 Reach::everybody,
                 always<Mechanism::route_stale>,
                 "a route table per node, the registry on a miss, node-to-node forwarding",
                 make_routed},
};

}  // namespace

std::span<const BackplaneRow> backplanes() { return kBackplanes; }

const BackplaneRow* backplane_named(std::string_view name) {
  const auto found = std::ranges::find(kBackplanes, name, &BackplaneRow::name);
  return found == kBackplanes.end() ? nullptr : &*found;
}

}  // namespace squall
