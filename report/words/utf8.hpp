// UTF-8, for writers of formats that may not carry broken text: names in a result are untrusted.
// What a format forbids beyond that is its own business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace squall {

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: the text does not begin with a code point
};

// The first one of a text that is not empty. Overlong forms and surrogates are none.
CodePoint first_code_point(std::string_view text);

// False for what a terminal obeys instead of showing: control characters (C0, DEL, C1), marks that
// turn the direction of text, separators of lines. Of Unicode 15, blocks 2000 and 2060.
bool is_harmless(std::uint32_t code_point);

// The text anew, code point by code point: `write(safe, value, bytes)` appends what stands for one.
// Every byte that belongs to none becomes U+FFFD.
template <typename Write>
std::string rewritten_utf8(std::string_view text, Write write) {
  std::string safe;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.bytes == 0)
      safe += kReplacementCharacter;
    else
      write(safe, point.value, text.substr(0, point.bytes));
    text.remove_prefix(point.bytes == 0 ? 1 : point.bytes);
  }
  return safe;
}

// Every byte that belongs to no code point becomes U+FFFD.
std::string clean_utf8(std::string_view text);

}  // namespace squall
