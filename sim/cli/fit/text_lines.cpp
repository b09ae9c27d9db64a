// A line at a time through one buffer. See text_lines.hpp.
// Ends of lines are LF or CR LF; a byte order mark is passed over.
#include "sim/cli/fit/text_lines.hpp"

#include <fmt/core.h>

namespace squall::fit {

std::string text_of(const Mistake& mistake, const std::string& path) {
  std::string text = path;
  if (mistake.line > 0) {
    text += fmt::format(":{}:{}", mistake.line, mistake.column);
  }
  text += ": ";
  if (!mistake.field.empty()) text += mistake.field + ": ";
  return text + mistake.message + (mistake.fix.empty() ? "" : "; " + mistake.fix);
}

Mistake each_line(std::istream& in,
                  const std::function<Mistake(std::string_view line, std::size_t number)>& use,
                  const std::function<bool(std::uint64_t bytes)>& after) {
  constexpr std::uint64_t kTell = 1 << 22;
  std::string line(kLongestLine + 2, '\0');
  std::uint64_t bytes = 0, told = 0;
  for (std::size_t number = 1;; ++number) {
    in.getline(line.data(), static_cast<std::streamsize>(line.size()));
    const auto got = static_cast<std::size_t>(in.gcount());
    if (got == 0) return {};
    if (in.fail()) {
      return {number, kLongestLine, {}, "the line is longer than 64 KiB", "is this a text file?"};
    }
    std::string_view text(line.data(), in.eof() ? got : got - 1);
    if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.ends_with('\r')) text.remove_suffix(1);
    bytes += got;
    if (bytes - told >= kTell) {
      told = bytes;
      if (!after(bytes)) return {};
    }
    if (text.find_first_not_of(" \t") == text.npos) continue;
    if (Mistake mistake = use(text, number); !mistake.none()) return mistake;
  }
}

}  // namespace squall::fit
