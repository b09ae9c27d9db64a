// Plays a stored run again for a replay page: the whole of it with a witness that counts, and once
// more up to the message that is followed.
//
// Like told_run.hpp: what is shown is the stored run, fingerprint for fingerprint, or nothing is.
#pragma once

#include <optional>
#include <string>

#include "report/page/replay.hpp"
#include "sim/cli/explain/told_run.hpp"

namespace squall {

struct ReplayAnswer {
  std::optional<FaultReplay> replay;
  std::string error;    // a sentence, where there is no replay
  bool broken = false;  // ... because the run cannot be played again
};

// `fault`: a label of the script; empty: the first one. A request that wants no message follows
// the first pair that the fault took.
ReplayAnswer replay_of(const StoredInput& stored, const std::string& run,
                       const StoryRequest& request, const std::string& fault);

}  // namespace squall
