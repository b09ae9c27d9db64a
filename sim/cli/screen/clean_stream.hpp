// A stream that lets through only what a terminal and a log of CI may be shown: the one place where
// words of the user, of files and of servers are made harmless.
//
// Escape sequences, control characters, marks that turn the direction of text, and broken UTF-8 do
// not pass; nor do lines that GitHub would obey. Who must move the cursor, or speaks to GitHub,
// writes to Console::screen. Thread rule: as the stream behind it.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace squall {

enum class CleanFor {
  message,   // no escape sequences at all, no lines that GitHub obeys
  colored,   // ... but colors may pass
  commands,  // ... but GitHub's commands may: whoever writes them has escaped what they hold
  json,      // what would not pass is written as \u and four digits: the same document
};

// For --ascii: signs of squall's own become their plain forms, everything else beyond ASCII "?".
std::string in_ascii(std::string text);

// The text as it is shown. Line breaks and tabs stay.
std::string cleaned(std::string_view text, CleanFor what);

// Hands on whole lines, and the rest when it is flushed. Owns nothing: `target` outlives it.
class CleanBuffer : public std::streambuf {
 public:
  CleanBuffer(std::ostream& target, CleanFor what) : target_(target), what_(what) {}
  ~CleanBuffer() override { sync(); }

  void becomes(CleanFor what, bool ascii = false) { what_ = what, ascii_ = ascii; }

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* bytes, std::streamsize count) override;
  int sync() override;

 private:
  std::ostream& target_;
  std::string shown(std::string_view text) const;

  CleanFor what_;
  bool ascii_ = false;
  std::string waiting_;
};

}  // namespace squall
