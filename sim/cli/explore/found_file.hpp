// A way to break a property as a file: a scenario of at most 15 lines, which expects the property,
// and so fails in `squall run` every time.
#pragma once

#include <cstdint>
#include <string>

#include "sim/cli/explore/search.hpp"

namespace squall::explore {

// "found-route_missing-by-disconnect"
std::string name_of(const Break& found);

// `property` in words; the file says what breaks, and with which command it is seen.
std::string file_of(const Break& found, const std::string& property);

struct Size {
  std::uint64_t faults = 0, nodes = 0, clients = 0;
};
Size size_of(const Break& found);
std::string in_words(const Size& size);  // "1 fault, 2 nodes, 3 clients"

}  // namespace squall::explore
