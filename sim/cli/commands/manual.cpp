// man(7) macros: .TH .SH .TP and nothing that an old reader would not know.
// What the pages say is the text of flags.cpp, commands.cpp and examples.cpp.
#include "sim/cli/commands/manual.hpp"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "sim/cli/commands/commands.hpp"
#include "sim/cli/flags/examples.hpp"
#include "squall_version.hpp"

namespace squall {
namespace {

// A backslash starts a request, a leading dot or quote is one, and a hyphen may become a dash.
std::string troff(std::string_view text) {
  std::string safe;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) safe += "\\&";
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += c;
    }
    line_start = c == '\n';
  }
  return safe;
}

std::string title(const std::string& name, std::string_view summary) {
  return fmt::format(".TH {} 1 \"\" \"squall {}\" \"squall\"\n.SH NAME\n{} \\- {}\n", name,
                     squall_version(), troff(name), troff(summary));
}

std::string entry(std::string_view term, std::string_view meaning) {
  return fmt::format(".TP\n.B {}\n{}\n", troff(term), troff(meaning));
}

std::string exit_codes() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitCodeRow& row : kExitCodes) {
    text += entry(std::to_string(static_cast<int>(row.code)), row.meaning);
  }
  return text;
}

std::string options_of(const CLI::App& command) {
  std::string text = ".SH OPTIONS\n";
  for (const CLI::Option* option : command.get_options()) {
    std::string term = option->get_name(true, true);
    const std::string kind = option->get_type_name();
    // Flags take no value; what CLI11 checks of one stands behind a colon: ":{sim,live,both}".
    const std::size_t words = kind.find(":{");
    if (words != kind.npos) {
      term += " " + kind.substr(words + 2, kind.find('}', words) - words - 2);
    } else if (!kind.empty() && option->get_items_expected_max() > 0) {
      term += " " + kind.substr(0, kind.find(':'));
    }
    const std::string usual = option->get_default_str();
    text += entry(term, option->get_description() + (usual.empty() ? "" : " [" + usual + "]"));
  }
  return text;
}

// " SCENARIO", or " [KIND]" of what may be left out.
std::string operands_of(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const std::string name = "\\fI" + troff(option->get_name(true)) + "\\fR";
    text += option->get_required() ? " " + name : " [" + name + "]";
    if (option->get_items_expected_max() > 3) text += " ...";
  }
  return text;
}

std::string overview(const CLI::App& app) {
  std::string text = title("squall", app.get_description());
  text += ".SH SYNOPSIS\n.B squall\n.I COMMAND\n[\\fIFLAGS\\fR] ...\n.SH COMMANDS\n";
  std::string others;
  for (const CommandRow& row : commands()) {
    text += entry(row.name, row.summary);
    others += (others.empty() ? "" : ", ") + ("squall\\-" + std::string(row.name) + "(1)");
  }
  text += ".SH ENVIRONMENT\nEvery long flag is also a variable: " +
          troff(
              "--max-events is SQUALL_MAX_EVENTS. SQUALL_OUT is the folder of runs; an --out "
              "that names one file is given by hand.") +
          "\n";
  return text + fmt::format("{}.SH SEE ALSO\n{}\n", exit_codes(), others);
}

}  // namespace

std::string manual_page(const CLI::App& app, const std::string& command) {
  if (command.empty()) return overview(app);
  const CommandRow& row = *command_named(command);
  const CLI::App& flags = *app.get_subcommand(command);
  std::string text = title("squall-" + command, row.summary);
  text += fmt::format(".SH SYNOPSIS\n.B squall {}\n[\\fIFLAGS\\fR] ...{}\n", troff(command),
                      operands_of(flags));
  text += options_of(flags);
  const std::string examples = examples_of(row.name);
  if (!examples.empty()) {
    text += ".SH EXAMPLES\n.nf\n" + troff(examples.substr(examples.find('\n') + 1)) + ".fi\n";
  }
  return text + exit_codes() + ".SH SEE ALSO\nsquall(1)\n";
}

}  // namespace squall
