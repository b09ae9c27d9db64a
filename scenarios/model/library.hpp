// The scenario files that are built into the binary, so that `squall run two-node-hello` works
// from any directory.
//
// The table is generated from scenarios/*/*.json (see cmake/embed.cmake); it holds the exact bytes
// of the files. Reading them is load.hpp's work.
#pragma once

#include <span>
#include <string_view>

namespace squall {

struct LibraryFile {
  std::string_view name;    // file name without .json
  std::string_view folder;  // under scenarios/: smoke, faults, field, claims, scale
  std::string_view text;    // the whole file
};

// Sorted by folder, then name.
std::span<const LibraryFile> scenario_library();

}  // namespace squall
