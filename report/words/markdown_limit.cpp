// Keeps leading lines as long as they fit.
// The limits are those of change.hpp: below GitHub's own, which count characters, not bytes.
#include "report/words/markdown_limit.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/compare/change.hpp"
#include "report/words/markdown.hpp"
#include "report/words/run_label.hpp"

namespace squall {
namespace {

std::size_t occurrences(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

std::string cut_markdown(const std::string& text, std::size_t limit) {
  if (text.size() <= limit) return text;
  constexpr std::size_t kLastWords = 100;
  const std::size_t room = limit - std::min(limit, kLastWords);
  const std::size_t end = room == 0 ? std::string::npos : text.rfind('\n', room - 1);
  std::string kept = end == std::string::npos ? "" : text.substr(0, end + 1);
  const auto left_out =
      std::count(text.begin() + static_cast<std::ptrdiff_t>(kept.size()), text.end(), '\n');
  const bool open = occurrences(kept, "<details>") > occurrences(kept, "</details>");
  kept += open ? "\n</details>\n" : "";
  return fmt::format("{}\n{} more lines left out for size\n", kept, left_out);
}

std::string to_short_markdown(const Result& result) {
  return cut_markdown(to_markdown(result), kCommentLimit);
}

std::string to_short_markdown_all(std::span<const Result> results) {
  std::string text;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i > 0) text += "\n";
    if (results.size() > 1) text += "### " + markdown_text(run_label(results, i)) + "\n\n";
    text += to_markdown(results[i]);
  }
  return cut_markdown(text, results.size() == 1 ? kCommentLimit : kSummaryLimit);
}

}  // namespace squall
