// How far a sweep is, told on standard error, with the time that is left: one bar on a terminal,
// at most one plain line in ten seconds elsewhere, JSON lines, or nothing.
//
// Thread rule: one call at a time (the queue of cells sees to it).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "sim/cli/screen/console.hpp"
#include "sim/cli/screen/progress.hpp"

namespace squall {

struct SweepSubject {
  std::string scenario;
  std::size_t points = 0;
  std::size_t cells = 0;
  std::size_t already = 0;  // cells that the journal had
  bool ascii = false;
};

class SweepProgress {
 public:
  SweepProgress(ProgressKind kind, const Console& console, SweepSubject subject);

  void begin();
  // A cell is stored.
  void finished(std::size_t cell);
  void end();

 private:
  using Clock = std::chrono::steady_clock;

  std::string totals() const;
  void draw_bar();
  void say_plain_line();

  ProgressKind kind_;
  Console console_;
  SweepSubject subject_;
  std::size_t done_;
  Clock::time_point started_, last_said_;
};

}  // namespace squall
