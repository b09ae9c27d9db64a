// Where somebody stands among all messages: the last one that he has heard of.
//
// Known by its identity where every node keeps what it hears; by its place in the log where the
// broker keeps that. A client takes it as it is said, and says it again when it comes back: it
// compares nothing and looks into nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <variant>

#include "strategies/core/message.hpp"

namespace squall {

// In the log of a broker. Offsets count over all of its topics, so that one place says where
// somebody stands in each of them; a broker that has lost its log begins anew, in another epoch.
struct LogPlace {
  std::uint16_t epoch = 0;
  std::uint64_t offset = 0;  // below 2^48

  auto operator<=>(const LogPlace&) const = default;
};

using Position = std::variant<MessageIdentity, LogPlace>;

}  // namespace squall
