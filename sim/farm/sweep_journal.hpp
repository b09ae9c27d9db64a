// The journal of a sweep: a file that only grows, a header and then one line per finished cell.
//
// A line is written whole, by one call; what a killed process leaves of its last line is cut off
// when the journal is opened again; a checksum in front notices any other change. What the lines
// say is not known here (sim/cli/sweep/sweep_cell.hpp).
// Thread rule: one thread at a time. One process at a time: the file is locked while it
// is open, where the file system has locks.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace squall {

class SweepJournal {
 public:
  struct Opened {
    std::unique_ptr<SweepJournal> journal;  // empty: `error` says why
    std::vector<std::string> lines;         // whole ones, after the header
    bool torn = false;                      // the last line was half written, and is gone
    std::string error;
  };
  // Opens or creates. A journal with another header belongs to something else: an error.
  static Opened open(const std::filesystem::path& path, const std::string& header);

  ~SweepJournal();
  SweepJournal(const SweepJournal&) = delete;
  SweepJournal& operator=(const SweepJournal&) = delete;

  // Adds a line, which has no line break. A sentence on failure, and then the file is as before.
  std::string append(const std::string& line);

 private:
  using Clock = std::chrono::steady_clock;

  SweepJournal(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  std::string write_line(const std::string& line);
  // The whole lines that are there, and the file cut behind them.
  std::string read_lines(std::vector<std::string>& lines, bool& torn);

  std::filesystem::path path_;
  int descriptor_;
  std::int64_t size_ = 0;  // of whole lines
  Clock::time_point synced_{};
};

}  // namespace squall
