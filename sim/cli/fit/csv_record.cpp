// Cells, then meanings. See csv_record.hpp.
// A cell may stand in double quotes; two of them are one. A line break in a cell is not for here.
#include "sim/cli/fit/csv_record.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include <optional>

#include "scenarios/model/suggest.hpp"
#include "scenarios/model/volume.hpp"
#include "sim/cli/fit/time_text.hpp"

namespace squall::fit {
namespace {

using language::in_quotes;

constexpr std::array<std::string_view, 5> kColumns{"time", "user", "event", "room", "bytes"};
enum Column : std::size_t { kTime, kUser, kEvent, kRoom, kBytes };
constexpr std::size_t kMissing = static_cast<std::size_t>(-1);

const std::vector<std::string>& events() {
  static const std::vector<std::string> all{"connect", "disconnect", "message"};
  return all;
}

}  // namespace

Mistake CsvRecord::split(std::string_view line, std::size_t number) {
  cells_.clear();
  for (std::size_t at = 0; at <= line.size();) {
    Cell cell{{}, at + 1};
    if (at < line.size() && line[at] == '"') {
      std::size_t next = at + 1;
      for (;; ++next) {
        if (next >= line.size()) {
          return {number,
                  at + 1,
                  {},
                  "the quote is not closed on its line",
                  "end it, or write \"\" for a quote inside"};
        }
        if (line[next] != '"') {
          cell.text += line[next];
        } else if (next + 1 < line.size() && line[next + 1] == '"') {
          cell.text += line[++next];
        } else {
          break;
        }
      }
      at = next + 1;
      if (at < line.size() && line[at] != ',') {
        return {number, at + 1, {}, "something stands behind the closing quote", "put a comma"};
      }
    } else {
      const std::size_t comma = std::min(line.find(',', at), line.size());
      cell.text = line.substr(at, comma - at);
      at = comma;
    }
    cells_.push_back(std::move(cell));
    ++at;
  }
  return {};
}

Mistake CsvRecord::header(std::size_t number) {
  std::vector<std::size_t> places(kColumns.size(), kMissing);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const auto known = std::ranges::find(kColumns, cells_[i].text);
    if (known == kColumns.end()) continue;  // other columns are none of ours
    std::size_t& place = places[static_cast<std::size_t>(known - kColumns.begin())];
    if (place != kMissing) {
      return {number, cells_[i].column, cells_[i].text, "the column stands there twice",
              "leave one out"};
    }
    place = i;
  }
  for (const std::size_t needed : {kTime, kUser, kEvent}) {
    if (places[needed] != kMissing) continue;
    std::vector<std::string> there;
    for (const Cell& cell : cells_) there.push_back(cell.text);
    const std::string hint = language::did_you_mean(kColumns[needed], there);
    return {
        number, 1, std::string(kColumns[needed]), "the first line names no such column",
        "begin the file with time,user,event,room,bytes" + (hint.empty() ? "" : " (" + hint + ")")};
  }
  places_ = std::move(places);
  return {};
}

const CsvRecord::Cell* CsvRecord::cell(std::size_t name) const {
  const std::size_t place = places_[name];
  return place == kMissing || place >= cells_.size() ? nullptr : &cells_[place];
}

Mistake CsvRecord::event(std::size_t number) {
  for (const std::size_t needed : {kTime, kUser, kEvent}) {
    const Cell* const there = cell(needed);
    if (there != nullptr && !there->text.empty()) continue;
    return {number, there == nullptr ? 1 : there->column, std::string(kColumns[needed]),
            "it is empty", "every line needs time, user and event"};
  }
  const Cell& when = *cell(kTime);
  const std::optional<double> time = parse_time(when.text);
  if (!time) {
    return {number, when.column, "time", in_quotes(when.text) + " is no time",
            "write seconds (1732828238.25) or 2026-11-28T21:10:38.25Z"};
  }
  if (!recorder_.empty() && *time < recorder_.last()) {
    return {number, when.column, "time", "it is before that of the line above",
            "sort the lines by time"};
  }
  const Cell& what = *cell(kEvent);
  if (std::ranges::find(events(), what.text) == events().end()) {
    const std::string hint = language::did_you_mean(what.text, events());
    return {number, what.column, "event", in_quotes(what.text) + " is no event",
            hint.empty() ? "write connect, disconnect or message" : hint};
  }
  std::optional<double> bytes;
  if (const Cell* size = cell(kBytes); size != nullptr && !size->text.empty()) {
    std::uint64_t whole = 0;
    const char* const end = size->text.data() + size->text.size();
    const auto [stopped, failure] = std::from_chars(size->text.data(), end, whole);
    if (failure != std::errc{} || stopped != end) {
      return {number, size->column, "bytes", in_quotes(size->text) + " is no number of bytes",
              "write a whole number, or nothing"};
    }
    if (whole > static_cast<std::uint64_t>(kLargestMessage)) {
      return {number, size->column, "bytes", size->text + " bytes are more than a message may have",
              fmt::format("at most {}", kLargestMessage)};
    }
    bytes = static_cast<double>(whole);
  }
  const Cell* const where = cell(kRoom);
  const std::string_view room = where == nullptr ? std::string_view{} : where->text;
  const std::string& user = cell(kUser)->text;
  if (what.text == "connect") recorder_.connect(user, *time, room);
  if (what.text == "disconnect") recorder_.disconnect(user, *time);
  if (what.text == "message") recorder_.message(user, *time, room);
  if (what.text == "message" && bytes) recorder_.message_size(*bytes);
  return {};
}

Mistake CsvRecord::read(std::string_view line, std::size_t number) {
  if (Mistake mistake = split(line, number); !mistake.none()) return mistake;
  return places_.empty() ? header(number) : event(number);
}

}  // namespace squall::fit
