// The baseline of `squall run --baseline`: read before anything is played, held against the result
// afterwards, and asked in between by --reps auto.
//
// Comparing stored runs is compare.cpp; both use report/compare/change.hpp.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "sim/cli/commands/commands.hpp"
#include "sim/cli/compare/compare_input.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/store/manifest.hpp"

namespace squall {

class RunGates {
 public:
  // Nothing when no baseline is asked for, or an optional one is missing. `exit` is not 0 when the
  // run must not start.
  static std::optional<RunGates> prepare(const Invocation& invocation, Exit& exit);

  // Plays batch after batch until every gate is decided or the last look is done. `seeds` is cut
  // to those that were played.
  using PlayBatch = std::function<Played(std::span<const std::uint64_t> seeds)>;
  Played play_until_decided(const Scenario& scenario, std::vector<std::uint64_t>& seeds,
                            const PlayBatch& play);

  // The finished run against the baseline; where it is stored is not known yet.
  ChangeReport judge(const Scenario& scenario, const Result& result,
                     const Manifest& manifest) const;
  // What is to be said once it is: the name of the run, and how to accept it. `folder` is empty
  // when nothing was stored.
  void name_run(const Scenario& scenario, const Result& result, const Manifest& manifest,
                const std::string& folder, ChangeReport& report) const;

  const FailOn& fail_on() const { return flags_.fail_on; }

 private:
  RunGates(ComparedRun base, ChangeFlags flags, Options options)
      : base_(std::move(base)), flags_(std::move(flags)), options_(std::move(options)) {}
  bool decided(const Scenario& scenario, const std::vector<std::uint64_t>& seeds,
               const Played& played) const;

  ComparedRun base_;
  ChangeFlags flags_;
  Options options_;
  std::string note_;  // about the looks
};

}  // namespace squall
