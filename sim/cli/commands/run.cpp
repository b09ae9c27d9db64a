// squall run SCENARIO...: read, play, measure, judge, show, store. The tour through squall.
// Where to go next: playing.cpp (engine and result), run_files.cpp (what is stored).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/compare/judged.hpp"
#include "report/export/json.hpp"
#include "report/measure/sha256.hpp"
#include "report/words/github.hpp"
#include "report/words/markdown_limit.hpp"
#include "report/words/played_again.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/dry_run.hpp"
#include "sim/cli/commands/last_words.hpp"
#include "sim/cli/commands/run_request.hpp"
#include "sim/cli/commands/run_scenarios.hpp"
#include "sim/cli/commands/run_verdict.hpp"
#include "sim/cli/commands/usage_error.hpp"
#include "sim/cli/compare/change_output.hpp"
#include "sim/cli/compare/parity.hpp"
#include "sim/cli/compare/run_gates.hpp"
#include "sim/cli/explain/lives_file.hpp"
#include "sim/cli/input/engine_choice.hpp"
#include "sim/cli/input/prices_file.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/dilation.hpp"
#include "sim/cli/play/estimate.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/screen/github_step.hpp"
#include "sim/cli/screen/open_page.hpp"
#include "sim/cli/screen/presentation.hpp"
#include "sim/cli/screen/progress.hpp"
#include "sim/cli/store/baseline_store.hpp"
#include "sim/cli/store/run_files.hpp"
#include "sim/cli/store/run_log.hpp"
#include "sim/cli/store/utc_time.hpp"
#include "sim/cli/watch/watch.hpp"

namespace squall {
namespace {

using WallClock = std::chrono::system_clock;

constexpr const char* kNothingRun = "bad command line; nothing was run";

void show_plans(const Invocation& invocation, const RunRequest& request,
                const std::vector<AskedScenario>& scenarios) {
  std::vector<std::string> documents;
  for (const auto& [scenario, overrides, not_judged] : scenarios) {
    DryRun plan = plan_of(scenario, request.seeds,
                          thread_count(invocation.options.jobs, invocation.options.threads));
    plan.load = engine_load(invocation.options, plan.endpoints);
    plan.hooks = engine_hooks(invocation.options, scenario, request.seeds.front());
    plan.estimate.wall_seconds =
        wall_seconds(invocation.options, plan.estimate.wall_seconds,
                     plan.virtual_seconds_per_run * static_cast<double>(plan.runs));
    documents.push_back(request.format == "json" ? as_json(plan) : as_text(plan));
    if (invocation.options.verbose > 0 && request.format != "json") {
      documents.back() += scenario.resolved_json + "\n";
    }
  }
  print_documents(documents, request.format == "json" ? "json" : "text", invocation.console.out);
}

// Plays, judges and stores one scenario after another.
class Session {
 public:
  Session(const Invocation& invocation, const RunRequest& request, std::optional<RunGates> gates,
          Watch* watch)
      : invocation_(invocation),
        options_(invocation.options),
        request_(request),
        gates_(std::move(gates)),
        watch_(watch) {}

  void run(const AskedScenario& as_asked) {
    const AskedScenario asked = without_own_delays(as_asked, invocation_, request_);
    const Scenario& scenario = asked.scenario;
    overrides_ = asked.overrides;
    std::string error;  // flags were checked before
    const auto listener = [this](const live::LiveProgress& progress) {
      if (progress_ != nullptr) progress_->live(progress);
    };
    results_.clear();
    const std::size_t before = documents_.size();
    for (const EngineChoice& engine : engines_of(options_, listener, error)) {
      engine_ = engine;
      lives_ = {};
      if (!engine.repeats) engine_.play = lives_.keeping(engine.play);
      run_once(scenario);
    }
    if (results_.size() < 2) return;
    if (request_.format != "text" && request_.format != "json") {
      documents_.resize(before);
      documents_.push_back(shown_together(results_, request_.format));
    }
    const Parity parity = compare_engines(results_[0], results_[1]);
    (request_.format == "text" ? documents_.emplace_back() : notes_) +=
        parity.text + asked.not_judged;
    if (!parity.agrees) verdict_.disagrees(scenario.name + ", " + parity.where);
  }

