// The paths that CMake knows: the tree, the program, the packages. See place.hpp.
// Nothing else may know them, see cmake/tests.cmake.
#include "tests/support/place.hpp"

namespace squall::testing {

std::string source_path(const std::string& below) { return SQUALL_SOURCE_DIR "/" + below; }
std::string squall_binary() { return SQUALL_BINARY; }
std::string products_npm() { return SQUALL_NPM; }

}  // namespace squall::testing
