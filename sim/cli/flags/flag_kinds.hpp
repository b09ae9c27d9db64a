// The kinds of flags there are: one of some words, a value, a list, yes or no, the inputs.
//
// Each can also be given by the environment: --max-events by SQUALL_MAX_EVENTS. What each flag of a
// command means is said in flags.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/model/word_list.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/input/vocabulary.hpp"

namespace squall {

using Words = std::vector<std::string>;

// --max-events -> SQUALL_MAX_EVENTS
inline void with_environment(CLI::Option* option) {
  std::string variable = "SQUALL_";
  for (const char c : option->get_lnames().front()) {
    variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  option->envname(variable);
}

inline void choice(CLI::App& command, const std::string& flag, std::string& target,
                   const Words& words, const std::string& meaning) {
  CLI::Option* option = command.add_option(flag, target, meaning)->capture_default_str();
  with_environment(option->check(CLI::IsMember(words)));
}

template <typename Value>
CLI::Option* value(CLI::App& command, const std::string& flag, Value& target,
                   const std::string& shown, const std::string& meaning) {
  CLI::Option* option = command.add_option(flag, target, meaning)->type_name(shown);
  with_environment(option);
  return option;
}

// A list: one word per flag, repeatable.
inline void words(CLI::App& command, const std::string& flag, Words& target,
                  const std::string& shown, const std::string& meaning) {
  CLI::Option* option = command.add_option(flag, target, meaning + " (repeatable)");
  with_environment(option->type_name(shown)->expected(1)->take_all());
}

// Words between commas, none of them empty and none twice: one rule for every list.
inline std::string complaint_about_list(const std::string& text) {
  return text.empty() ? "" : word_list(text).complaint;  // an empty value: app.cpp
}

inline CLI::Option* list(CLI::App& command, const std::string& flag, std::string& target,
                         const std::string& shown, const std::string& meaning) {
  return value(command, flag, target, shown, meaning)
      ->check(CLI::Validator(complaint_about_list, "", "list"));
}

// The same, split; the flag may also be repeated.
inline CLI::Option* lists(CLI::App& command, const std::string& flag, Words& target,
                          const std::string& shown, const std::string& meaning) {
  const auto add = [flag, &target](const Words& texts) {
    target.clear();
    for (const std::string& text : texts) {
      for (std::string& word : word_list(text).words) target.push_back(std::move(word));
    }
    const std::string complaint = complaint_about(target);
    if (!complaint.empty()) throw CLI::ValidationError(flag, complaint);
  };
  CLI::Option* option = command.add_option_function<Words>(flag, add, meaning)->type_name(shown);
  with_environment(option);
  return option->expected(1)->take_all()->check(CLI::Validator(complaint_about_list, "", "list"));
}

// What stands behind the value of a flag that takes none; app.cpp puts it into a sentence.
inline constexpr const char* kNoSwitch = ": expected true or false, or no value at all";

// CLI11 takes any whole number for a yes.
inline std::string complaint_about_switch(const std::string& text) {
  static const Words kKnown{"true", "false", "yes", "no", "on", "off", "1", "0"};
  return std::ranges::find(kKnown, text) != kKnown.end() ? "" : text + kNoSwitch;
}

inline void on_off(CLI::App& command, const std::string& flag, bool& target,
                   const std::string& meaning) {
  CLI::Option* option = command.add_flag(flag, target, meaning);
  with_environment(option->check(CLI::Validator(complaint_about_switch, "", "switch")));
}

// Counts how often it is given; a variable may say how often.
inline void counted(CLI::App& command, const std::string& flag, int& target,
                    const std::string& meaning) {
  const auto complaint = [](const std::string& text) {
    const bool digit = text.size() == 1 && text[0] >= '0' && text[0] <= '9';
    return digit ? "" : complaint_about_switch(text);
  };
  CLI::Option* option = command.add_flag(flag, target, meaning);
  with_environment(option->check(CLI::Validator(complaint, "", "count")));
}

inline void inputs(CLI::App& command, Options& options, const std::string& shown,
                   const std::string& meaning, int least, int most) {
  CLI::Option* option = command.add_option(shown, options.inputs, meaning);
  option->expected(least, most)->type_name("")->required(least > 0);
}

// ---- Flags that several commands have ----------------------------------------------------------

inline void declare_json(CLI::App& command, Options& options) {
  on_off(command, "--json", options.json, "standard output carries one JSON document only");
}

inline void declare_jobs(CLI::App& command, Options& options) {
  value(command, "-j,--jobs", options.jobs, "N", "runs played at once [all processors]")
      ->check(CLI::Range(1U, 4096U));
}

// Without a range CLI11 takes -3 for a very large number.
inline constexpr std::uint64_t kLargestNumber = 1'000'000'000'000'000;

inline void declare_max_events(CLI::App& command, Options& options) {
  value(command, "--max-events", options.max_events, "N", "stop a run after so many events")
      ->check(CLI::Range(std::uint64_t{0}, kLargestNumber));
}

inline void declare_talk(CLI::App& command, Options& options) {
  choice(command, "--progress", options.progress, {"auto", "tty", "plain", "json", "none"},
         "progress on standard error; auto: bars on a terminal, else few plain lines");
  on_off(command, "-q,--quiet", options.quiet, "no progress and no hints");
  counted(command, "-v,--verbose", options.verbose, "say more; repeat for even more");
}

inline void declare_reps(CLI::App& command, Options& options, const std::string& by_default) {
  value(command, "-n,--reps", options.reps, "N", "replications, one seed each [" + by_default + "]")
      ->check(CLI::Range(1U, 10000U));
}

inline void declare_strategies(CLI::App& command, Options& options,
                               const std::string& what = "play") {
  std::string forms;
  for (const Vocabulary::Group& group : make_vocabulary().groups) {
    forms += (forms.empty() ? "" : ", ") + group.name;
  }
  list(command, "-s,--strategy", options.strategy, "LIST",
       "strategies to " + what + ", separated by commas; " + forms +
           ": all of a form; or those of the scenario by their names [all of these]");
}

inline void declare_set(CLI::App& command, Options& options) {
  words(command, "--set", options.set, "PTR=VALUE",
        "override a scenario value by JSON pointer, e.g. /cluster/nodes/count=8");
}

}  // namespace squall
