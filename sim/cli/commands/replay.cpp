// squall replay RUN: plays a stored run again, from the files in its folder alone, and compares
// the bytes of result.json.
#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/export/json.hpp"
#include "report/measure/sha256.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/compare/difference.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/screen/progress.hpp"
#include "sim/cli/store/asked_run.hpp"
#include "sim/cli/store/stored_run.hpp"

namespace squall {
namespace {

constexpr const char* kNothingReplayed = "nothing was played again";

// The seeds of which anything was stored: replications are kept in their order.
std::vector<std::uint64_t> stored_seeds(const Manifest& manifest) {
  std::size_t most = 0;
  for (const std::size_t count : manifest.replications) most = std::max(most, count);
  const std::size_t kept = std::min(most, manifest.seeds.size());
  return {manifest.seeds.begin(), manifest.seeds.begin() + static_cast<std::ptrdiff_t>(kept)};
}

// Of a run that was cut short, only what it had.
void keep_stored_replications(std::vector<std::vector<RunRecord>>& records,
                              const std::vector<std::size_t>& replications) {
  for (std::size_t i = 0; i < std::min(records.size(), replications.size()); ++i) {
    if (records[i].size() > replications[i]) {
      records[i].erase(records[i].begin() + static_cast<std::ptrdiff_t>(replications[i]),
                       records[i].end());
    }
  }
}

// Where two documents of equal metrics differ: "/strategies/0/loss/1/pairs is 7, and not 5".
std::string first_place(const std::string& stored, const std::string& fresh) {
  const auto before = nlohmann::json::parse(stored, nullptr, false);
  const auto now = nlohmann::json::parse(fresh, nullptr, false);
  const nlohmann::json changes = nlohmann::json::diff(now, before);
  if (changes.empty()) return "every value is equal, the text is not";
  const nlohmann::json::json_pointer place(changes[0]["path"].get<std::string>());
  const auto value = [&](const nlohmann::json& document) {
    if (!document.contains(place)) return std::string("not there");
    const std::string text =
        document[place].dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return text.size() > 40 ? text.substr(0, 40) + "..." : text;
  };
  return fmt::format("{} is {}, and {} when played again", place.to_string(), value(before),
                     value(now));
}

std::string explain_difference(const StoredInput& stored, const Result& fresh) {
  const bool edited = sha256_hex(stored.result) != stored.manifest.result_sha256;
  std::string prefix = edited ? "result.json was changed after the run; " : "";
  if (stored.version != this_squall()) {
    prefix += fmt::format("it was stored by {}, and this is {}; ", stored.version, this_squall());
  }
  const std::variant<Result, std::string> parsed = from_json(stored.result);
  if (const auto* error = std::get_if<std::string>(&parsed)) {
    return prefix + "the stored result cannot be read: " + *error;
  }
  const std::string text = first_difference(std::get<Result>(parsed), fresh);
  return prefix + (text.empty() ? first_place(stored.result, to_json(fresh)) : text);
}

struct ReplayOutcome {
  std::size_t runs = 0, of = 0;  // that were stored, and that were asked for
  std::string stored_sha256, fresh_sha256;
  std::string difference;  // empty: identical
};

void show_outcome(const ReplayOutcome& outcome, const std::string& folder, bool json,
                  std::ostream& out) {
  if (json) {
    const nlohmann::json document = {{"run", folder},
                                     {"runs", outcome.runs},
                                     {"of", outcome.of},
                                     {"stored_sha256", outcome.stored_sha256},
                                     {"fresh_sha256", outcome.fresh_sha256},
                                     {"identical", outcome.difference.empty()},
                                     {"difference", outcome.difference}};
    out << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    return;
  }
  out << "stored  " << outcome.stored_sha256 << "\nfresh   " << outcome.fresh_sha256 << '\n'
      << (outcome.difference.empty() ? "identical" : "differs: " + outcome.difference);
  if (outcome.runs < outcome.of) {
    out << ", " << outcome.runs << " of " << outcome.of << " runs: the stored one was cut short";
  }
  out << '\n';
}

}  // namespace

Exit replay_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  Exit exit;
  const std::optional<AskedRun> asked = asked_run(invocation, kNothingReplayed, exit);
  if (!asked) return exit;
  const StoredInput* const stored = &asked->input;

  const Manifest& manifest = stored->manifest;
  ProgressSubject subject{stored->scenario.name,
                          manifest.scenario_sha256,
                          manifest.strategies,
                          stored_seeds(manifest).size(),
                          manifest.seeds.empty() ? 0 : manifest.seeds[0],
                          options.ascii,
                          "sim",
                          stored->scenario.time.measure + stored->scenario.time.drain,
                          "",
                          unit_named(options.units)};
  if (stored->scenario.strategies.size() != manifest.strategies.size()) {
    return usage_error(invocation.console, "the manifest does not belong to the stored scenario",
                       kNothingReplayed);
  }
  if (stored->engine != "sim") {
    return usage_error(invocation.console,
                       "this run was played on real sockets and cannot be played again to the "
                       "same bytes; squall compare holds two such runs together",
                       kNothingReplayed);
  }
  // Of a run that was cut short, only what it had; of one that has nothing, nothing can be said.
  const std::vector<std::uint64_t> seeds = stored_seeds(manifest);
  if (seeds.empty()) {
    return {ExitCode::broken,
            "the run was cut short before its first replication: "
            "nothing was stored, and nothing was compared"};
  }
  install_signal_handlers();
  Progress progress(progress_kind(options, invocation.console), invocation.console, subject);
  PlaySettings settings{seeds, thread_count(options.jobs), manifest.max_events,
                        [&progress](const FarmProgress& one) { progress.finished(one); },
                        progress.watched([](const Scenario& scenario, const StrategySpec& spec,
                                            std::uint64_t seed, const PlayOptions& limits) {
                          return play(scenario, spec, seed, limits);
                        })};
  progress.begin();
  Played played = play_scenario(stored->scenario, settings);
  progress.end();
  if (received_signal() != 0) {
    return {static_cast<ExitCode>(128 + received_signal()), "interrupted; nothing was compared"};
  }
  keep_stored_replications(played.records, manifest.replications);
  const Result fresh =
      result_of(stored->scenario, manifest.seeds, played.records, manifest.cut_short);
  const std::string fresh_text = to_json(fresh);
  ReplayOutcome outcome{0,
                        manifest.strategies.size() * manifest.seeds.size(),
                        sha256_hex(stored->result),
                        sha256_hex(fresh_text),
                        {}};
  for (const auto& runs : played.records) outcome.runs += runs.size();
  if (outcome.stored_sha256 != outcome.fresh_sha256) {
    outcome.difference = explain_difference(*stored, fresh);
  }
  show_outcome(outcome, asked->folder.string(), options.json, invocation.console.out);
  if (outcome.difference.empty()) return {};
  return {ExitCode::failed, "the replay differs from the stored result"};
}

}  // namespace squall
