// A message that is known already ends here, benignly. See once.hpp.
// What comes from other nodes is only remembered: there it was said for the first time.
#include "strategies/backplane/once.hpp"

#include <variant>

namespace squall {

void Once::step(Time now, Input input, Actions& actions) {
  known_.forget_old(now);
  if (auto* const said = std::get_if<ClientMessage>(&input)) {
    if (!known_.hear(said->copy.message().identity(), now)) {
      actions.discard(std::move(said->copy));
      return;
    }
  }
  if (const auto* const heard = std::get_if<BrokerMessage>(&input)) {
    known_.hear(heard->copy.message().identity(), now);
  }
  if (const auto* const heard = std::get_if<PeerMessage>(&input)) {
    known_.hear(heard->copy.message().identity(), now);
  }
  inner_->step(now, std::move(input), actions);
}

}  // namespace squall
