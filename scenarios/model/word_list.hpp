// A list on a command line: words between commas. One rule for every flag that takes one.
//
// An empty place and a word that stands twice are mistakes of whoever typed it, and are said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace squall {

struct WordList {
  std::vector<std::string> words;
  std::string complaint;  // empty: a good list
};

// "a,b" -> a, b
WordList word_list(std::string_view text);

// What is wrong with words that are there already: "\"a\" is named twice"; empty: nothing.
std::string complaint_about(const std::vector<std::string>& words);

// `no strategy "x" in this run, which has a, b; did you mean "a"?`: the first word that is none of
// `known`. `what` begins the sentence, `where` has them. Empty: all are known.
std::string unknown_in(const std::vector<std::string>& words, const std::vector<std::string>& known,
                       const std::string& what, const std::string& where);

}  // namespace squall