  void skip(const Scenario& scenario) { complain(scenario.name + ": not started"); }

  Exit finish() {
    print_documents(documents_, request_.format, invocation_.console.out);
    invocation_.console.out.flush();
    invocation_.console.err << notes_;
    Exit end = verdict_.exit(options_.warnings_fatal);
    if (received_signal() != 0 && options_.no_save) end.meaning = "interrupted; nothing was stored";
    return end;
  }

 private:
  void run_once(const Scenario& scenario) {
    const auto started = WallClock::now();
    RunLog log(options_.verbose, invocation_.console.err);
    log.begin(invocation_.arguments, utc_text(started));
    seeds_ = request_.seeds;
    const Played played = play(scenario, log);
    Result result = result_of(scenario, seeds_, played.records, played.cut_short);
    result.engine_flags = engine_.flags;
    const std::string text = to_json(result);
    Manifest manifest = describe(scenario, played);
    manifest.scenario_sha256 = result.scenario_sha256;
    manifest.result_sha256 = sha256_hex(text);
    manifest.started = utc_text(started);
    result.started_unix_ns = unix_ns(manifest.started);
    result.overrides = in_words(manifest.overrides);
    // Before anything is written: every report of the run says what its gates said.
    std::optional<ChangeReport> change = hold_against_baseline(scenario, result, manifest);
    log.end(result);
    manifest.verdict = verdict_in_short(result);
    manifest.loss = loss_in_short(result);
    manifest.gates = result.gates;
    manifest.wall_seconds = std::chrono::duration<double>(WallClock::now() - started).count();
    std::string folder;
    if (!options_.no_save) {
      const std::string stamp = utc_stamp(started) + "-" + result.scenario_sha256.substr(0, 6);
      const FinishedRun finished{scenario, played.records, result, text, log.text(), lives_.text()};
      const StoredRun stored = store_run(options_.out, scenario.name, stamp,
                                         files_of(finished, manifest), result.complete);
      complain(stored.error);
      folder = stored.folder.string();
    }
    results_.push_back(result);
    for (const std::string& file : options_.report) {  // again with each: who interrupts has some
      complain(write_report(file, results_, options_));
    }
    show(result, played);
    if (change) show_change(scenario, result, *change, manifest, folder);
    if (has_failed(result) && in_github_step(options_)) tell_github_of_run(scenario, result);
    save_baseline(result, folder);
    conclude(scenario, result, folder);
  }

  Played play(const Scenario& scenario, RunLog& log) {
    const auto batch = [&](std::span<const std::uint64_t> seeds) {
      return play_batch(scenario, seeds, log);
    };
    if (!request_.until_decided) return batch(seeds_);
    if (gates_) return gates_->play_until_decided(scenario, seeds_, batch);
    seeds_.resize(kInterimLooks.front().reps);  // an optional baseline that is missing
    return batch(seeds_);
  }

