// See usage_error.hpp.
// Every command says it in the same words, so that a script can look for them.
#include "sim/cli/commands/usage_error.hpp"

namespace squall {

Exit usage_error(const Console& console, const std::string& sentence, const std::string& nothing) {
  console.err << "error: " << sentence << '\n';
  return {ExitCode::usage, nothing};
}

}  // namespace squall
