// Shows a file in the user's browser. Starts a program and does not wait for it to end.
// Nothing else of squall opens a window.
#pragma once

#include <string>

namespace squall {

// With $BROWSER, xdg-open or open, whichever is there first. A sentence when none can be started.
std::string open_page(const std::string& file);

}  // namespace squall
