// Workers that ask, and the queue that answers.
// The same loop runs in threads here and in every rank of MPI.
#include "sim/farm/sweep_cells.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <exception>
#include <thread>

#include "sim/machine/threads.hpp"

namespace squall {
namespace {

void work(CellSource& source, const PlayCell& play) {
  while (const std::optional<std::size_t> cell = source.next()) {
    try {
      const std::optional<std::string> line = play(*cell);
      if (line) source.finished(*cell, *line);
    } catch (const std::exception& error) {
      source.failed(*cell, error.what());
    } catch (...) {
      source.failed(*cell, "an exception of unknown type");
    }
  }
}

}  // namespace

void play_cells(CellSource& source, const PlayCell& play, unsigned threads) {
  std::vector<std::thread> helpers;
  add_threads(helpers, threads > 1 ? threads - 1 : 0,
              [&](std::size_t) { work(source, play); });
  work(source, play);
  for (std::thread& helper : helpers) helper.join();
}

std::optional<std::size_t> CellQueue::next() {
  const std::lock_guard lock(mutex_);
  const bool told = stop_ != nullptr && stop_->load(std::memory_order_relaxed);
  if (told || !failure_.empty() || next_ == cells_.size()) return std::nullopt;
  return cells_[next_++];
}

void CellQueue::finished(std::size_t cell, const std::string& line) {
  const std::lock_guard lock(mutex_);
  const std::string error = keep_(cell, line);
  if (failure_.empty()) failure_ = error;
}

void CellQueue::failed(std::size_t cell, const std::string& why) {
  give_up(fmt::format("cell {}: {}", cell, why));
}

void CellQueue::give_up(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (failure_.empty()) failure_ = why;
}

std::string CellQueue::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void ThreadTeam::play(CellQueue& queue, const PlayCell& play, const std::string&, unsigned jobs) {
  play_cells(queue, play, jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace squall
