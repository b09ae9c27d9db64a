// A way to break a property as a file: a scenario of at most 15 lines, which expects the property,
// and so fails in `squall run` every time.
#pragma once

#include <string>

#include "sim/cli/explore/search.hpp"

namespace squall::explore {

// "found-route_missing-by-disconnect"
std::string name_of(const Break& found);

// `property` in words; the file says what breaks, and with which command it is seen.
std::string file_of(const Break& found, const std::string& property);

// "1 fault, 2 nodes, 3 clients"
std::string size_of(const Break& found);

}  // namespace squall::explore
