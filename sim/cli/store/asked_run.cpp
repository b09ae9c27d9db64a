// Finding a stored run and reading it. See asked_run.hpp.
// A folder that is there and cannot be read is an error of its own: read_stored() says which.
#include "sim/cli/store/asked_run.hpp"

#include <utility>

#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/store/run_folder.hpp"

namespace squall {

std::optional<AskedRun> asked_run(const Invocation& invocation, const std::string& nothing,
                                  Exit& exit) {
  const std::string& word = invocation.options.inputs.front();
  std::filesystem::path folder = find_run(invocation.options.out, word);
  std::string error = "no stored run \"" + word + "\"; runs: squall list runs";
  std::optional<StoredInput> input;
  if (!folder.empty()) input = read_stored(folder, error);
  if (input) return AskedRun{std::move(folder), *std::move(input)};
  exit = usage_error(invocation.console, error, nothing);
  return std::nullopt;
}

}  // namespace squall
