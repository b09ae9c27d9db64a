// Everything the command line can say, as one plain value.
//
// A flag is spelled the same and means the same in every subcommand, so one struct serves all.
// flags.cpp fills it with CLI11; commands only read it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace squall {

struct Options {
  std::vector<std::string> inputs;  // what the command works on: scenarios, files, runs, a word

  // What to run.
  std::string strategy;       // LIST; empty: as the scenario says
  std::string reps;           // a number, or "auto": as the gates need; empty: 10, of a live run 1
  std::string seed = "1";     // a number, or "random"
  std::uint32_t jobs = 0;     // 0: as many as the machine has
  std::uint32_t threads = 1;  // that share the work of one run
  std::vector<std::string> set;       // PTR=VALUE
  std::string prices;                 // a file; empty: as the scenario says
  std::string engine = "sim";         // sim, live or both; attach: of that command
  std::string broker = "embedded";    // of a live run: an address, or spawn:KIND
  std::string lb = "builtin";         // of a live run: builtin or nginx
  std::string forward = "websocket";  // of a live run: between nodes, websocket or http
  std::uint32_t loops = 0;            // of a live run: threads; 0: one per processor
  std::string timeout;                // a duration; empty: none
  std::uint64_t max_events = 0;       // per run; 0: no limit
  bool dry_run = false;
  bool warnings_fatal = false;

  // sweep
  std::vector<std::string> grid;  // PTR=VALUES
  std::string resume;             // the folder of a sweep
  std::string bisect;             // PTR=LOW..HIGH
  std::string until;              // an expectation
  std::string rank;               // a metric; empty: no ranking

  // size
  std::string nodes;  // LOW..HIGH; empty: up to four times those of the scenario

  // fit
  std::string room_argument = "meeting_id", user_argument;  // of the query in an access log

  // What to leave behind, and how to say it.
  std::string out = "squall-results";  // for init: the file to write
  bool no_save = false;
  bool open = false;   // the page, in the browser
  bool watch = false;  // a page that shows the run while it is played
  bool json = false;
  std::string format = "text";
  std::vector<std::string> report;  // FILE.{md,csv,json,txt}
  std::string progress = "auto";
  bool quiet = false;
  int verbose = 0;
  std::string color = "auto";
  bool no_color = false;
  bool ascii = false;
  std::string units = "ms";

  // What to compare with, and what counts as worse.
  std::string baselines = ".squall/baselines";             // the folder of named baselines
  std::string baseline, baseline_optional, save_baseline;  // names; empty: none
  std::vector<std::string> gate;                           // METRIC[=MARGIN]
  std::string margin;          // a percentage, for gates without their own
  std::string alpha = "0.05";  // two-sided error of a whole comparison
  std::vector<std::string> fail_on;
  bool accept_scenario = false;
  std::string trace_seed;  // of an exported trace; empty: the first

  bool man = false, names = false;  // of help

  // validate
  bool strict = false;
  bool github = false;

  // hash
  std::string hash_policy = "nginx";
  std::string hash_servers;             // a file, or - for standard input
  std::string hash_keys;                // the same
  std::vector<std::string> hash_join;   // lines of a server list
  std::vector<std::string> hash_leave;  // addresses in it

  // init
  std::string template_name = "two-node-hello";

  // explain
  std::string message;              // its number; empty: see `lost`
  std::string lost;                 // a cause, or "any"; empty: see `message`
  std::uint32_t nth = 1;            // of the lost pairs
  std::string user;                 // only pairs of this recipient
  bool to_the_end = false;          // play on after the message is settled
  std::string svg, mermaid, trace;  // files to write
  std::string replay;               // the same: a page of one fault, or message, as it spreads
  std::string fault;                // a label of the script; empty: the first one

  // explore
  std::vector<std::string> property;  // names or expectations
  std::string budget;                 // a duration
  std::uint64_t runs = 0;             // 0: as the budget lets
  bool all = false;                   // every way to break it
  std::string way;                    // "split_room by crash"; empty: any
  std::vector<std::string> faults;    // verbs
  std::string corpus;                 // a folder
  std::uint64_t explore_seed = 1;
  std::string found_file;  // also what fit writes

  // attach
  std::vector<std::string> target;    // URLs
  std::string dialect;                // a name, or a file
  std::string hooks, users, ca;       // files; empty: none
  std::vector<std::string> may_load;  // hosts beyond loopback
  std::uint32_t connections = 1;      // of each client, to different targets

  // calibrate, agreement
  bool dilate = false;       // of a live run: the scenario's costs are slept
  std::string simulated_as;  // --as of calibrate
  std::uint32_t room = 0;    // of calibrate: members of the largest room; 0: none as large
  std::uint32_t pid = 0;     // of the servers' process; 0: whoever has the port
  std::string profile;       // FILE of costs; empty: as the scenario says
};

}  // namespace squall
