// The exit codes of squall: one visible table, the same for every subcommand.
//
// Scripts rely on these numbers. `squall help` prints the table; the last stderr line of a
// process that does not end with 0 is `exit N: meaning`.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace squall {

enum class ExitCode : int {
  ok = 0,
  failed = 1,
  usage = 2,
  inconclusive = 3,
  broken = 4,
  interrupted = 130,
  terminated = 143,
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view meaning;
};

inline constexpr std::array<ExitCodeRow, 7> kExitCodes{{
    {ExitCode::ok, "ran; every expectation passed"},
    {ExitCode::failed, "an expectation or a gate failed, or had no data"},
    {ExitCode::usage, "bad command line or scenario; nothing was run"},
    {ExitCode::inconclusive, "inconclusive: the data does not decide, or cannot be compared"},
    {ExitCode::broken, "the run failed: I/O, a limit, or a conservation law; partial results kept"},
    {ExitCode::interrupted, "interrupted (SIGINT); partial results written"},
    {ExitCode::terminated, "terminated (SIGTERM); partial results written"},
}};

constexpr std::string_view meaning(ExitCode code) {
  for (const ExitCodeRow& row : kExitCodes) {
    if (row.code == code) return row.meaning;
  }
  return "unknown";
}

// How a subcommand ended. `meaning` is for the last line; empty: the table's sentence.
struct Exit {
  ExitCode code = ExitCode::ok;
  std::string meaning;
};

}  // namespace squall
