// Small helpers for matching on the closed sets of the contract.
// Used by all backplanes; not part of the contract.
#pragma once

#include <variant>

#include "strategies/core/strategy.hpp"

namespace squall {

template <typename... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Match(Cases...) -> Match<Cases...>;

inline bool carries_copy(const Input& input) {
  return std::holds_alternative<ClientMessage>(input) ||
         std::holds_alternative<PeerMessage>(input) || std::holds_alternative<Returned>(input) ||
         std::holds_alternative<BrokerMessage>(input) || std::holds_alternative<Unpublished>(input);
}

}  // namespace squall
