// Edit distance with exchanges (optimal string alignment), bounded, and the words around it.
// What words are known is told by the caller.
#include "scenarios/model/suggest.hpp"

#include <algorithm>
#include <array>

namespace squall::language {
namespace {

constexpr std::size_t kLongestWord = 80;

// Of words that are not longer than that. Three rows of the table are alive at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::array<std::size_t, kLongestWord + 1>, 3> rows;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& before = rows[(i - 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

std::vector<std::string_view> parts(std::string_view name, std::string_view separators = ".") {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t end = name.find_first_of(separators);
    out.push_back(name.substr(0, end));
    if (end == std::string_view::npos) return out;
    name.remove_prefix(end + 1);
  }
}

// How many slips of a hand may lie between a word and what was meant.
std::size_t slips(std::size_t letters) { return letters < 5 ? 1 : letters < 9 ? 2 : letters / 3; }

// Two slips in a short word must leave its beginning alone: "server" is not meant to be "never".
bool one_word_meant(std::string_view word, std::string_view known, std::size_t edits) {
  const std::size_t longer = std::max(word.size(), known.size());
  if (edits > slips(longer) || (edits > 0 && longer < 3)) return false;
  return edits < 2 || longer > 8 || word.substr(0, 1) == known.substr(0, 1);
}

// Near in letters is not enough: `idle_timeout` shares most of them with `fail_timeout`. Where both
// have as many parts, each must be near to its counterpart.
bool meant(std::string_view word, std::string_view known) {
  const auto ours = parts(word, "_.-:/ ");
  const auto theirs = parts(known, "_.-:/ ");
  const std::size_t edits = distance(word, known);
  if (edits <= 1) return true;
  if (ours.size() != theirs.size()) return edits <= 2 && word.size() >= 8;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (!one_word_meant(ours[i], theirs[i], distance(ours[i], theirs[i]))) return false;
  }
  return true;
}

// "latency.p99" is in "latency.obliged.p99", and ends as it does; "loss" begins "loss.intent".
bool contains_all_parts(std::string_view name, std::string_view word) {
  if (word.find('.') == std::string_view::npos) {
    return word.size() > 2 && (parts(name).front() == word || parts(name).back() == word);
  }
  std::size_t next = 0;
  const auto wanted = parts(word);
  if (parts(name).back() != wanted.back()) return false;
  for (const std::string_view part : parts(name)) {
    if (next < wanted.size() && part == wanted[next]) ++next;
  }
  return next == wanted.size();
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  std::vector<std::string> near;
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const std::size_t longer = std::max(word.size(), candidate.size());
    if (longer - std::min(word.size(), candidate.size()) >= best || longer > kLongestWord) continue;
    const std::size_t edits = distance(word, candidate);
    if (edits >= best || !meant(word, candidate)) continue;
    best = edits;
    near = {candidate};
  }
  if (near.empty()) {
    for (const std::string& candidate : known) {
      if (near.size() < 2 && contains_all_parts(candidate, word)) near.push_back(candidate);
    }
  }
  if (near.empty()) return {};
  std::string text = "did you mean \"" + near.front() + "\"";
  if (near.size() > 1) text += " or \"" + near.back() + "\"";
  return text + "?";
}

std::string joined(const std::vector<std::string>& words, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < words.size() && i <= most; ++i) {
    if (i > 0) text += ", ";
    text += i == most ? "..." : words[i];
  }
  return text;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string out = "\"";
  std::size_t end = std::min(text.size(), kMost);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;  // never cut inside a character
  }
  for (const char c : text.substr(0, end)) {
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  if (end < text.size()) out += "...";
  return out + "\"";
}

}  // namespace squall::language
