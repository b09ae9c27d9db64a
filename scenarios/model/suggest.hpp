// "did you mean ...": the known words nearest to a mistyped one.
//
// Pure text, no knowledge of the language. Internal to scenarios/model.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace squall::language {

// `did you mean "x"?` or `did you mean "x" or "y"?`; empty when nothing is near. Near: few edits
// in each of its parts (an exchange of neighbours counts as one), or a dotted name that contains
// all parts of `word`.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

// The words, comma separated, at most `most` of them and then "...".
std::string joined(const std::vector<std::string>& words, std::size_t most = 12);

// Text of the user inside a message: quoted, without control characters, cut when long.
std::string in_quotes(std::string_view text);

}  // namespace squall::language
