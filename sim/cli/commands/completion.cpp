// squall completion bash|zsh|fish: a script made by walking the commands and flags.
//
// The zsh script uses zsh's own reader of bash completions, so there are two generators.
#include <CLI/CLI.hpp>

#include <fmt/core.h>
#include <algorithm>

#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/completion_words.hpp"

namespace squall {
namespace {

std::vector<std::string> flag_names_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::string spaced(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string command_names() {
  std::vector<std::string> names;
  for (const CommandRow& row : commands()) names.emplace_back(row.name);
  return spaced(names);
}

// Inside single quotes of a shell.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

// The names of the registries, or the few words that are possible: ":{sim,live,both}".
std::vector<std::string> words_of(const CLI::Option& option) {
  std::vector<std::string> words = words_for_flag("--" + option.get_lnames().front());
  const std::string kind = option.get_type_name();
  std::size_t at = kind.find(":{");
  if (!words.empty() || at == kind.npos) return words;
  for (at += 2; at < kind.size() && kind[at - 1] != '}';) {
    const std::size_t end = kind.find_first_of(",}", at);
    words.push_back(kind.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// Every flag with a value that has names, once: "-s|--strategy" and the names.
std::vector<std::pair<std::string, std::string>> flags_with_words(const CLI::App& app) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const CommandRow& row : commands()) {
    for (const CLI::Option* option : app.get_subcommand(std::string(row.name))->get_options()) {
      if (option->get_lnames().empty()) continue;
      const std::string flag = "--" + option->get_lnames().front();
      const std::vector<std::string> words = words_of(*option);
      if (words.empty()) continue;
      std::string spelled = flag;
      for (const std::string& name : option->get_snames()) {
        spelled = fmt::format("-{}|{}", name, spelled);
      }
      const auto known =
          std::ranges::find_if(found, [&](const auto& entry) { return entry.first == spelled; });
      // A --format has other words in another command: the one with most is asked.
      if (known == found.end()) {
        found.emplace_back(spelled, spaced(words));
      } else if (known->second.size() < spaced(words).size()) {
        known->second = spaced(words);
      }
    }
  }
  return found;
}

std::string bash_script(const CLI::App& app) {
  std::string text =
      "# bash completion for squall; load with: source <(squall completion bash)\n"
      "_squall() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} flags='' names=''\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '" +
      command_names() +
      "' -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${COMP_WORDS[COMP_CWORD-1]} in\n";
  for (const auto& [flag, words] : flags_with_words(app)) {
    text += fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$word\"))\n", flag, words);
    if (words.find('=') != std::string::npos) text += "      compopt -o nospace\n";
    text += "      return ;;\n";
  }
  text += "  esac\n  case ${COMP_WORDS[1]} in\n";
  for (const CommandRow& row : commands()) {
    const std::string name(row.name);
    text += fmt::format("    {}) flags='{}' names='{}' ;;\n", name,
                        spaced(flag_names_of(*app.get_subcommand(name))),
                        spaced(words_for_command(name)));
  }
  return text +
         "  esac\n"
         "  case $word in\n"
         "    -*) COMPREPLY=($(compgen -W \"$flags\" -- \"$word\")) ;;\n"
         "    *) COMPREPLY=($(compgen -W \"$names\" -f -- \"$word\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _squall squall\n";
}

std::string zsh_script(const CLI::App& app) {
  return "# zsh completion for squall; load with: source <(squall completion zsh)\n"
         "autoload -U +X compinit && compinit\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         bash_script(app);
}

std::string fish_script(const CLI::App& app) {
  std::string text = "# fish completion for squall; load with: squall completion fish | source\n";
  for (const CommandRow& row : commands()) {
    const std::string name(row.name);
    text += fmt::format("complete -c squall -n __fish_use_subcommand -f -a {} -d {}\n", name,
                        shell_quoted(row.summary));
    for (const CLI::Option* option : app.get_subcommand(name)->get_options()) {
      if (option->get_lnames().empty()) continue;
      text += "complete -c squall -n '__fish_seen_subcommand_from " + name + "'";
      for (const std::string& flag : option->get_snames()) text += " -s " + flag;
      for (const std::string& flag : option->get_lnames()) text += " -l " + flag;
      const std::vector<std::string> words = words_of(*option);
      if (!words.empty()) text += " -x -a " + shell_quoted(spaced(words));
      text += " -d " + shell_quoted(option->get_description()) + "\n";
    }
    const std::vector<std::string> words = words_for_command(name);
    if (words.empty()) continue;
    text += fmt::format("complete -c squall -n '__fish_seen_subcommand_from {}' -a {}\n", name,
                        shell_quoted(spaced(words)));
  }
  return text;
}

}  // namespace

Exit completion_command(const Invocation& invocation) {
  const std::string& shell = invocation.options.inputs.front();
  std::ostream& out = invocation.console.out;
  if (shell == "bash") {
    out << bash_script(invocation.app);
  } else if (shell == "zsh") {
    out << zsh_script(invocation.app);
  } else if (shell == "fish") {
    out << fish_script(invocation.app);
  } else {
    invocation.console.err << "error: no completion for " << language::in_quotes(shell)
                           << "; there is: bash, zsh, fish\n";
    return {ExitCode::usage, "bad command line"};
  }
  return {};
}

}  // namespace squall
