// Manual pages in troff, made from the commands and flags, so that none can be forgotten.
// `cmake --install` writes them; `squall help --man` shows one.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace squall {

// squall(1), or squall-COMMAND(1).
std::string manual_page(const CLI::App& app, const std::string& command);

}  // namespace squall