  Played play_batch(const Scenario& scenario, std::span<const std::uint64_t> seeds, RunLog& log) {
    ProgressSubject subject{scenario.name,
                            sha256_hex(scenario.source_text),
                            {},
                            seeds.size(),
                            seeds.front(),
                            options_.ascii,
                            engine_.name,
                            scenario.time.measure + scenario.time.drain,
                            engine_.name == "sim" ? estimate_line(scenario, seeds.size()) : "",
                            unit_named(options_.units)};
    for (const StrategySpec& spec : scenario.strategies) subject.strategies.push_back(spec.name);
    Progress progress(progress_kind(options_, invocation_.console), invocation_.console,
                      std::move(subject));
    PlaySettings settings{{seeds.begin(), seeds.end()},
                          engine_.one_at_a_time ? 1 : thread_count(options_.jobs, options_.threads),
                          options_.max_events,
                          [&](const FarmProgress& one) {
                            progress.finished(one);
                            log.finished(one);
                            if (watch_ != nullptr) watch_->state().finished(one);
                          },
                          progress.watched(engine_.play),
                          options_.threads,
                          engine_.one_at_a_time};
    if (watch_ != nullptr) {
      watch_->state().begin(scenario, engine_.name, seeds.size());
      settings.play = watch_->state().watched(std::move(settings.play));
    }
    progress_ = &progress;
    progress.begin();
    Played played = play_scenario(scenario, settings);
    progress.end();
    progress_ = nullptr;
    return played;
  }

  // Said before what takes longer than a look.
  std::string estimate_line(const Scenario& scenario, std::size_t seeds) const {
    const Estimate estimate =
        estimate_of(scenario, static_cast<double>(scenario.strategies.size() * seeds),
                    thread_count(options_.jobs, options_.threads));
    return estimate.wall_seconds < 5 ? "" : as_text(estimate);
  }

  Manifest describe(const Scenario& scenario, const Played& played) const {
    Manifest manifest;
    manifest.arguments = invocation_.arguments;
    manifest.scenario_path = scenario.source_path;
    manifest.strategy_list = options_.strategy;
    for (const StrategySpec& spec : scenario.strategies) manifest.strategies.push_back(spec.name);
    for (const auto& runs : played.records) manifest.replications.push_back(runs.size());
    manifest.seeds = seeds_;
    manifest.overrides = overrides_;
    manifest.max_events = options_.max_events;
    manifest.engine = engine_.name;
    manifest.cut_short = played.cut_short;
    manifest.threads = thread_count(options_.jobs, options_.threads);
    return manifest;
  }

  std::optional<ChangeReport> hold_against_baseline(const Scenario& scenario, Result& result,
                                                    const Manifest& manifest) {
    if (!gates_) return std::nullopt;
    ChangeReport report = gates_->judge(scenario, result, manifest);
    const ChangeConclusion end = conclusion(report, gates_->fail_on());
    result.gates = judged_gates(report, end);
    verdict_.held_against_baseline(end);
    return report;
  }

  // On standard output, unless there is nothing to show: why it is so is said at the end.
  void show(const Result& result, const Played& played) {
    const bool text = request_.format == "text";
    const bool empty = std::ranges::all_of(played.records, [](auto& runs) { return runs.empty(); });
    if (text && (empty || received_signal() != 0)) return;
    Result shown_result = result;
    if (text) shown_result.gates.reset();  // the comparison follows, with every number
    documents_.push_back(shown(shown_result, request_.format, options_, invocation_.console));
  }

  void show_change(const Scenario& scenario, const Result& result, ChangeReport& report,
                   const Manifest& manifest, const std::string& folder) {
    gates_->name_run(scenario, result, manifest, folder, report);
    (request_.format == "text" ? documents_.emplace_back() : notes_) += change_text(report);
    tell_github(report, options_, invocation_.console.screen);
  }

  void tell_github_of_run(const Scenario& scenario, const Result& result) {
    if (failed_strategies(result).empty()) return;  // a gate: told with the comparison
    invocation_.console.screen << run_github(result, scenario.source_path);
    append_step_summary(to_short_markdown(result), invocation_.console.screen);
  }

  // A run that failed is no reference: accepting it is asked for by hand.
  void save_baseline(const Result& result, const std::string& folder) {
    const std::string& name = options_.save_baseline;
    if (name.empty() || folder.empty() || !result.complete) return;
    if (has_failed(result)) {
      notes_ += "baseline   not saved, for the run failed; to accept it all the same: " +
                accept_command(options_, name, folder) + "\n";
      return;
    }
    std::string error;
    const std::optional<StoredInput> stored = read_stored(folder, error);
    if (stored) error = write_baseline(options_, baseline_of(*stored, result, name));
    if (error.empty()) notes_ += "baseline   " + baseline_path(options_, name).string() + "\n";
    complain(error);
  }

