// A file of prices, for any scenario: what --prices names becomes the scenario's "prices".
// What a scenario says itself is replaced as a whole.
#pragma once

#include <string>
#include <vector>

#include "scenarios/model/load.hpp"

namespace squall {

// Adds them to the overrides, as --set /prices would. False: `error` says what is wrong, and where.
bool add_prices(const std::string& file, std::vector<Override>& overrides, std::string& error);

}  // namespace squall
