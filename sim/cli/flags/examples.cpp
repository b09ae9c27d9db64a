// One row per command: what people type, and why. Kept apart from the table of commands, as an
// example is a sentence and not a part of the grammar.
#include "sim/cli/flags/examples.hpp"

#include <fmt/core.h>

namespace squall {
namespace {

struct ExampleRow {
  std::string_view command, line, why;
};

constexpr ExampleRow kExamples[] = {
    {"run", "squall run two-node-hello", "the smallest picture"},
    {"run", "squall run crash-process --set /params/users=5000 -n 5 --open",
     "a built-in scenario, smaller, and its page"},
    {"run", "squall run mine.json -s broadcast,routed --dry-run",
     "what would be played, and how long it takes"},
    {"run", "squall run crash-process --watch", "look on in a browser while it is played"},
    {"run", "squall run mine.json --baseline main --fail-on regression", "a gate in CI"},
    {"attach",
     "squall attach mine.json --target ws://127.0.0.1:8001,ws://127.0.0.1:8002 --dialect socketio",
     "the same users, faults and ledger on servers of your own"},
    {"attach",
     "squall attach mine.json --target ws://127.0.0.1:8001 --dialect plain.json --dry-run",
     "how many connections would go where"},
    {"calibrate", "squall calibrate -o here.json", "what work costs on this machine: a minute"},
    {"calibrate", "squall calibrate --target ws://127.0.0.1:8001 --dialect socketio -o theirs.json",
     "the same of a server of your own, from the CPU of its process"},
    {"calibrate",
     "squall calibrate --target ws://127.0.0.1:8001 --dialect socketio --room 10000 -o room.json",
     "what a push costs where a room is as large as yours"},
    {"agreement", "squall agreement crash-process --profile here.json",
     "does the simulation say what is measured?"},
    {"compare", "squall compare main latest", "the last run against a baseline"},
    {"compare", "squall compare main latest --report change.html", "both runs on one page"},
    {"baseline", "squall baseline save main latest", "keep the last run as the reference"},
    {"baseline", "squall baseline list", "which there are"},
    {"report", "squall report latest -o report.md -o junit.xml", "for a pull request and for CI"},
    {"report", "squall report latest -o run.perfetto-trace -s routed", "one run as a trace"},
    {"validate", "squall validate mine.json --strict", "before a commit"},
    {"list", "squall list scenarios", "what is built in, how large it is and how long it takes"},
    {"list", "squall list runs", "what was run, and how it ended"},
    {"schema", "squall schema > squall.schema.json", "so that an editor completes scenarios"},
    {"init", "squall init --template crash-process -o mine.json", "a scenario of your own"},
    {"sweep", "squall sweep steady-zipf --grid /cluster/nodes/count=3,6,12 -n 5",
     "one picture per cluster size"},
    {"sweep",
     "squall sweep mine.json --bisect /params/users=1000..50000 --until 'loss.intent > 1%'",
     "from how many users on it breaks"},
    {"sweep", "squall sweep steady-zipf --grid /params/users=2000,20000,200000 --rank node.cpu.max",
     "which design is cheaper from how many users on"},
    {"replay", "squall replay latest", "the same bytes again"},
    {"explain", "squall explain latest --lost", "the life of a message that was lost"},
    {"explain", "squall explain latest --replay storm.html",
     "a page on which one fault spreads while you drag the time"},
    {"explain", "squall explain reconnect_gap", "what a cause, a code or a metric means"},
    {"why", "squall why latest", "what each fault and each knob is worth"},
    {"explore", "squall explore wifi-to-lte -s routed --property no_silent_loss -o race.json",
     "the smallest scenario in which somebody misses a message and nothing tells him"},
    {"explore",
     "squall explore mine.json -s routed --property 'deaf.max <= 30s' --corpus .squall/explore",
     "in CI: a minute each time, which goes on where the last one ended"},
    {"predict", "squall predict steady-zipf -s broadcast,routed", "what laws say, without a run"},
    {"size", "squall size mine.json", "how many nodes it takes, and how many with one lost"},
    {"size", "squall size mine.json --nodes 2..24 --prices prices.json -s broadcast,routed",
     "and what that costs a month"},
    {"fit", "squall fit events.csv -o mine.json", "a scenario of what was recorded"},
    {"fit", "squall fit access.log --room meeting_id -o mine.json",
     "of what nginx wrote down: sessions and rooms"},
    {"hash", "squall hash --servers servers.txt --keys keys.txt --leave 10.0.0.2:8080",
     "what moves when a server goes"},
    {"completion", "source <(squall completion bash)", "in this shell, now"},
    {"version", "squall version --json", "for a bug report"},
    {"help", "squall help run", "the flags of a command"},
    {"help", "squall help run --man | man -l -", "its manual page"},
};

}  // namespace

std::string examples_of(std::string_view command) {
  std::string text;
  for (const ExampleRow& row : kExamples) {
    if (row.command != command) continue;
    if (text.empty()) text = "Examples:\n";
    text += fmt::format("  {}\n      {}\n", row.line, row.why);
  }
  return text;
}

}  // namespace squall
