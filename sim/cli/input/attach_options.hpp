// The flags of `squall attach` that name addresses and files, checked and read.
//
// Names are looked up here, once; nothing is dialled. Any address but loopback has to be named a
// second time, by --yes-i-may-load.
#pragma once

#include <optional>
#include <string>

#include "sim/cli/flags/options.hpp"
#include "sim/live/attach/attach.hpp"

namespace squall {

// Nothing when something is wrong; `error` says what, where, and what helps.
std::optional<live::AttachOptions> attach_options(const Options& options, std::string& error);

// A sentence when a flag speaks of somebody's servers and no --target says where they are.
std::string check_without_target(const Options& options);

// The same flags again, for a command line: " --target .. --dialect .."
std::string attach_flags(const Options& options);

}  // namespace squall
