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
  std::string strategy;  // LIST; empty: as the scenario says
  std::uint32_t reps = 10;
  std::string seed = "1";        // a number, or "random"
  std::uint32_t jobs = 0;        // 0: as many as the machine has
  std::vector<std::string> set;  // PTR=VALUE
  std::string engine = "sim";
  std::string timeout;           // a duration; empty: none
  std::uint64_t max_events = 0;  // per run; 0: no limit
  bool dry_run = false;
  bool warnings_fatal = false;

  // What to leave behind, and how to say it.
  std::string out = "squall-results";  // for init: the file to write
  bool no_save = false;
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

  // validate
  bool strict = false;
  bool github = false;

  // init
  std::string template_name = "two-node-hello";
};

}  // namespace squall
