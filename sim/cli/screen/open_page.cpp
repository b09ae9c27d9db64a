// posix_spawnp() with the streams of the child closed, so that a browser's own words do not land in
// the output of squall. The child lives on by itself.
#include "sim/cli/screen/open_page.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

extern char** environ;

namespace squall {
namespace {

bool started(const std::string& program, const std::string& file) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
  }
  std::string name = program, argument = file;
  char* const arguments[] = {name.data(), argument.data(), nullptr};
  pid_t child = 0;
  const int error = posix_spawnp(&child, name.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error == 0;
}

}  // namespace

std::string open_page(const std::string& file) {
  std::vector<std::string> programs;
  const char* const chosen = std::getenv("BROWSER");
  if (chosen != nullptr && *chosen != '\0') programs.emplace_back(chosen);
  programs.insert(programs.end(), {"xdg-open", "open"});
  for (const std::string& program : programs) {
    if (started(program, file)) return {};
  }
  return "--open: no browser could be started (BROWSER, xdg-open); the page is " + file;
}

}  // namespace squall
