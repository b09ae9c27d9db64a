// squall version, also spelled squall --version: which squall this is.
// The build writes squall_version.hpp (cmake/revision.cmake).
#include <nlohmann/json.hpp>

#include "sim/cli/commands/commands.hpp"
#include "squall_version.hpp"

namespace squall {

Exit version_command(const Invocation& invocation) {
  std::ostream& out = invocation.console.out;
  if (!invocation.options.json) {
    out << "squall " << squall_version() << " (" << squall_revision() << ", " << squall_compiler()
        << ")\n";
    return {};
  }
  const nlohmann::json document = {{"name", "squall"},
                                   {"version", squall_version()},
                                   {"revision", squall_revision()},
                                   {"compiler", squall_compiler()}};
  out << document.dump(2) << '\n';
  return {};
}

}  // namespace squall
