// Builds the CLI11 App from the table of commands and does by hand what CLI11 says badly:
// unknown commands and flags, and the mapping of every parse error to exit code 2.
#include "sim/cli/app.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>

#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/flags/examples.hpp"
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

// `squall` alone, `squall --version` and `squall -h` are spelled as commands.
Words with_command_first(const Words& arguments) {
  Words words(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  if (words.empty()) return words;
  if (words[0] == "--version" || words[0] == "-V") words[0] = "version";
  if (words[0] == "--help" || words[0] == "-h") words[0] = "help";
  return words;
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
    return "flag \"" + words[0] + "\" stands before the command; write: squall COMMAND " + words[0];
  }
  std::string known;
  for (const std::string& name : command_names()) known += (known.empty() ? "" : ", ") + name;
  return "unknown command \"" + words[0] + "\"" + hint(words[0], command_names()) +
         "\n  commands: " + known;
}

// A sentence when the command did not understand all words, else empty.
std::string complain_about_leftovers(const CLI::App& command) {
  const Words leftovers = command.remaining();
  if (leftovers.empty()) return {};
  const std::string where = "squall " + command.get_name() + ": ";
  for (const std::string& word : leftovers) {
    if (!word.starts_with("-") || word.size() < 2) continue;
    const std::string flag = word.substr(0, word.find('='));
    return where + "unknown flag \"" + flag + "\"" + hint(flag, flag_names(command));
  }
  return where + "does not know what to do with \"" + leftovers.front() + "\"";
}

// An empty variable of a script must not turn a flag off: `--baseline "$NAME"` would judge nothing.
std::string complain_about_empty_values(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() == 0 || option->get_expected_min() == 0) continue;  // may stand alone
    for (const std::string& word : option->results()) {
      if (!word.empty()) continue;
      const std::string what = option->get_positional() ? "a word" : "--" + option->get_lnames()[0];
      return "squall " + command.get_name() + ": " + what + " is empty";
    }
  }
  return {};
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
  Words reversed(words.rbegin(), words.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    parsed.help = true;
    return parsed;
  } catch (const CLI::ParseError& error) {
    // An unknown flag is often the reason why something else is missing: name it first.
    parsed.complaint = complain_about_leftovers(*parsed.command);
    if (parsed.complaint.empty()) {
      parsed.complaint = "squall " + parsed.command->get_name() + ": " + error.what();
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
  const Parsed parsed = parse(app, with_command_first(arguments));
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
  streams.out_buffer.becomes(document_kind(options, console));
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