  void complain(const std::string& error) {
    if (error.empty()) return;
    notes_ += "error: " + error + "\n";
    verdict_.broke(error);
  }

  void conclude(const Scenario& scenario, const Result& result, const std::string& folder) {
    if (received_signal() != 0) {
      notes_ += last_words(result, folder);
      return;
    }
    notes_ += verdict_.add(result);
    const std::vector<std::string> failing = failed_strategies(result);
    if (!failing.empty() && result.complete) {
      notes_ += "reproduce  " + command_of({.scenario = scenario.source_path,
                                            .strategies = failing,
                                            .seeds = seeds_,
                                            .engine_flags = engine_.flags,
                                            .set = in_words(overrides_),
                                            .max_events = options_.max_events});
      notes_ += "\n";
    }
    if (!folder.empty() && !options_.quiet) {
      notes_ += closing_lines(result, {folder, options_.out});
    }
    if (!options_.open || folder.empty()) return;
    const std::string unseen = open_page(page_of(folder));  // of a run that is as good as before
    if (!unseen.empty()) notes_ += "warning: " + unseen + "\n";
  }

  const Invocation& invocation_;
  const Options& options_;
  const RunRequest& request_;
  std::optional<RunGates> gates_;
  Watch* watch_;                        // nullptr: nobody watches
  std::vector<std::uint64_t> seeds_;    // those that are played
  std::vector<Override> overrides_;     // of this scenario
  std::vector<Result> results_;         // of this scenario, one for each engine
  std::vector<std::string> documents_;  // for standard output, one per scenario
  std::string notes_;                   // for standard error, after them
  EngineChoice engine_;                 // the one that plays now
  LivesOfRuns lives_;                   // of those that cannot be played again
  Progress* progress_ = nullptr;        // of the run under way
  RunVerdict verdict_;
};

}  // namespace

Exit run_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  const Console& console = invocation.console;
  std::string error;
  std::optional<RunRequest> request = check_run_flags(options, error);
  if (!request || !add_prices(options.prices, request->overrides, error)) {
    return usage_error(console, error, kNothingRun);
  }
  Exit exit;
  const std::optional<std::vector<AskedScenario>> scenarios =
      read_asked(invocation, *request, exit);
  if (!scenarios) return exit;
  if (options.seed == "random") console.err << "seed " << request->seeds.front() << '\n';
  std::optional<RunGates> gates = RunGates::prepare(invocation, exit);
  if (exit.code != ExitCode::ok) return exit;
  if (options.dry_run) {
    show_plans(invocation, *request, *scenarios);
    return {};
  }
  if (!options.no_save) {
    error = prepare_results(options.out);
    if (!error.empty()) {
      console.err << "error: " << error << '\n';
      return {ExitCode::broken, "cannot store results; nothing was run"};
    }
    error = options.save_baseline.empty() ? "" : prepare_baseline(options, options.save_baseline);
    if (!error.empty()) {
      console.err << "error: " << error << '\n';
      return {ExitCode::broken, "cannot save the baseline; nothing was run"};
    }
  }
  install_signal_handlers();
  const Deadline deadline(request->timeout);
  std::unique_ptr<Watch> watch;
  if (options.watch) {
    watch = Watch::start(error);
    if (watch == nullptr) return {ExitCode::broken, "--watch: no page can be served: " + error};
    console.err << "watch      " << watch->address() << std::endl;
  }
  Session session(invocation, *request, std::move(gates), watch.get());
  for (const AskedScenario& asked : *scenarios) {
    stop_flag().load() ? session.skip(asked.scenario) : session.run(asked);
  }
  return session.finish();
}

}  // namespace squall
