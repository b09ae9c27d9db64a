// A record of connections and messages as CSV: the columns time, user, event, room and bytes, in
// any order, named in the first line. `event` is connect, disconnect or message; room and bytes may
// be missing, or empty.
//
// Times are seconds, or as 2026-11-28T21:10:38.250Z, and never go back.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/fit/recorder.hpp"
#include "sim/cli/fit/text_lines.hpp"

namespace squall::fit {

class CsvRecord {
 public:
  explicit CsvRecord(Recorder& recorder) : recorder_(recorder) {}

  // The first line names the columns. A mistake, or none.
  Mistake read(std::string_view line, std::size_t number);

 private:
  struct Cell {
    std::string text;
    std::size_t column = 0;  // from 1
  };
  Mistake split(std::string_view line, std::size_t number);
  Mistake header(std::size_t number);
  Mistake event(std::size_t number);
  const Cell* cell(std::size_t name) const;  // null: there is no such column

  Recorder& recorder_;
  std::vector<Cell> cells_;          // of the line that is read
  std::vector<std::size_t> places_;  // of the known columns; empty: no header yet
};

}  // namespace squall::fit
