// The flags, declared with CLI11 (one of the few files that include it: it is slow to compile).
// Meanings and defaults of the values: options.hpp. Checks of more than one word: run_request.hpp.
#include "sim/cli/flags/flags.hpp"

#include <string>
#include <vector>

#include "report/export/renderers.hpp"
#include "sim/cli/commands/list_topics.hpp"
#include "sim/cli/flags/flag_kinds.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/live/servers/spawned_server.hpp"

namespace squall {
namespace {

// Every kind of report there is, from the table that makes them.
std::string report_endings() {
  std::string text;
  for (const RendererRow& row : renderers()) {
    text += (text.empty() ? "" : " ") + std::string(row.extension);
  }
  return text;
}

std::string spawned_servers() {
  std::string text;
  for (const live::ServerKind& row : live::server_kinds()) {
    text += "spawn:" + std::string(row.name) + ", ";
  }
  return text + "spawn:kafka-mock";
}

// A sentence when the word is neither a number from 1 to 10000 nor `auto`.
std::string replications_or_auto(const std::string& word) {
  const bool digits = !word.empty() && word.size() <= 5 &&
                      word.find_first_not_of("0123456789") == std::string::npos;
  const bool fits = digits && std::stoul(word) >= 1 && std::stoul(word) <= 10000;
  if (fits || word == "auto") return {};
  return "\"" + word + "\" is not how often to play: a number from 1 to 10000, or auto";
}

void declare_look(CLI::App& command, Options& options) {
  choice(command, "--color", options.color, {"auto", "always", "never"}, "colours");
  on_off(command, "--no-color", options.no_color, "the same as --color never");
  on_off(command, "--ascii", options.ascii, "no characters beyond ASCII");
}

void declare_threads(CLI::App& command, Options& options) {
  value(command, "--threads", options.threads, "N",
        "threads that share one run, for large rooms; results do not depend on it")
      ->check(CLI::Range(1U, 256U))
      ->capture_default_str();
}

void declare_live(CLI::App& command, Options& options) {
  choice(command, "--engine", options.engine, {"sim", "live", "both"},
         "what plays: virtual time, real sockets on loopback, or both side by side");
  value(
      command, "--broker", options.broker, "WHERE",
      "live: embedded, redis://HOST:PORT[?mode=streams], nats://, amqp://, kafka://, or a private "
      "server: " +
          spawned_servers())
      ->capture_default_str();
  choice(command, "--lb", options.lb, {"builtin", "nginx"},
         "live: who places clients; nginx: the installed one in front of the nodes");
  choice(command, "--forward", options.forward, {"websocket", "http"},
         "live: how nodes forward to each other");
  value(command, "--loops", options.loops, "N", "live: threads [one per processor]")
      ->check(CLI::Range(1U, 256U));
  on_off(command, "--dilate", options.dilate,
         "live: a node sleeps what reading costs in the scenario (cluster.nodes.costs)");
}

void declare_out(CLI::App& command, Options& options) {
  value(command, "-o,--out", options.out, "DIR", "where run folders are kept")
      ->capture_default_str();
}

// The same folder where -o is something else, by the same variable.
void declare_results(CLI::App& command, Options& options) {
  value(command, "--results", options.out, "DIR", "where run folders are kept (SQUALL_OUT)")
      ->capture_default_str()
      ->envname("SQUALL_OUT");
}

void declare_baselines(CLI::App& command, Options& options) {
  value(command, "--baselines", options.baselines, "DIR", "the folder of named baselines")
      ->capture_default_str();
}

// What is worse, and what to do about it: for run with a baseline and for compare.
void declare_judging(CLI::App& command, Options& options) {
  words(command, "--gate", options.gate, "METRIC[=MARGIN]",
        "also judge this metric, e.g. loss.intent=0.02% or latency.obliged.p99=5%");
  value(command, "--margin", options.margin, "PERCENT",
        "accepted change of gates without a margin, as a share of the base [2%]");
  value(command, "--alpha", options.alpha, "RATE", "two-sided error of the whole comparison")
      ->capture_default_str();
  words(command, "--fail-on", options.fail_on, "WHAT",
        "regression, inconclusive, any-change [regression and inconclusive]");
  declare_baselines(command, options);
}

// What one scenario is played and shown with, whoever plays it.
void declare_playing(CLI::App& command, Options& options) {
  value(command, "--seed", options.seed, "N|random", "the first seed; the others count up")
      ->capture_default_str();
  declare_set(command, options);
  declare_out(command, options);
  on_off(command, "--no-save", options.no_save, "do not store a run folder");
  on_off(command, "--watch", options.watch,
         "serve a page on this machine that shows the run while it is played");
  on_off(command, "--open", options.open, "show the page in the browser when it is there");
  declare_json(command, options);
  words(command, "--report", options.report, "FILE",
        "also write a report; its ending tells the kind: " + report_endings());
  choice(command, "--format", options.format, {"text", "markdown", "csv", "json", "junit"},
         "what standard output shows");
  declare_talk(command, options);
  declare_look(command, options);
  choice(command, "--units", options.units, {"ms", "us", "s"}, "unit of times in the table");
  on_off(command, "--dry-run", options.dry_run, "show what would be played, and play nothing");
  value(command, "--timeout", options.timeout, "DURATION",
        "stop after this time (e.g. 90s, 5m) and keep what is done");
  on_off(command, "--warnings-fatal", options.warnings_fatal,
         "treat warnings as errors; notes are none");
}

// Servers of others, and how to talk to them.
void declare_servers(CLI::App& command, Options& options, bool needed) {
  lists(command, "--target", options.target, "URL[,URL...]",
        "ws[s]://HOST:PORT of each node, or of the balancer in front of all")
      ->required(needed);
  value(command, "--dialect", options.dialect, "NAME|FILE",
        "what the servers speak: squall list dialects; or a file of templates")
      ->required(needed);
  value(command, "--users", options.users, "FILE",
        "a line for each user: a token, then headers (Name: value), separated by tabs");
  value(command, "--ca", options.ca, "FILE",
        "certificates (PEM) to believe beside the system's, for wss://");
  words(command, "--yes-i-may-load", options.may_load, "HOST",
        "this host beyond loopback may be loaded");
}

// The default of --out is a folder of runs; here it is the file to write.
void declare_file(CLI::App& command, Options& options, const std::string& meaning) {
  command
      .add_option_function<std::string>(
          "-o,--out", [&options](const std::string& file) { options.inputs = {file}; }, meaning)
      ->type_name("FILE");
}

}  // namespace

// As many scenarios as one likes; a folder of the library is all of its scenarios.
void scenarios(CLI::App& command, Options& options, const std::string& shown) {
  command
      .add_option_function<std::vector<std::string>>(
          shown,
          [&options](const std::vector<std::string>& names) {
            options.inputs = with_suites(names);
          },
          "scenario files, names of built-in scenarios or of their folders")
      ->expected(1, -1)
      ->type_name("")
      ->required();
}

void declare_run(CLI::App& command, Options& options) {
  scenarios(command, options, "SCENARIO");
  declare_strategies(command, options);
  value(command, "-n,--reps", options.reps, "N|auto",
        "replications, one seed each [10; live: 1]; auto: 10, 20 or 40, until gates are decided")
      ->check(CLI::Validator(replications_or_auto, "", "replications"));
  declare_playing(command, options);
  value(command, "--prices", options.prices, "FILE", "what machines and bytes cost, as JSON");
  declare_jobs(command, options);
  declare_threads(command, options);
  declare_max_events(command, options);
  value(command, "--baseline", options.baseline, "NAME",
        "compare with this baseline; that there is none is exit 3");
  value(command, "--baseline-optional", options.baseline_optional, "NAME",
        "the same, but a missing one is only said");
  value(command, "--save-baseline", options.save_baseline, "NAME",
        "keep the run as a baseline, unless an expectation or a gate failed");
  declare_judging(command, options);
  declare_live(command, options);
}

void declare_attach(CLI::App& command, Options& options) {
  inputs(command, options, "SCENARIO", "a scenario file or the name of a built-in scenario", 1, 1);
  declare_servers(command, options, true);
  value(command, "--hooks", options.hooks, "FILE", "commands that bring the script's faults about");
  value(command, "--connections", options.connections, "K",
        "connections of each client, to different targets; what comes twice is seen once")
      ->check(CLI::Range(1U, 8U))
      ->capture_default_str();
  declare_reps(command, options, "1");
  declare_playing(command, options);
  value(command, "--loops", options.loops, "N", "threads [one per processor]")
      ->check(CLI::Range(1U, 256U));
}

void declare_calibrate(CLI::App& command, Options& options) {
  declare_file(command, options, "the profile to write [squall-profile.json]");
  declare_servers(command, options, false);
  value(command, "--pid", options.pid, "N", "the servers' process [whoever has the port]")
      ->check(CLI::Range(1U, 1U << 22));
  value(command, "--as", options.simulated_as, "STRATEGY",
        "what is simulated for these servers: the way between two processes is fitted to it, and "
        "what they do once a message is divided as it does");
  value(command, "--room", options.room, "N",
        "members of your largest room: what a push and a heartbeat cost is taken from one as large")
      ->check(CLI::Range(2U, 1'000'000U));
  declare_json(command, options);
  on_off(command, "-q,--quiet", options.quiet, "no progress and no hints");
}

void declare_agreement(CLI::App& command, Options& options) {
  scenarios(command, options, "SCENARIO");
  declare_strategies(command, options);
  value(command, "--profile", options.profile, "FILE",
        "costs that the simulation plays with, from squall calibrate [those of the scenario]");
  declare_servers(command, options, false);
  value(command, "--hooks", options.hooks, "FILE", "commands that bring the script's faults about");
  declare_reps(command, options, "1");
  value(command, "--seed", options.seed, "N|random", "the first seed; the others count up")
      ->capture_default_str();
  declare_set(command, options);
  value(command, "--loops", options.loops, "N", "threads [one per processor]")
      ->check(CLI::Range(1U, 256U));
  declare_json(command, options);
  declare_talk(command, options);
}

void declare_compare(CLI::App& command, Options& options) {
  inputs(command, options, "RUN", "BASE NEW [MORE...]: stored runs, or baselines", 2, -1);
  list(command, "-s,--strategy", options.strategy, "LIST", "only these strategies");
  declare_judging(command, options);
  on_off(command, "--accept-scenario", options.accept_scenario,
         "compare although time, people, clients, rooms, traffic or script differ");
  declare_json(command, options);
  choice(command, "--format", options.format, {"text", "markdown", "json", "junit"},
         "what standard output shows");
  words(
      command, "--report", options.report, "FILE",
      "also write it; the ending tells the kind: .html (both runs, laid over each other) .md .xml "
      ".json .txt");
  on_off(command, "--github", options.github,
         "write the step summary and annotations (on by itself in GitHub Actions)");
  declare_out(command, options);
}

void declare_baseline(CLI::App& command, Options& options) {
  inputs(command, options, "ACTION",
         "save NAME [RUN]; list; show NAME; rm NAME. RUN is `latest` by default", 1, 3);
  declare_baselines(command, options);
  declare_json(command, options);
  declare_results(command, options);
}

void declare_report(CLI::App& command, Options& options) {
  inputs(command, options, "RUN", "stored runs", 1, -1);
  // The default of --out is a folder of runs; here it is the file to write.
  CLI::Option* file =
      command.add_option("-o,--out", options.report,
                         "the file to write; its ending tells the kind: " + report_endings() +
                             " .perfetto-trace (repeatable)");
  file->type_name("FILE")->expected(1)->take_all()->required();
  value(command, "-s,--strategy", options.strategy, "NAME",
        "of a trace: the strategy to show [the first]");
  value(command, "--seed", options.trace_seed, "N", "of a trace: the seed to show [the first]");
  declare_results(command, options);
}

void declare_validate(CLI::App& command, Options& options) {
  scenarios(command, options, "FILE");
  declare_json(command, options);
  on_off(command, "--strict", options.strict, "warnings fail as well (exit 1); notes do not");
  on_off(command, "--github", options.github,
         "write ::error, ::warning and ::notice lines for GitHub");
  declare_set(command, options);
  declare_look(command, options);
}

void declare_predict(CLI::App& command, Options& options) {
  inputs(command, options, "SCENARIO", "a scenario file or the name of a built-in scenario", 1, 1);
  declare_strategies(command, options, "predict");
  declare_set(command, options);
  declare_json(command, options);
  counted(command, "-v,--verbose", options.verbose, "also say which laws keep silent, and why");
  on_off(command, "--ascii", options.ascii, "no characters beyond ASCII");
}

void declare_list(CLI::App& command, Options& options) {
  std::string shown;
  for (const ListTopic& topic : list_topics()) {
    shown += (shown.empty() ? "" : ", ") + std::string(topic.name);
  }
  inputs(command, options, "TOPIC", "one of: " + shown, 1, 1);
  declare_json(command, options);
  declare_out(command, options);
}

void declare_schema(CLI::App& command, Options& options) {
  inputs(command, options, "KIND", "scenario (default) or result", 0, 1);
}

void declare_init(CLI::App& command, Options& options) {
  value(command, "--template", options.template_name, "NAME", "the built-in scenario to start from")
      ->capture_default_str();
  declare_file(command, options, "the file to write [NAME.json]");
}

void declare_sweep(CLI::App& command, Options& options) {
  inputs(command, options, "SCENARIO", "a scenario file or the name of a built-in scenario", 0, 1);
  words(command, "--grid", options.grid, "PTR=VALUES",
        "sweep a scenario value: /cluster/nodes/count=3,6,12 or a range LOW..HIGH[:STEP]");
  value(command, "--resume", options.resume, "DIR",
        "go on with the sweep in DIR; with a scenario and --grid, begin it there if need be");
  value(command, "--bisect", options.bisect, "PTR=LOW..HIGH",
        "find the value at which --until begins or ceases to hold");
  value(command, "--until", options.until, "EXPR", "an expectation, e.g. 'loss.intent <= 1%'");
  value(command, "--rank", options.rank, "[METRIC]",
        "say who is better where, and where the order changes [loss.intent]")
      ->expected(0, 1)
      ->default_str("loss.intent");
  declare_strategies(command, options);
  declare_reps(command, options, "10");
  value(command, "--seed", options.seed, "N|random", "the first seed; the others count up")
      ->capture_default_str();
  declare_jobs(command, options);
  declare_set(command, options);
  declare_out(command, options);
  declare_json(command, options);
  declare_talk(command, options);
  on_off(command, "--ascii", options.ascii, "no characters beyond ASCII");
  on_off(command, "--dry-run", options.dry_run, "show how many cells there are, and play nothing");
  declare_max_events(command, options);
}

void declare_replay(CLI::App& command, Options& options) {
  inputs(command, options, "RUN", "a run folder, or `latest`", 1, 1);
  declare_jobs(command, options);
  declare_out(command, options);
  declare_json(command, options);
  declare_talk(command, options);
}

void declare_explain(CLI::App& command, Options& options) {
  inputs(command, options, "RUN|WORD",
         "a stored run, whose message is asked for; or a code, a cause or a metric", 1, 1);
  value(command, "--message", options.message, "ID", "the message with this number");
  CLI::Option* lost = value(command, "--lost", options.lost, "[CAUSE]",
                            "a pair that was lost, to this cause (squall list causes) or to any");
  lost->expected(0, 1)->default_str("any");
  value(command, "--nth", options.nth, "N", "of --lost: which of them, in the order of judgement")
      ->check(CLI::Range(1U, 1'000'000'000U))
      ->capture_default_str();
  value(command, "--user", options.user, "NAME", "the recipient: an individual, or desktop-17");
  value(command, "-s,--strategy", options.strategy, "NAME", "the strategy [the first that fits]");
  value(command, "--seed", options.trace_seed, "N", "the seed [the first that fits]");
  on_off(command, "--to-the-end", options.to_the_end,
         "play on when the message is settled, and compare the fingerprint");
  value(command, "--svg", options.svg, "FILE",
        "also draw its sequence: the drawing alone as .svg, else a page around it");
  value(command, "--mermaid", options.mermaid, "FILE", "also write its sequence as Mermaid text");
  value(command, "--trace", options.trace, "FILE",
        "also write its hops for https://ui.perfetto.dev");
  value(command, "--replay", options.replay, "FILE.html",
        "write a page: a fault spreads over nodes, sessions and rooms, on a time line");
  value(command, "--fault", options.fault, "LABEL", "of --replay: which fault [the first]");
  declare_out(command, options);
}

void declare_why(CLI::App& command, Options& options) {
  inputs(command, options, "RUN", "a stored run, or `latest`", 1, 1);
  list(command, "-s,--strategy", options.strategy, "LIST", "only these strategies");
  value(command, "-n,--reps", options.reps, "N", "seeds to play again [all of the run]")
      ->check(CLI::Range(1U, 10000U));
  declare_jobs(command, options);
  declare_out(command, options);
  declare_json(command, options);
}

void declare_completion(CLI::App& command, Options& options) {
  inputs(command, options, "SHELL", "bash, zsh or fish", 1, 1);
}

void declare_version(CLI::App& command, Options& options) { declare_json(command, options); }

void declare_help(CLI::App& command, Options& options) {
  inputs(command, options, "COMMAND", "the command to explain", 0, 1);
  on_off(command, "--man", options.man, "write it as a manual page (troff)");
  on_off(command, "--names", options.names, "only the names of the commands, one a line");
}

}  // namespace squall
