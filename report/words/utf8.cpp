// Decodes by the table of lengths; nothing is guessed.
// Writers go on in junit.cpp and openmetrics.cpp.
#include "report/words/utf8.hpp"

namespace squall {
namespace {

std::size_t length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = length(lead);
  if (bytes == 0 || text.size() < bytes) return {};
  std::uint32_t value = bytes == 1 ? lead : lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80) return {};
    value = value << 6 | (byte & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast[bytes] || surrogate || value > 0x10FFFF) return {};
  return {value, bytes};
}

bool is_harmless(std::uint32_t code_point) {
  const auto within = [code_point](std::uint32_t first, std::uint32_t last) {
    return code_point >= first && code_point <= last;
  };
  return !(within(0, 0x1F) || within(0x7F, 0x9F) || code_point == 0x061C ||
           within(0x200E, 0x200F) || within(0x2028, 0x202E) || within(0x2066, 0x2069) ||
           code_point == 0xFEFF);
}

std::string clean_utf8(std::string_view text) {
  return rewritten_utf8(
      text, [](std::string& clean, std::uint32_t, std::string_view bytes) { clean += bytes; });
}

}  // namespace squall
