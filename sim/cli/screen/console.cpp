// Decides about colours and terminals (https://no-color.org: any non-empty NO_COLOR wins).
// Nothing else asks the operating system about the terminal.
#include "sim/cli/screen/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "sim/cli/flags/options.hpp"

namespace squall {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool is_dumb() { return environment("TERM") == "dumb"; }

bool environment_forbids_color() { return !environment("NO_COLOR").empty() || is_dumb(); }

bool color_wanted(const Options& options, bool is_terminal) {
  if (options.no_color || options.color == "never") return false;
  if (options.color == "always") return true;
  return is_terminal && !environment_forbids_color();
}

int columns_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 100;
  return size.ws_col;
}

}  // namespace

bool locale_is_ascii() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = environment(name);
    if (!value.empty()) return value == "C" || value == "POSIX";
  }
  return false;  // cron and containers say nothing, and their logs are read elsewhere
}

Console console_for(const Options& options, std::ostream& out, std::ostream& err,
                    std::ostream& screen) {
  Console console{out, err, screen};
  console.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  console.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  console.out_color = color_wanted(options, console.out_is_terminal);
  console.err_color = color_wanted(options, console.err_is_terminal);
  console.dumb = is_dumb();
  console.out_columns = columns_of(STDOUT_FILENO);
  console.err_columns = columns_of(STDERR_FILENO);
  return console;
}

}  // namespace squall
