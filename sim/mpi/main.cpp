// The executable `squall-mpi`: `squall sweep` over the ranks of mpirun, with the same command line.
//
// A program of its own, so that squall does not need libmpi to start. Rank 0 is squall with another
// team (sim/farm/rank_team.hpp); the other ranks print nothing.
#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <vector>

#include "sim/cli/app.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/sweep/sweep.hpp"
#include "sim/cli/sweep/sweep_cell.hpp"
#include "sim/mpi/mpi_link.hpp"

namespace squall {
namespace {

int run_rank_0(RankTeam& team, const std::vector<std::string>& words) {
  static constexpr std::array<const char*, 7> kKnown{"sweep",     "help", "version", "--help",
                                                     "--version", "-h",   "-V"};
  if (words.size() > 1 && std::find(kKnown.begin(), kKnown.end(), words[1]) == kKnown.end()) {
    std::cerr << "error: squall-mpi only knows sweep; everything else is squall " << words[1]
              << "\nexit 2: bad command line; nothing was run" << std::endl;
    return static_cast<int>(ExitCode::usage);
  }
  use_cell_team(team);
  return squall_main(words, std::cout, std::cerr);
}

void run_other_rank(RankLink& link) {
  install_signal_handlers();
  PlannedSweep planned;
  const auto make_player = [&planned](const std::string& text, std::string& error) -> PlayCell {
    std::optional<SweepRequest> request = sweep_request_from_json(text, error);
    if (!request) return {};
    planned = make_sweep_plan(std::move(*request));
    error = planned.error;
    return [&planned](std::size_t cell) { return play_cell(*planned.plan, cell, &stop_flag()); };
  };
  serve_as_rank(link, make_player, stop_flag());
}

}  // namespace
}  // namespace squall

int main(int count, char** words) {
  squall::MpiLink link(&count, &words);
  if (link.rank() != 0) {
    squall::run_other_rank(link);
    return 0;
  }
  squall::RankTeam team(link);
  const int code = squall::run_rank_0(team, std::vector<std::string>(words, words + count));
  team.dismiss();
  return code;
}
