// The page of some results, as tests read it: made by squall, with or without what a browser needs
// beside the numbers.
#pragma once

#include <string>
#include <vector>

#include "report/page/html.hpp"

namespace squall::testing {

inline std::string page(const std::vector<Result>& results, bool assets = true) {
  return to_html(results, {.assets = assets, .made_by = "squall"});
}

}  // namespace squall::testing
