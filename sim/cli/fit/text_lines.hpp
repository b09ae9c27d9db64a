// A text file line by line, however long it is, and what is wrong with one of its lines.
// The file is never in memory as a whole.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>
#include <string_view>

namespace squall::fit {

// Where in a file something is wrong, and how to mend it; the first one ends the reading.
struct Mistake {
  std::size_t line = 0, column = 0;  // from 1
  std::string field, message, fix;

  bool none() const { return message.empty(); }
};

// "events.csv:12:8: event: "conect" is no event; write connect, disconnect or message"
std::string text_of(const Mistake& mistake, const std::string& path);

inline constexpr std::size_t kLongestLine = 64 * 1024;

// Calls `use` with each line that is not blank, without its end, until it returns a mistake.
// `after` is called every so many bytes, and says whether to go on.
Mistake each_line(std::istream& in,
                  const std::function<Mistake(std::string_view line, std::size_t number)>& use,
                  const std::function<bool(std::uint64_t bytes)>& after);

}  // namespace squall::fit
