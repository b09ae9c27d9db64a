// What a row of the tables of presets and products says of its composition; everything else is
// StrategySpec's default. Only those tables need it: whoever plays a strategy reads the spec.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "strategies/core/spec.hpp"

namespace squall {

// Values of options as their rows count them.
inline constexpr std::int64_t kOff = 0, kOn = 1;
inline constexpr std::int64_t kNoLimit = 1'000'000;  // as far as the model counts

struct Parts {
  std::string_view placement = "";  // the scenario's lb.policy
  std::string_view backplane = "none";
  std::uint16_t connections = 1;
  bool make_before_break = false;
  Duration resume{0};
  std::uint32_t resume_messages = StrategySpec{}.resume_messages;
  HistoryAt history = HistoryAt::node;
  std::uint32_t outbox = 0;
  std::map<std::string, std::int64_t, std::less<>> options = {};
};

// The strategy of this name that is made of these parts.
StrategySpec composed(std::string_view name, const Parts& parts);

}  // namespace squall
