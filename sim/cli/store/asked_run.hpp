// The stored run that `replay`, `why` and `explain` are asked about: its name on the command line.
//
// Finds and reads; what is wrong is said on standard error.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sim/cli/commands/commands.hpp"
#include "sim/cli/store/stored_run.hpp"

namespace squall {

struct AskedRun {
  std::filesystem::path folder;
  StoredInput input;
};
// Empty: `exit` is how to end.
std::optional<AskedRun> asked_run(const Invocation& invocation, const std::string& nothing,
                                  Exit& exit);

}  // namespace squall
