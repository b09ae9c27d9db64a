// Files that a command would write, held against those that it reads: nothing is overwritten that
// it was given.
//
// One place for all commands. Nothing is read here but what the file system says of files.
#pragma once

#include <string>
#include <string_view>

#include "sim/cli/flags/options.hpp"

namespace squall {

// A sentence when an output of the command is one of its inputs, by whatever name; else empty.
std::string check_outputs(std::string_view command, const Options& options);

}  // namespace squall
