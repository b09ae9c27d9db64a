// The folder of --corpus: what a search has kept, so that the next one goes on where it ended.
//
// One file a recipe, numbered in the order in which they were kept, and explore.json, which says of
// which ground they are and how many candidates were played. Written whole or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sim/cli/explore/search.hpp"

namespace squall::explore {

// Of a folder that is not there: an empty one. Empty when it belongs to another search; `error`
// says what to do.
std::optional<Corpus> read_corpus(const std::filesystem::path& folder, const Ground& ground,
                                  std::uint64_t seed, std::string& error);

// A sentence when it cannot be written.
std::string write_corpus(const std::filesystem::path& folder, const Ground& ground,
                         std::uint64_t seed, const Corpus& corpus);

}  // namespace squall::explore
