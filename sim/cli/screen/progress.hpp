// How far a run is, told on standard error: bars, plain lines, JSON lines or nothing.
//
// It never writes to standard output. Thread rule: any thread may call anything; a thread of its
// own says every so often how far the runs under way are.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sim/cli/screen/console.hpp"
#include "sim/cli/screen/so_far.hpp"
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
  std::string engine = "sim";
  Duration length{0};    // virtual time of one run, from the start of measure to its end
  std::string estimate;  // "about 40 s and 0.3 GB"; empty: not worth a word
  TimeUnit unit = TimeUnit::ms;
};

class Progress {
 public:
  Progress(ProgressKind kind, const Console& console, ProgressSubject subject);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begin();
  void finished(const FarmProgress& progress);
  void live(const live::LiveProgress& progress);  // of the live run under way, once a second
  void end();                                     // draws the last state

  // The same engine, but each of its runs tells how far it is.
  PlayFunction watched(PlayFunction engine);

 private:
  using Clock = std::chrono::steady_clock;
  struct Row {
    std::size_t done = 0;
    SoFar so_far;
  };
  struct UnderWay {
    std::string strategy;
    std::uint64_t seed = 0;
    std::atomic<std::int64_t> reached{0};  // nanoseconds of virtual time
  };

  void tick();  // until the end, in its own thread
  void stop_ticking();
  void draw_bars();
  std::vector<std::vector<std::string>> table() const;  // a title, and a row for each strategy
  void say_plain_line();
  void say_json_line(const FarmProgress& progress);
  std::string bar(std::size_t done) const;
  std::string totals() const;
  std::string under_way() const;
  std::string fitting(const std::string& line) const;
  const Glyphs& glyphs() const { return subject_.ascii ? ascii_glyphs() : unicode_glyphs(); }

  ProgressKind kind_;
  Console console_;
  ProgressSubject subject_;
  std::vector<Row> rows_;
  std::size_t finished_ = 0;
  std::size_t total_ = 0;
  Clock::time_point started_;
  Clock::time_point last_said_;
  bool drawn_ = false;
  std::string live_;                                      // the last line of bars, of a live run
  std::uint64_t sent_before_ = 0, delivered_before_ = 0;  // of the live run, a second ago

  std::mutex mutex_;  // of everything here, as the ticking thread and the farm both speak
  std::list<UnderWay> under_way_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread ticking_;
};

}  // namespace squall
