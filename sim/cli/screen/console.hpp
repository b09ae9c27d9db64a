// The streams a command may write to, and what they can show.
//
// `out` is for what was asked for (with --json: one document and nothing else), `err` for
// everything said about it; both are cleaned (clean_stream.hpp). `screen` is `err` itself, for bars
// that move the cursor and for GitHub's commands: what goes there was made harmless by its writer.
// No command writes to a stream by another way.
#pragma once

#include <ostream>

namespace squall {

struct Options;

struct Console {
  std::ostream& out;
  std::ostream& err;
  std::ostream& screen;
  bool out_color = false;  // ANSI colours are wanted on `out`
  bool err_color = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool dumb = false;  // TERM=dumb: the cursor cannot be moved
  int out_columns = 100, err_columns = 100;
};

// Whether the locale of the environment is C or POSIX, which knows no character beyond ASCII.
bool locale_is_ascii();

// What --color, --no-color, NO_COLOR, TERM and the two file descriptors allow.
Console console_for(const Options& options, std::ostream& out, std::ostream& err,
                    std::ostream& screen);

}  // namespace squall
