// Where the tree, the program and the packages under test lie.
//
// Functions and not macros: only place.cpp knows an absolute path, so that the compiler's cache
// serves every test to every clone.
#pragma once

#include <string>

namespace squall::testing {

std::string source_path(const std::string& below = "");  // a file of the source tree, absolute
std::string squall_binary();                              // the program `squall`
std::string products_npm();                               // where tests/products installs from npm

}  // namespace squall::testing
