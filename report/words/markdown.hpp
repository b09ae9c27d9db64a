// The result as Markdown, for a pull-request comment or a step summary.
//
// The hidden first line lets a later run find and edit its own comment. Names are untrusted and
// escaped: no pipe, backtick, tag or line break of a name can change the document.
#pragma once

#include <string>
#include <string_view>

#include "report/measure/result.hpp"

namespace squall {

std::string to_markdown(const Result& result);

// Text that stays text in a paragraph and in a table cell.
std::string markdown_text(std::string_view text);

}  // namespace squall
