// Builds the CLI11 App from the table of commands and does by hand what CLI11 says badly:
// unknown commands and flags, and the mapping of every parse error to exit code 2.
#include "sim/cli/app.hpp"

#include <CLI/CLI.hpp>

#include <fmt/core.h>
#include <algorithm>
#include <cstdlib>
#include <exception>

#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/flags/examples.hpp"
#include "sim/cli/flags/flag_kinds.hpp"
#include "sim/cli/screen/clean_stream.hpp"
#include "sim/cli/store/output_files.hpp"

namespace squall {
namespace {

using Words = std::vector<std::string>;

void build(CLI::App& app, Options& options) {
  app.name("squall");
  app.description(
      "Which way of running a WebSocket cluster loses what, how late, and at what "
      "cost?");
  app.require_subcommand(1);
  for (const CommandRow& row : commands()) {
    CLI::App* command = app.add_subcommand(std::string(row.name), std::string(row.summary));
    command->footer(examples_of(row.name));
    command->allow_extras();  // see complain_about_leftovers()
    // Makes CLI11 look at this command's environment variables only when the command is used.
    command->parse_complete_callback([] {});
    row.declare(*command, options);
  }
}

Words command_names() {
  Words names;
  for (const CommandRow& row : commands()) names.emplace_back(row.name);
  return names;
}

Words flag_names(const CLI::App& command) {
  Words names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string hint(const std::string& word, const Words& known) {
  const std::string text = language::did_you_mean(word, known);
  return text.empty() ? text : " - " + text;
}

// What stands behind -- is no flag: a file called -x is ./-x, too.
Words without_separator(Words words) {
  const auto separator = std::ranges::find(words, "--");
  if (separator == words.end()) return words;
  const auto first = static_cast<std::size_t>(separator - words.begin());
  words.erase(separator);
  for (std::size_t i = first; i < words.size(); ++i) {
    if (words[i].starts_with("-") && words[i].size() > 1) words[i].insert(0, "./");
  }
  return words;
}

// `squall` alone, `squall --version` and `squall -h` are spelled as commands.
Words with_command_first(const Words& arguments) {
  Words words(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  if (words.empty()) return words;
  if (words[0] == "--version" || words[0] == "-V") words[0] = "version";
  if (words[0] == "--help" || words[0] == "-h") words[0] = "help";
  return without_separator(std::move(words));
}

// A sentence when the first word is no command, else empty.
std::string complain_about_command(const Words& words) {
  if (words.empty()) {
    return "a command is missing; to begin:\n"
           "  squall run two-node-hello     the smallest picture, in a second\n"
           "  squall init && squall run two-node-hello.json     the same as a file of your own\n"
           "  commands: squall help";
  }
  if (command_named(words[0]) != nullptr) return {};
  if (words[0].starts_with("-")) {
    const std::string near = hint(words[0], {"--version", "--help"});
    if (!near.empty()) return fmt::format("unknown flag \"{}\"{}", words[0], near);
    return fmt::format("flag \"{}\" stands before the command; write: squall COMMAND {}", words[0],
                       words[0]);
  }
  std::string known;
  for (const std::string& name : command_names()) known += (known.empty() ? "" : ", ") + name;
  return fmt::format("unknown command \"{}\"{}\n  commands: {}", words[0],
                     hint(words[0], command_names()), known);
}

// A sentence when the command did not understand all words, else empty.
std::string complain_about_leftovers(const CLI::App& command) {
  const Words leftovers = command.remaining();
  if (leftovers.empty()) return {};
  const std::string where = "squall " + command.get_name() + ": ";
  for (const std::string& word : leftovers) {
    if (!word.starts_with("-") || word.size() < 2) continue;
    const std::string flag = word.substr(0, word.find('='));
    return fmt::format("{}unknown flag \"{}\"{}", where, flag, hint(flag, flag_names(command)));
  }
  return fmt::format("{}does not know what to do with \"{}\"", where, leftovers.front());
}

// An empty variable of a script must not turn a flag off: `--baseline "$NAME"` would judge nothing.
std::string complain_about_empty_values(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() == 0 || option->get_expected_min() == 0) continue;  // may stand alone
    for (const std::string& word : option->results()) {
      if (!word.empty()) continue;
      const std::string what = option->get_positional() ? "a word" : "--" + option->get_lnames()[0];
      return fmt::format("squall {}: {} is empty", command.get_name(), what);
    }
  }
  return {};
}

// "--jobs" of "--jobs: Value 0 not in range 1 to 4096"; empty: no flag is spoken of.
std::string flag_of(const std::string& complaint) {
  const std::size_t at = complaint.starts_with("--") ? 0 : complaint.find(" --");
  if (at == complaint.npos) return {};
  const std::size_t begin = at == 0 ? 0 : at + 1;
  return complaint.substr(begin, complaint.find_first_of(": ", begin) - begin);
}

// What stands between two pieces of a complaint; empty where they do not.
std::string between(const std::string& text, std::string_view before, std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == text.npos) return {};
  const std::size_t end = text.find(after, begin + before.size());
  if (end == text.npos) return {};
  return text.substr(begin + before.size(), end - begin - before.size());
}

// "1 to 4096", which CLI11 2.4 and later write as "[1 - 4096]".
std::string range_in_words(const std::string& range) {
  const std::string first = between(range, "[", " - "), last = between(range, " - ", "]");
  return first.empty() || last.empty() ? range : first + " to " + last;
}

// What CLI11 says of a value, in our words: the flag, the value, and what is possible.
std::string in_our_words(const std::string& said) {
  const std::string name = said.substr(0, said.find(": "));
  const auto rest = [&](std::string_view from) {
    return said.substr(said.find(from) + from.size());
  };
  if (said.ends_with(kNoSwitch)) return name + " " + rest(": ");
  if (const std::string flag = between(said, "Could not convert: ", " = "); !flag.empty()) {
    return fmt::format("{} {}: expected a whole number", flag, rest(" = "));
  }
  if (const std::string value = between(said, ": Value ", " not in range "); !value.empty()) {
    return fmt::format("{} {}: expected a number from {}", name, value,
                       range_in_words(rest(" not in range ")));
  }
  if (const std::string kind = between(said, ": 1 required ", " missing"); !kind.empty()) {
    return fmt::format("{}: its value is missing: {} {}", name, name, kind);
  }
  if (const std::string most = between(said, ": At Most ", " required but "); !most.empty()) {
    const std::string times = rest(" but received ");
    if (name.starts_with("-")) {
      return fmt::format("{} is given {} times; it takes one value", name, times);
    }
    return fmt::format("{}: at most {} is possible, and there are {}", name, most, times);
  }
  if (const std::string least = between(said, ": At least ", " required but "); !least.empty()) {
    return fmt::format("{}: at least {} are needed, and there is {}", name, least,
                       rest(" but received "));
  }
  return said;
}

// "SQUALL_REPS=auto: " of a flag that nobody gave; else empty.
std::string variable_of(const CLI::App& command, const std::string& said, const Words& words) {
  const std::string flag = flag_of(said);
  const CLI::Option* const option = flag.empty() ? nullptr : command.get_option_no_throw(flag);
  if (option == nullptr || option->get_envname().empty()) return {};
  for (const std::string& word : words) {
    if (word == flag || word.starts_with(flag + "=")) return {};
    for (const std::string& letter : option->get_snames()) {
      if (word.starts_with("-" + letter)) return {};
    }
  }
  const char* const value = std::getenv(option->get_envname().c_str());
  return value == nullptr ? "" : fmt::format("{}={}: ", option->get_envname(), value);
}

// With the flags whose environment variables were passed over: from version 2.4 on CLI11 ignores a
// variable with a wrong value, and nothing is ignored here. As many words as before: there is none.
Words with_ignored_variables(const CLI::App& command, Words words) {
  for (const CLI::Option* const option : command.get_options()) {
    if (option->get_envname().empty() || option->count() > 0) continue;
    const char* const value = std::getenv(option->get_envname().c_str());
    if (value == nullptr || *value == '\0') continue;
    words.push_back("--" + option->get_lnames().front());
    words.emplace_back(value);
  }
  return words;
}

struct Parsed {
  CLI::App* command = nullptr;
  bool help = false;
  std::string complaint;  // empty: fine
};

Parsed parse(CLI::App& app, const Words& words) {
  Parsed parsed;
  parsed.complaint = complain_about_command(words);
  if (!parsed.complaint.empty()) return parsed;
  parsed.command = app.get_subcommand(words[0]);
  try {
    app.parse(Words(words.rbegin(), words.rend()));
    const Words all = with_ignored_variables(*parsed.command, words);
    if (all.size() > words.size()) app.parse(Words(all.rbegin(), all.rend()));
  } catch (const CLI::CallForHelp&) {
    parsed.help = true;
    return parsed;
  } catch (const CLI::ParseError& error) {
    // An unknown flag is often the reason why something else is missing: name it first.
    parsed.complaint = complain_about_leftovers(*parsed.command);
    if (parsed.complaint.empty()) {
      parsed.complaint = fmt::format("squall {}: {}{}", parsed.command->get_name(),
                                     variable_of(*parsed.command, error.what(), words),
                                     in_our_words(error.what()));
    }
    return parsed;
  }
  parsed.complaint = complain_about_leftovers(*parsed.command);
  if (parsed.complaint.empty()) parsed.complaint = complain_about_empty_values(*parsed.command);
  return parsed;
}

Exit usage_error(const Parsed& parsed, std::ostream& err) {
  err << "error: " << parsed.complaint << '\n';
  if (parsed.command != nullptr) {
    err << "  flags: squall help " << parsed.command->get_name() << '\n';
  }
  return {ExitCode::usage, "bad command line; nothing was run"};
}

// What standard output carries for this command line.
CleanFor document_kind(const Options& options, const Console& console) {
  if (options.json || options.format == "json") return CleanFor::json;
  if (options.github) return CleanFor::commands;
  return console.out_color ? CleanFor::colored : CleanFor::message;
}

struct Streams {
  std::ostream& out;
  CleanBuffer& out_buffer;
  std::ostream& err;
  std::ostream& screen;
};

Exit dispatch(const Words& arguments, const Streams& streams) {
  Options options;
  CLI::App app;
  build(app, options);
  Parsed parsed = parse(app, with_command_first(arguments));
  if (parsed.complaint.empty() && options.json && options.format != "text" &&
      options.format != "json") {
    parsed.complaint = "--json and --format " + options.format + " are two forms; leave one out";
  }
  if (!parsed.complaint.empty()) return usage_error(parsed, streams.err);
  const std::string name = parsed.command->get_name();
  if (parsed.help) options.inputs = {name};
  const CommandRow* row = command_named(parsed.help ? "help" : name);
  if (!parsed.help) {
    const std::string overwritten = check_outputs(name, options);
    if (!overwritten.empty()) {
      streams.err << "error: " << overwritten << '\n';
      return {ExitCode::usage, "bad command line; nothing was run"};
    }
  }
  options.ascii = options.ascii || locale_is_ascii();
  const Console console = console_for(options, streams.out, streams.err, streams.screen);
  // A document is for programs; what --ascii is about is text for people.
  const bool ascii = options.ascii && !options.json && !options.github &&
                     (options.format == "text" || options.format == "markdown") &&
                     parsed.command->get_option_no_throw("--ascii") != nullptr;
  streams.out_buffer.becomes(document_kind(options, console), ascii);
  return row->run({options, arguments, app, console});
}

}  // namespace

int squall_main(const Words& arguments, std::ostream& out, std::ostream& err) {
  CleanBuffer out_buffer(out, CleanFor::message);
  CleanBuffer err_buffer(err, CleanFor::message);
  std::ostream clean_out(&out_buffer);
  std::ostream clean_err(&err_buffer);
  Exit end;
  try {
    end = dispatch(arguments, {clean_out, out_buffer, clean_err, err});
  } catch (const std::exception& error) {
    end = {ExitCode::broken, std::string("squall itself failed: ") + error.what()};
  }
  clean_out.flush();
  clean_err.flush();
  if (!out && (end.code == ExitCode::ok || end.code == ExitCode::failed)) {
    end = {ExitCode::broken, "cannot write to standard output"};
  }
  if (end.code != ExitCode::ok) {
    clean_err << "exit " << static_cast<int>(end.code) << ": "
              << (end.meaning.empty() ? std::string(meaning(end.code)) : end.meaning) << std::endl;
  }
  return static_cast<int>(end.code);
}

}  // namespace squall
