// squall explain RUN --message ID | --lost [CAUSE]: the life of one message, hop by hop.
// squall explain RUN --replay FILE.html: a page of one fault as it spread, and one message in it.
// squall explain WORD: what a code, a cause or a metric means.
//
// A live run cannot be played again: of its messages those are told whose lives were kept, and of
// one that is older than that only the sums.
#include <fmt/core.h>
#include <algorithm>
#include <charconv>

#include "report/words/played_again.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/explain/replay_run.hpp"
#include "sim/cli/explain/told_run.hpp"
#include "sim/cli/explain/words.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/store/asked_run.hpp"
#include "sim/cli/store/files.hpp"
#include "sim/cli/store/run_folder.hpp"

namespace squall {
namespace {

constexpr const char* kNothing = "nothing was explained";

std::optional<std::uint64_t> number_of(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// What the flags ask for, or why they cannot be followed.
std::string read_request(const Options& options, const StoredInput& stored, StoryRequest& request) {
  Wanted& wanted = request.wanted;
  const bool none = options.message.empty() && options.lost.empty();
  if ((none && options.replay.empty()) || (!options.message.empty() && !options.lost.empty())) {
    return "say which message: --message ID, or --lost [CAUSE]";
  }
  if (!options.fault.empty() && options.replay.empty()) {
    return "--fault says which fault a page is about: it goes with --replay FILE.html";
  }
  if (!options.replay.empty() && !options.replay.ends_with(".html")) {
    return "--replay " + options.replay + ": it writes a page; name it something.html";
  }
  if (!options.message.empty()) {
    wanted.message = number_of(options.message);
    if (!wanted.message) return "--message " + options.message + ": not a number";
  }
  if (!options.lost.empty() && options.lost != "any") {
    wanted.cause = mechanism_named(options.lost);
    if (!wanted.cause) {
      std::vector<std::string> known;
      for (const MechanismRow& row : mechanisms()) known.emplace_back(row.name);
      const std::string near = language::did_you_mean(options.lost, known);
      return fmt::format("--lost {}: no such cause; {}", options.lost,
                         near.empty() ? "squall list causes has them" : near);
    }
  }
  if (!options.user.empty()) {
    wanted.user = endpoint_called(stored.scenario, options.user);
    if (!wanted.user) {
      return "--user " + options.user +
             ": nobody is called that; an individual's name, or POPULATION-NUMBER from 0";
    }
  }
  if (!options.strategy.empty()) {
    const std::string unknown = unknown_strategy({options.strategy}, stored.scenario);
    if (!unknown.empty()) return unknown;
  }
  wanted.nth = options.nth;
  wanted.to_the_end = options.to_the_end;
  request.strategy = options.strategy;
  request.seed = options.trace_seed;
  return {};
}

// Asked before the run is played again, which can take long.
std::string check_files(const Options& options) {
  const std::pair<const char*, const std::string&> files[] = {{"--svg", options.svg},
                                                              {"--mermaid", options.mermaid},
                                                              {"--trace", options.trace},
                                                              {"--replay", options.replay}};
  for (const auto& [flag, file] : files) {
    const std::string error = file.empty() ? "" : check_writable(file);
    if (!error.empty()) return std::string(flag) + ": " + error;
  }
  return {};
}

// One seed of it. What was attached to has no name of a strategy.
std::string in_virtual_time(const Manifest& manifest) {
  const bool live = manifest.engine == "live";
  return command_of({.scenario = manifest.scenario_path,
                     .strategies = live ? manifest.strategies : std::vector<std::string>{},
                     .seeds = {manifest.seeds.empty() ? 1 : manifest.seeds.front()},
                     .set = in_words(manifest.overrides)});
}

// The causes of a live run of which no message was kept, and what it cannot say.
Exit explain_live(const Invocation& invocation, const StoredInput& stored) {
  std::string error;
  const std::optional<Result> result = stored_result(stored, error);
  if (!result) return usage_error(invocation.console, error, kNothing);
  std::ostream& out = invocation.console.out;
  out << stored.scenario.name << " was played on real sockets, and no lives of its messages were "
      << "kept: only\nsums are stored, which show causes, and no single message.\n";
  for (const StrategyResult& strategy : result->strategies) {
    if (!invocation.options.strategy.empty() && strategy.strategy != invocation.options.strategy) {
      continue;
    }
    out << '\n' << strategy.strategy << '\n';
    for (const LossShare& share : strategy.loss) {
      out << "  " << share.pairs << " lost: " << share.mechanism << ", billed to " << share.trigger
          << (share.reason == "none" ? "" : " (" + share.reason + ")") << '\n';
    }
    if (strategy.loss.empty()) out << "  nothing was lost\n";
  }
  out << "\nThe same plan in virtual time has the same messages with the same numbers:\n"
      << "  " << in_virtual_time(stored.manifest) << "\nthen: squall explain latest --lost\n";
  return {};
}

std::string write_files(const Options& options, const Answer& answer, std::ostream& err) {
  const Story& story = *answer.story;
  const bool alone = options.svg.ends_with(".svg");
  const auto page = [](const Answer& one) { return as_page(*one.story); };
  const auto drawing = [](const Answer& one) { return as_drawing(*one.story); };
  using Writer = std::string (*)(const Answer&);
  const std::pair<const std::string&, Writer> files[] = {
      {options.svg, alone ? Writer(drawing) : Writer(page)},
      {options.mermaid, [](const Answer& one) { return as_mermaid(*one.story); }},
      {options.trace, [](const Answer& one) { return as_trace(*one.story, one.begin); }}};
  for (const auto& [file, make] : files) {
    if (file.empty()) continue;
    const std::string error = write_whole_file(file, make(answer));
    if (!error.empty()) return error;
    err << "written    " << file << '\n';
  }
  return story.steps.empty() ? "the story is empty" : "";
}

// How a command of the reader's names the same run.
std::string named_again(const Options& options) {
  const bool usual = options.out == Options().out;
  return command_word(options.inputs.front()) +
         (usual ? "" : " --out " + command_word(options.out));
}

Exit interrupted() {
  return {static_cast<ExitCode>(128 + received_signal()), "interrupted; nothing was explained"};
}

Exit explain_replay(const Invocation& invocation, const StoredInput& stored,
                    const StoryRequest& request) {
  const Options& options = invocation.options;
  const ReplayAnswer made = replay_of(stored, named_again(options), request, options.fault);
  if (received_signal() != 0 && !made.replay) return interrupted();
  std::string error = made.error;
  if (made.replay) error = write_whole_file(options.replay, replay_page(*made.replay));
  if (error.empty()) {
    invocation.console.out << made.replay->title << "; " << made.replay->played << '\n';
    invocation.console.err << "written    " << options.replay << '\n';
    return {};
  }
  invocation.console.err << "error: " << error << '\n';
  return {made.replay || made.broken ? ExitCode::broken : ExitCode::usage, kNothing};
}

Exit explain_word(const Invocation& invocation, const std::string& word) {
  const std::optional<std::string> text = word_explained(word);
  if (!text) {
    return usage_error(invocation.console,
                       "\"" + word +
                           "\" is no stored run (squall list runs), no code, no cause "
                           "(squall list causes) and no metric (squall list metrics)",
                       kNothing);
  }
  invocation.console.out << *text;
  return {};
}

}  // namespace

Exit explain_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  const std::string& word = options.inputs.front();
  const bool of_a_message =
      !options.message.empty() || !options.lost.empty() || !options.replay.empty();
  if (!of_a_message && (word_explained(word) || find_run(options.out, word).empty())) {
    return explain_word(invocation, word);
  }
  Exit exit;
  const std::optional<AskedRun> asked = asked_run(invocation, kNothing, exit);
  if (!asked) return exit;
  const StoredInput* const stored = &asked->input;
  const bool again = stored->engine == "sim";
  if (!again && !options.replay.empty()) {
    return usage_error(invocation.console,
                       "--replay plays the run again, and this one was on real sockets: --lost and "
                       "--message tell of what was kept of it",
                       kNothing);
  }
  if (!again && stored->lives.empty()) return explain_live(invocation, *stored);
  StoryRequest request;
  std::string error = read_request(options, *stored, request);
  if (error.empty()) error = check_files(options);
  if (!error.empty()) return usage_error(invocation.console, error, kNothing);

  install_signal_handlers();
  if (!options.replay.empty()) return explain_replay(invocation, *stored, request);
  const Answer told = answer(*stored, named_again(options), request);
  if (received_signal() != 0) return interrupted();
  if (!told.story) {
    invocation.console.err << "error: " << told.error << '\n';
    return {told.broken ? ExitCode::broken : ExitCode::usage, kNothing};
  }
  invocation.console.out << as_text(*told.story);
  error = write_files(options, told, invocation.console.err);
  if (error.empty()) return {};
  invocation.console.err << "error: " << error << '\n';
  return {ExitCode::broken, error};
}

}  // namespace squall
