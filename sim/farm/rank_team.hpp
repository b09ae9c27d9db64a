// A sweep over several processes. Rank 0 has the queue and the journal, gives out one cell at a
// time and plays cells itself; every other rank asks until there is nothing more.
//
// Ranks write letters to each other; by which way is a RankLink (sim/mpi/mpi_link.hpp is MPI's).
// The others get the whole request from rank 0, so only rank 0 needs to read and write files.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "sim/farm/sweep_cells.hpp"

namespace squall {

enum class LetterTag : int {
  request = 1,  // 0 -> rank: what to play; answered by asks
  ask,          // rank -> 0: give me a cell
  cell,         // 0 -> rank: its number; empty: there is none
  line,         // rank -> 0: number and line of a finished cell
  failure,      // rank -> 0: number and what went wrong
  leave,        // rank -> 0: done with the request; a text is a complaint
  dismiss       // 0 -> rank: there is nothing more
};

struct Letter {
  int from = 0;
  LetterTag tag = LetterTag::dismiss;
  std::string text;
};

// One rank's way to the others. Letters from one rank to another keep their order.
// Thread rule: one call at a time.
class RankLink {
 public:
  virtual ~RankLink() = default;
  virtual int rank() const = 0;
  virtual int ranks() const = 0;
  virtual void send(int to, LetterTag tag, const std::string& text) = 0;
  // The next letter of any rank; waits for it without keeping a processor busy.
  virtual Letter receive() = 0;
};

// Rank 0. `jobs` are the threads of each rank; one when it is not said.
class RankTeam : public CellTeam {
 public:
  explicit RankTeam(RankLink& link) : link_(link) {}

  void play(CellQueue& queue, const PlayCell& play, const std::string& request,
            unsigned jobs) override;
  // The other ranks may go home. At the very end.
  void dismiss();

 private:
  void serve(CellQueue& queue);
  // True when the rank has left.
  bool answer(CellQueue& queue, const Letter& letter);
  void tell_all(LetterTag tag, const std::string& text);

  RankLink& link_;
};

// How to play the cells of a request. When it cannot be understood, `error` says why. What it
// returns is used until the next call.
using MakePlayer = std::function<PlayCell(const std::string& request, std::string& error)>;

// Every other rank: plays what it is asked to, until it is dismissed. Asks for no further cell once
// `stop` is raised.
void serve_as_rank(RankLink& link, const MakePlayer& make_player, const std::atomic<bool>& stop);

}  // namespace squall
