// How the clients of real products wait before they try again: one named row each.
//
// Numbers only; the formulas are in backoff.hpp. To add one: one row in client_policies.cpp.
#pragma once

#include <span>
#include <string_view>

#include "strategies/core/backoff.hpp"

namespace squall {

struct ClientPolicy {
  std::string_view name;
  Backoff backoff;
  std::string_view meaning;
  std::string_view source;  // of its figures
};

std::span<const ClientPolicy> client_policies();
const ClientPolicy* client_policy_named(std::string_view name);  // nullptr when unknown

}  // namespace squall
