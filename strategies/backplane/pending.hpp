// Copies that wait for an answer of the registry, by request number.
// They are the reason why a process that dies must be asked what it still holds: lose_all().
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "strategies/core/strategy.hpp"

namespace squall {

class PendingCopies {
 public:
  // Keeps the copy; the returned number goes into RegistryCall::request (never 0).
  std::uint32_t hold(Copy copy) {
    const std::uint32_t request = ++last_request_;
    waiting_.emplace(request, std::move(copy));
    return request;
  }

  // Empty when the request is not one of ours.
  std::optional<Copy> take(std::uint32_t request) {
    const auto found = waiting_.find(request);
    if (found == waiting_.end()) return std::nullopt;
    std::optional<Copy> copy(std::move(found->second));
    waiting_.erase(found);
    return copy;
  }

  void lose_all(Actions& actions) {
    for (auto& [request, copy] : waiting_) {
      actions.drop(std::move(copy), Mechanism::ingress_lost_at_crash);
    }
    waiting_.clear();
  }

 private:
  std::map<std::uint32_t, Copy> waiting_;
  std::uint32_t last_request_ = 0;
};

}  // namespace squall
