// What questions to the registry, and its answers, are worth on the wire.
//
// The texts themselves are those of the live engine (sim/live/links/registry_link.cpp); what the
// scripts are called by is there as well.
#pragma once

#include "sim/record/wire.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

WireCost wire_cost(const RegistryCall& call, Duration lease);
// The answer to a `hold`: what was there before; 0: nothing.
WireCost wire_cost_of_lease(std::uint64_t since);
bool by_name(RegistryCall::Verb verb);  // a script that its connection has to be told first
std::int64_t keys_touched(const RegistryCall& call);  // by the server

// A list of entries, some of them absent.
class RegistryAnswer {
 public:
  void found(std::uint64_t epoch);
  void absent();
  WireCost cost() const;

 private:
  Bytes count_ = 0, payload_ = 0, framing_ = 0;
};

}  // namespace squall
