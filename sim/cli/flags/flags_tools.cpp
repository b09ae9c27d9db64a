// The flags of `explore`, `size`, `fit` and `hash`, as flags.cpp has those of the other commands.
// Meanings and defaults of the values: options.hpp.
#include "sim/cli/flags/flag_kinds.hpp"
#include "sim/cli/flags/flags.hpp"
#include "sim/cli/flags/options.hpp"

namespace squall {
namespace {

// Not by the environment: SQUALL_OUT is the folder of runs, and here it is a file to write.
void declare_found_file(CLI::App& command, Options& options, const std::string& meaning) {
  command.add_option("-o,--out", options.found_file, meaning)->type_name("FILE");
}

}  // namespace

void declare_explore(CLI::App& command, Options& options) {
  inputs(command, options, "SCENARIO", "a scenario file or the name of a built-in scenario", 1, 1);
  words(command, "--property", options.property, "NAME|EXPR",
        "what must hold: squall list properties, or an expectation, e.g. 'deaf.max <= 30s' "
        "[no_silent_loss]");
  value(command, "-s,--strategy", options.strategy, "NAME",
        "the strategy to look at [the one of the scenario]");
  value(command, "--budget", options.budget, "DURATION", "look so long [1m]");
  value(command, "--runs", options.runs, "N", "look at so many runs [as the budget lets]")
      ->check(CLI::Range(1U, 1'000'000'000U));
  on_off(command, "--all", options.all, "go on after the first, for other ways to break it");
  value(command, "--way", options.way, "WAY", "only this one, e.g. 'split_room by crash' [any]");
  lists(command, "--faults", options.faults, "LIST",
        "only faults of these verbs, separated by commas [all that fit]");
  value(command, "--corpus", options.corpus, "DIR",
        "keep what was learnt there, and go on where it ended");
  value(command, "--explore-seed", options.explore_seed, "N", "of what is tried")
      ->check(CLI::Range(std::uint64_t{0}, kLargestNumber))
      ->capture_default_str();
  declare_found_file(command, options,
                     "write the scenario there; of more ways beside it [standard output]");
  declare_jobs(command, options);
  declare_set(command, options);
  declare_json(command, options);
  on_off(command, "-q,--quiet", options.quiet, "no progress");
}

void declare_size(CLI::App& command, Options& options) {
  inputs(command, options, "SCENARIO", "a scenario file or the name of a built-in scenario", 1, 1);
  value(command, "--nodes", options.nodes, "LOW..HIGH",
        "numbers of nodes to look at [1 to 16, or to four times those of the scenario]");
  declare_strategies(command, options);
  declare_reps(command, options, "3");
  value(command, "--seed", options.seed, "N|random", "the first seed; the others count up")
      ->capture_default_str();
  declare_jobs(command, options);
  declare_set(command, options);
  value(command, "--prices", options.prices, "FILE", "what machines and bytes cost, as JSON");
  declare_json(command, options);
  choice(command, "--format", options.format, {"text", "markdown", "json"},
         "what standard output shows");
  declare_talk(command, options);
  on_off(command, "--ascii", options.ascii, "no characters beyond ASCII");
  declare_max_events(command, options);
}

void declare_fit(CLI::App& command, Options& options) {
  inputs(command, options, "FILE",
         "a CSV file with the columns time, user, event, room, bytes; or an access log", 1, 1);
  value(command, "--room", options.room_argument, "NAME",
        "of an access log: the argument of the query that is the room")
      ->capture_default_str();
  value(command, "--user", options.user_argument, "NAME",
        "of an access log: the argument that is the user [its remote user, else its address]");
  declare_found_file(command, options, "write the scenario there [standard output]");
  declare_json(command, options);
  on_off(command, "-q,--quiet", options.quiet, "no progress, and not what was found");
}

void declare_hash(CLI::App& command, Options& options) {
  value(command, "--policy", options.hash_policy, "NAME",
        "nginx, or a policy of `squall list placements` that looks at keys")
      ->capture_default_str();
  value(command, "--servers", options.hash_servers, "FILE",
        "one server per line, as in nginx: 10.0.0.1:8080 weight=2; - is standard input")
      ->required();
  value(command, "--keys", options.hash_keys, "FILE", "one key per line; - is standard input")
      ->required();
  words(command, "--join", options.hash_join, "SERVER", "say which keys move when it joins");
  words(command, "--leave", options.hash_leave, "SERVER", "say which keys move when it is gone");
  declare_json(command, options);
}

}  // namespace squall
