// Examples of every command, for its help and its manual page.
// A command without examples fails a test.
#pragma once

#include <string>
#include <string_view>

namespace squall {

// "examples:" and indented lines; empty for a command that has none.
std::string examples_of(std::string_view command);

}  // namespace squall
