// Markdown that GitHub takes: a comment has 65,536 characters, a step summary 1 MiB.
//
// Cuts whole lines and says so; what a result looks like is markdown.hpp.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "report/measure/result.hpp"

namespace squall {

// Unchanged when it has at most `limit` bytes. An open <details> is closed.
std::string cut_markdown(const std::string& text, std::size_t limit);

std::string to_short_markdown(const Result& result);                 // a comment
std::string to_short_markdown_all(std::span<const Result> results);  // several: a step summary

}  // namespace squall
