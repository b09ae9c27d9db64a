// A complaint about a scenario file, with its place. User errors are values, never exceptions.
// Who complains: load.hpp. The codes are stable: S01xx keys, S02xx values, S03xx references,
// S04xx times, S05xx warnings and notes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace squall {

// An error is refused; a warning says what is doubtful; a note only says what squall made of it.
enum class Severity : unsigned char { error, warning, note };
inline constexpr std::size_t kSeverities = 3;

const char* severity_name(Severity severity);  // "error", "warning", "note"

struct Problem {
  std::string code;  // stable, e.g. "S0101"
  Severity severity = Severity::error;
  std::string path;     // file as given by the user, or "<set>" for --set
  int line = 0;         // from 1
  int column = 0;       // from 1, in bytes
  int end_column = 0;   // one past the last byte of the token
  std::string pointer;  // JSON pointer, e.g. "/script/0/down"
  std::string message;
  std::string suggestion;         // empty, or "did you mean ..."
  std::size_t more = 0;           // of its severity come after it, and are not shown
  std::string line_of_another{};  // the line, where `path` is a file that the scenario names
};

// The line with this number, from 1, without its end; empty where there is none.
std::string_view line_of(std::string_view text, int number);

// As people read it: position, code, message, the line with carets, pointer.
std::string render(const std::vector<Problem>& problems, const std::string& source_text);

}  // namespace squall
