// The seam of a sweep: who has cells to play, and who plays them.
//
// A cell is a number; what it means is known to those who ask for it. Threads of this process take
// cells from a CellQueue; ranks on other machines take them through a CellSource of their own
// (sim/mpi/), which asks the queue of rank 0. Each finished cell is one line of text.
// Thread rule: every CellSource may be used by several threads at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace squall {

class CellSource {
 public:
  virtual ~CellSource() = default;
  // The next cell to play; empty: there is nothing more to do.
  virtual std::optional<std::size_t> next() = 0;
  virtual void finished(std::size_t cell, const std::string& line) = 0;
  virtual void failed(std::size_t cell, const std::string& why) = 0;
};

// Plays one cell and returns its line, without a line break. Empty: it was told to stop.
using PlayCell = std::function<std::optional<std::string>(std::size_t cell)>;

// Plays until the source has nothing more; 0 threads count as 1. An exception of a cell is told to
// the source and does not leave.
void play_cells(CellSource& source, const PlayCell& play, unsigned threads);

// All cells that are to be played, in order, and what becomes of them.
class CellQueue : public CellSource {
 public:
  // Stores a line; called by one thread at a time. A sentence on failure, else empty.
  using Keep = std::function<std::string(std::size_t cell, const std::string& line)>;

  // No cell is handed out any more once `stop` is raised or something failed.
  CellQueue(std::vector<std::size_t> cells, Keep keep, const std::atomic<bool>* stop = nullptr)
      : cells_(std::move(cells)), keep_(std::move(keep)), stop_(stop) {}

  std::optional<std::size_t> next() override;
  void finished(std::size_t cell, const std::string& line) override;
  void failed(std::size_t cell, const std::string& why) override;
  // A failure of no particular cell.
  void give_up(const std::string& why);

  // What failed first; empty: nothing did.
  std::string failure() const;

 private:
  std::vector<std::size_t> cells_;
  Keep keep_;
  const std::atomic<bool>* stop_;
  mutable std::mutex mutex_;  // guards what follows, and keep_
  std::size_t next_ = 0;
  std::string failure_;
};

// Whoever plays a queue of cells to its end: the threads of this process, or ranks of MPI too.
class CellTeam {
 public:
  virtual ~CellTeam() = default;
  // `request` tells workers in other processes what the cells are. `jobs` as --jobs; 0: not said.
  virtual void play(CellQueue& queue, const PlayCell& play, const std::string& request,
                    unsigned jobs) = 0;
};

// The threads of this process: as many as it has processors unless `jobs` says otherwise.
class ThreadTeam : public CellTeam {
 public:
  void play(CellQueue& queue, const PlayCell& play, const std::string& request,
            unsigned jobs) override;
};

}  // namespace squall
