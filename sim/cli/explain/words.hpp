// What a word of squall means: a code of a complaint, a cause of a loss, a metric; and what shows
// it. Made from the registries, so whatever is in them can be explained.
#pragma once

#include <optional>
#include <string>

namespace squall {

// Lines for a reader; empty: no such word.
std::optional<std::string> word_explained(const std::string& word);

}  // namespace squall
