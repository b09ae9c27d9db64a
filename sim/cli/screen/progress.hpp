// How far a run is, told on standard error: bars, plain lines, JSON lines or nothing.
//
// It never writes to standard output. Thread rule: the farm calls finished() one at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/screen/console.hpp"
#include "sim/farm/farm.hpp"
#include "sim/live/live_options.hpp"

namespace squall {

enum class ProgressKind : std::uint8_t { bars, plain, json, none };

// auto | tty | plain | json | none; auto is bars on a terminal and plain lines elsewhere.
ProgressKind progress_kind(const Options& options, const Console& console);

struct ProgressSubject {
  std::string scenario;
  std::string scenario_sha256;
  std::vector<std::string> strategies;
  std::size_t reps = 0;
  std::uint64_t first_seed = 0;
  bool ascii = false;
};

class Progress {
 public:
  Progress(ProgressKind kind, const Console& console, ProgressSubject subject);

  void begin();
  void finished(const FarmProgress& progress);
  void live(const live::LiveProgress& progress);  // of the live run under way, once a second
  void end();                                     // draws the last state

 private:
  using Clock = std::chrono::steady_clock;
  struct Row {
    std::size_t done = 0;
    std::uint64_t owed = 0;
    std::uint64_t lost = 0;
  };

  void draw_bars();
  void say_plain_line();
  void say_json_line(const FarmProgress& progress);
  std::string bar(std::size_t done) const;
  std::string totals() const;

  ProgressKind kind_;
  Console console_;
  ProgressSubject subject_;
  std::vector<Row> rows_;
  std::size_t finished_ = 0;
  std::size_t total_ = 0;
  Clock::time_point started_;
  Clock::time_point last_said_;
  bool drawn_ = false;
  std::uint64_t sent_before_ = 0, delivered_before_ = 0;  // of the live run, a second ago
};

}  // namespace squall
