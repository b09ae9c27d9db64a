// Decides about colours and terminals (https://no-color.org: any non-empty NO_COLOR wins).
// Nothing else asks the operating system about the terminal.
#include "sim/cli/screen/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "sim/cli/options.hpp"

namespace squall {
namespace {

bool environment_forbids_color() {
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return true;
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view(terminal) == "dumb";
}

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

Console console_for(const Options& options, std::ostream& out, std::ostream& err,
                    std::ostream& screen) {
  Console console{out, err, screen};
  console.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  console.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
  console.out_color = color_wanted(options, console.out_is_terminal);
  console.err_color = color_wanted(options, console.err_is_terminal);
  console.out_columns = columns_of(STDOUT_FILENO);
  return console;
}

}  // namespace squall
