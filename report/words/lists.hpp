// Words in a row, as a sentence has them: advice and its rules. Lists of a table or a command are
// no business of it.
#pragma once
#include <string>
#include <vector>

namespace squall {

// "a, b and c"
inline std::string joined_by_and(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

}  // namespace squall
