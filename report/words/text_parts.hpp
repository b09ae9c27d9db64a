// The blocks of the terminal output, one function each, and the pen they write with.
// Internal to text.cpp and its siblings; the entry is to_text() in text.hpp.
#pragma once

#include <string>
#include <string_view>

#include "report/words/text.hpp"

namespace squall::text {

enum class Ink : std::uint8_t { plain, bold, good, bad, faint };

// How to write: width, glyphs, and colour only after everything is measured and padded.
struct Pen {
  const TextOptions& options;
  const Glyphs& glyphs;

  std::string ink(Ink ink, std::string_view text) const;
  // A name from outside, safe to print.
  std::string safe(std::string_view name) const;
  std::string heading(std::string_view title, std::string_view right) const;
  bool narrow() const { return options.width < 80; }
};

std::string expectations_block(const Result& result, const Pen& pen);
// Empty when the run was held against no baseline.
std::string gates_block(const Result& result, const Pen& pen);
std::string comparison_block(const Result& result, const Pen& pen);
std::string losses_block(const Result& result, const Pen& pen);
std::string events_block(const Result& result, const Pen& pen);
std::string notes_block(const Result& result, const Pen& pen);

// Wraps at spaces; the first line begins with `lead`, the others with as many spaces.
std::string wrapped(std::string_view lead, std::string_view text, std::size_t width);

}  // namespace squall::text
