// What the end of a run has overtaken: copies still under way, and where; bytes in flight.
//
// Told every event that is not played any more. Judges nothing: a drain that was too short is the
// ledger's word (ledger_laws.cpp).
#pragma once

#include <string_view>
#include <vector>

#include "sim/kernel/event.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class LeftOver {
 public:
  explicit LeftOver(World& world) : world_(world) {}

  void take(const Event& event);
  void add(std::string_view place, std::uint64_t copies);

  const std::vector<UnderWay>& copies() const { return copies_; }

 private:
  World& world_;
  std::vector<UnderWay> copies_;
};

}  // namespace squall
