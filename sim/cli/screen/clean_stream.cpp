// Cuts the text at what may pass, and hands the pieces between to printable().
// Which characters are harmless is known in report/words/utf8.hpp, for files and screens alike.
#include "sim/cli/screen/clean_stream.hpp"

#include <array>
#include <cstdio>

#include "report/words/format.hpp"
#include "report/words/utf8.hpp"

namespace squall {
namespace {

// The length of "\x1b[1;31m" at the front of a text; 0 when it begins with something else.
std::size_t color_sequence(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != text.npos && text[end] == 'm' ? end + 1 : 0;
}

std::string escaped_json(std::string_view text) {
  return rewritten_utf8(text, [](std::string& safe, std::uint32_t value, std::string_view bytes) {
    if (is_harmless(value)) {
      safe += bytes;
      return;
    }
    std::array<char, 8> escape{};
    std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(value));
    safe += escape.data();
  });
}

std::string cleaned_piece(std::string_view piece, CleanFor what) {
  return what == CleanFor::json ? escaped_json(piece) : printable(piece);
}

// GitHub obeys "::command" at the beginning of a line and "##[command" anywhere.
std::string without_commands(std::string line) {
  const std::size_t first = line.find_first_not_of(" \t");
  if (first != line.npos && line.compare(first, 2, "::") == 0) line.insert(first + 1, " ");
  for (std::size_t at = 0; (at = line.find("##[", at)) != line.npos;) line.insert(at + 2, " ");
  return line;
}

std::string cleaned_line(std::string_view line, CleanFor what) {
  std::string safe;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t color = what == CleanFor::colored ? color_sequence(line.substr(i)) : 0;
    const std::size_t passes = line[i] == '\t' ? 1 : color;
    if (passes > 0) {
      safe += cleaned_piece(line.substr(begin, i - begin), what);
      safe += line.substr(i, passes);
      begin = i + passes;
    }
    i += passes > 0 ? passes : 1;
  }
  safe += cleaned_piece(line.substr(begin), what);
  const bool plain = what == CleanFor::message || what == CleanFor::colored;
  return plain ? without_commands(std::move(safe)) : safe;
}

}  // namespace

std::string in_ascii(std::string text) {
  const Glyphs& from = unicode_glyphs();
  const Glyphs& to = ascii_glyphs();
  const std::pair<std::string_view, std::string_view> signs[] = {
      {from.infinity, to.infinity}, {from.plus_minus, to.plus_minus},
      {from.pass, to.pass},         {from.fail, to.fail},
      {from.mark, to.mark},         {from.heading, to.heading},
      {from.dot, to.dot},           {from.micro, to.micro}};
  for (const auto& [sign, plain] : signs) {
    for (std::size_t at = 0; (at = text.find(sign, at)) != text.npos; at += plain.size()) {
      text.replace(at, sign.size(), plain);
    }
  }
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;  // goes with the byte before it
    safe.push_back(byte < 0x80U ? c : '?');
  }
  return safe;
}

std::string cleaned(std::string_view text, CleanFor what) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    safe += cleaned_line(text.substr(0, end), what);
    if (end == text.npos) break;
    safe += '\n';
    text.remove_prefix(end + 1);
  }
  return safe;
}

CleanBuffer::int_type CleanBuffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char byte = traits_type::to_char_type(c);
  return CleanBuffer::xsputn(&byte, 1) == 1 ? c : traits_type::eof();
}

std::streamsize CleanBuffer::xsputn(const char* bytes, std::streamsize count) {
  waiting_.append(bytes, static_cast<std::size_t>(count));
  const std::size_t end = waiting_.rfind('\n');
  if (end == waiting_.npos) return count;
  target_ << shown(std::string_view(waiting_).substr(0, end + 1));
  waiting_.erase(0, end + 1);
  return target_ ? count : 0;
}

std::string CleanBuffer::shown(std::string_view text) const {
  return ascii_ ? in_ascii(cleaned(text, what_)) : cleaned(text, what_);
}

int CleanBuffer::sync() {
  target_ << shown(waiting_) << std::flush;
  waiting_.clear();
  return target_ ? 0 : -1;
}

}  // namespace squall
