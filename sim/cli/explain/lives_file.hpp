// The lives that a run folder keeps (kept_lives.hpp), in a file of their own: a value a line.
//
// Of each run first {"run": ...}, which says whose lives follow and how many of how many they are,
// then {"message": ...} and {"connection": ...}. Reading checks everything that is used: whoever
// has changed the file is told the line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sim/cli/explain/kept_lives.hpp"
#include "sim/farm/farm.hpp"

namespace squall {

std::string lives_text(const std::string& strategy, std::uint64_t seed, const KeptLives& lives);

// Of one strategy with one seed. Empty: the file has none of it, or is not as it was written;
// `error` says what is wrong, if anything is.
std::optional<KeptLives> read_lives(const std::filesystem::path& file, const std::string& strategy,
                                    std::uint64_t seed, std::string& error);

// The text of that file, while the runs are played: one at a time.
class LivesOfRuns {
 public:
  // The same engine, told to keep. This object must outlive it, where it is.
  PlayFunction keeping(PlayFunction play);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace squall
