// What a run says at its end: where the page is, what to do next; and what is left of one that was
// interrupted. The same in short for the list of runs.
#pragma once

#include <string>

#include "report/measure/result.hpp"

namespace squall {

struct StoredAt {
  std::string folder;
  std::string results;  // the folder of all runs
};

std::string page_of(const std::string& folder);
// results, page, and the one command that is next.
std::string closing_lines(const Result& result, const StoredAt& stored);
// At most five lines. `folder` is empty when nothing was stored.
std::string last_words(const Result& result, const std::string& folder);

std::string verdict_in_short(const Result& result);  // "PASS", "FAIL 2 of 9 gates" ...
std::string loss_in_short(const Result& result);     // "0 to 1.16 %", over the strategies

}  // namespace squall
