// squall attach SCENARIO --target URL[,URL...] --dialect NAME|FILE: play on servers of others.
// It is `run` with another engine (engine_choice.hpp) and one strategy: theirs.
#include "sim/live/attach/attach.hpp"
#include "sim/cli/commands/commands.hpp"

namespace squall {

Exit attach_command(const Invocation& invocation) {
  const BackplaneRow row = live::foreign_row();
  if (backplane_named(row.name) == nullptr) add_backplane(row);
  Options options = invocation.options;
  options.engine = "attach";
  return run_command({options, invocation.arguments, invocation.app, invocation.console});
}

}  // namespace squall
