// A message that is known already ends here, benignly. See once.hpp.
// What comes from other nodes is only remembered: there it was said for the first time.
#include "strategies/backplane/once.hpp"

#include <variant>

namespace squall {

void Once::step(Time now, Input input, Actions& actions) {
  for (; !by_age_.empty() && by_age_.front().first + kMemory <= now; by_age_.pop_front()) {
    known_.erase(by_age_.front().second);
  }
  if (auto* const said = std::get_if<ClientMessage>(&input)) {
    if (!is_new(said->copy.message().identity(), now)) {
      actions.discard(std::move(said->copy));
      return;
    }
  }
  if (const auto* const heard = std::get_if<BrokerMessage>(&input)) {
    is_new(heard->copy.message().identity(), now);
  }
  if (const auto* const heard = std::get_if<PeerMessage>(&input)) {
    is_new(heard->copy.message().identity(), now);
  }
  inner_->step(now, std::move(input), actions);
}

bool Once::is_new(const MessageIdentity& message, Time now) {
  if (!known_.insert(message).second) return false;
  by_age_.emplace_back(now, message);
  return true;
}

}  // namespace squall
