// The command that plays the same again: one maker for every place that shows one.
//
// It names the strategies that were played, the seeds, the engine with its flags, and all that was
// set, so that what is shown is what was run. Whoever shows it says what of that there was.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace squall {

// Quoted for a shell when it has to be.
std::string command_word(const std::string& word);

struct PlayedAgain {
  std::string scenario;                      // as typed
  std::vector<std::string> strategies = {};  // empty: those of the scenario
  std::vector<std::uint64_t> seeds = {};     // one after the other
  std::string engine_flags = "";             // as the result has them
  std::vector<std::string> set = {};         // PTR=VALUE; of two of one pointer the later one holds
  std::uint64_t max_events = 0;              // 0: no limit
};
std::string command_of(const PlayedAgain& played);

// Servers of somebody else played: these are flags of `squall attach`.
bool is_attached(const std::string& engine_flags);

}  // namespace squall
