// Splitting at commas, and the three complaints.
// See word_list.hpp.
#include "scenarios/model/word_list.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "scenarios/model/suggest.hpp"

namespace squall {

WordList word_list(std::string_view text) {
  WordList list;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    list.words.emplace_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  list.complaint = complaint_about(list.words);
  if (!list.complaint.empty()) list.complaint = language::in_quotes(text) + ": " + list.complaint;
  return list;
}

std::string complaint_about(const std::vector<std::string>& words) {
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (word->empty()) return "a place in the list is empty; write names with one comma between";
    if (std::find(words.begin(), word, *word) != word) {
      return language::in_quotes(*word) + " is named twice; leave one out";
    }
  }
  return {};
}

std::string unknown_in(const std::vector<std::string>& words, const std::vector<std::string>& known,
                       const std::string& what, const std::string& where) {
  for (const std::string& word : words) {
    if (std::ranges::find(known, word) != known.end()) continue;
    const std::string hint = language::did_you_mean(word, known);
    return fmt::format("no {} {} in {}, which has {}{}", what, language::in_quotes(word), where,
                       language::joined(known, 20), hint.empty() ? "" : "; " + hint);
  }
  return {};
}

}  // namespace squall
