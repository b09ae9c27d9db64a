// Has a stored run told again until the message that was asked for is settled, strategy by strategy
// and seed by seed, and tells its story. A run of virtual time is played again; of a run on real
// sockets what was kept of it is read (kept_lives.hpp). From there on both are the same.
//
// What makes sure that it is the stored run: a run that is played to its end has the stored
// fingerprint, or nothing is told; one that is stopped before was stored by this very squall, or it
// is played to its end.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/explain/story.hpp"
#include "sim/cli/store/stored_run.hpp"

namespace squall {

struct StoryRequest {
  Wanted wanted;
  std::string strategy;  // empty: the first that fits
  std::string seed;      // empty: the first that fits
};

struct Answer {
  std::optional<Story> story;
  Time begin{0};        // of the run, for a trace
  std::string error;    // a sentence, where there is no story
  bool broken = false;  // ... because the run cannot be played again
};

// A sentence about a run that was cut short before anything was played; else empty.
std::string nothing_played(const Result& result);
std::string numbers_of(const std::vector<std::uint64_t>& seeds);  // "1, 2 and 3"

Answer answer(const StoredInput& stored, const std::string& run, const StoryRequest& request);

}  // namespace squall
