// Problems as text: position and message, the line with carets under the token, the pointer.
// Other forms (JSON, annotations) are made where they are printed, from the same values.
#include "scenarios/model/problem.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <string_view>

namespace squall {
namespace {

constexpr std::size_t kWidth = 96;  // bytes of a source line that are shown

bool inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Columns on a screen: bytes that begin a character.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !inside_character(c); }));
}

struct Window {
  std::size_t begin, end;  // bytes of the line
};

Window window_around(std::string_view line, std::size_t column) {
  if (line.size() <= kWidth) return {0, line.size()};
  std::size_t begin = column > kWidth * 2 / 3 ? column - kWidth / 2 : 0;
  std::size_t end = std::min(begin + kWidth, line.size());
  while (begin > 0 && inside_character(line[begin])) --begin;
  while (end < line.size() && inside_character(line[end])) ++end;
  return {begin, end};
}

std::string without_tabs(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return out;
}

// A pointer goes through keys of the file, and those are as long as anybody likes.
std::string cut_short(std::string_view pointer) {
  if (pointer.size() <= 2 * kWidth) return std::string(pointer);
  std::size_t end = kWidth;
  while (inside_character(pointer[end])) --end;
  return std::string(pointer.substr(0, end)) + "...";
}

std::string excerpt(const Problem& problem, std::string_view source) {
  const std::string& own = problem.line_of_another;
  const std::string_view line = own.empty() ? line_of(source, problem.line) : own;
  const std::size_t column = std::min(static_cast<std::size_t>(problem.column - 1), line.size());
  const std::size_t token_end =
      std::min(static_cast<std::size_t>(std::max(problem.end_column - 1, problem.column)),
               std::max(line.size(), column + 1));
  const Window window = window_around(line, column);
  const std::string shown = without_tabs(line.substr(window.begin, window.end - window.begin));
  const std::string left = window.begin > 0 ? "... " : "";
  const std::string right = window.end < line.size() ? " ..." : "";
  const std::string number = fmt::format("{:>5}", problem.line);
  const std::size_t before =
      left.size() + width_of(line.substr(window.begin, column - window.begin));
  const std::size_t visible_end = std::min(token_end, window.end);
  const std::size_t carets =
      visible_end > column ? width_of(line.substr(column, visible_end - column)) : 0;
  std::string text = fmt::format("{} | {}{}{}\n", number, left, shown, right);
  text += fmt::format("{} | {}{}", std::string(number.size(), ' '), std::string(before, ' '),
                      std::string(std::max<std::size_t>(carets, 1), '^'));
  if (!problem.suggestion.empty()) text += " " + problem.suggestion;
  return text + "\n";
}

}  // namespace

std::string_view line_of(std::string_view text, int number) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  for (int line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

const char* severity_name(Severity severity) {
  constexpr std::array<const char*, kSeverities> kNames{"error", "warning", "note"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string render(const std::vector<Problem>& problems, const std::string& source_text) {
  std::string text;
  for (const Problem& problem : problems) {
    text += problem.path;
    if (problem.line > 0) {
      text += fmt::format(":{}:{}", problem.line, problem.column);
    }
    text +=
        fmt::format(": {} {} {}\n", severity_name(problem.severity), problem.code, problem.message);
    if (problem.line > 0) {
      text += excerpt(problem, source_text);
    } else if (!problem.suggestion.empty()) {
      text += "      " + problem.suggestion + "\n";
    }
    if (!problem.pointer.empty()) text += "      at " + cut_short(problem.pointer) + "\n";
    if (problem.more == 0) continue;
    text += fmt::format("... and {} more {}{}\n", problem.more, severity_name(problem.severity),
                        problem.more == 1 ? "" : "s");
  }
  return text;
}

}  // namespace squall
