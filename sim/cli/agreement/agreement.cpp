// squall agreement SCENARIO...: plays each scenario in virtual time and truly, on our own nodes or
// on servers of others, and holds closed form, simulation and measurement together.
// The judgement is judgement.hpp, the words are words.cpp.
#include <fmt/core.h>
#include <algorithm>

#include "scenarios/model/calibration.hpp"
#include "sim/cli/agreement/judgement.hpp"
#include "sim/cli/agreement/way.hpp"
#include "sim/cli/calibrate/process_cpu.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/input/attach_options.hpp"
#include "sim/cli/input/engine_choice.hpp"
#include "sim/cli/input/profile_input.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/seeds.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/interrupt.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/kernel/engine.hpp"
#include "sim/live/run/engine.hpp"

namespace squall {
namespace {

// What the simulation must know of this machine, before what the user sets.
std::vector<Override> overrides_for(const Scenario& scenario, const Options& options) {
  Options both = options;
  both.engine = "both";
  std::vector<Override> overrides = engine_overrides(scenario, both);
  if (options.profile.empty()) return overrides;
  overrides.push_back({"/cluster/nodes/cost_profile", options.profile});
  const Calibration* const profile = calibration_named(options.profile);
  if (profile == nullptr || profile->one_way == Duration{0}) return overrides;
  for (Override& one : overrides) {
    if (one.pointer.starts_with("/cluster/net/")) {
      one.value = fmt::format("{}ns", profile->one_way.count());
    }
  }
  return overrides;
}

class Agreeing {
 public:
  explicit Agreeing(const Invocation& invocation)
      : invocation_(invocation), options_(invocation.options) {}

  Exit run() {
    std::string error = prepare();
    if (error.empty()) error = read_all();
    if (!error.empty()) {
      invocation_.console.err << "error: " << error << '\n';
      return {ExitCode::usage, "nothing was played"};
    }
    install_signal_handlers();
    try {
      for (const Scenario& scenario : scenarios_) {
        play(scenario);
        if (received_signal() != 0) {
          return {static_cast<ExitCode>(128 + received_signal()), "stopped; nothing was stored"};
        }
      }
    } catch (const live::CannotRun& why) {
      return {ExitCode::broken, why.what()};
    }
    return conclude();
  }

 private:
  std::string prepare() {
    std::string error;
    seeds_ = make_seeds(
        options_.seed,
        static_cast<std::uint32_t>(std::stoul(options_.reps.empty() ? "1" : options_.reps)), error);
    if (error.empty()) overrides_ = asked_overrides(options_, error);
    if (error.empty() && options_.target.empty()) error = check_without_target(options_);
    if (!error.empty()) return error;
    if (!options_.profile.empty() && !names_a_file(options_.profile)) {
      return "--profile " + options_.profile + ": a file, with a . in its name";
    }
    if (!options_.profile.empty()) error = register_profile(options_.profile, options_.profile);
    if (!error.empty() || options_.target.empty()) return error;
    if (options_.dialect.empty()) return "--target needs --dialect NAME|FILE";
    attached_ = attach_options(options_, error);
    if (!attached_) return error;
    if (backplane_named(live::foreign_row().name) == nullptr) add_backplane(live::foreign_row());
    Options as_attach = options_;
    as_attach.engine = "attach";
    foreign_ = engine_strategies(as_attach).front();
    return {};
  }

  std::string read_all() {
    const Vocabulary vocabulary = make_vocabulary();
    for (const std::string& name : options_.inputs) {
      const Chosen chosen{options_.strategy};
      ScenarioInput input = read_scenario(name, overrides_, vocabulary, chosen);
      if (input.scenario) {
        std::vector<Override> all = overrides_for(*input.scenario, options_);
        all.insert(all.end(), overrides_.begin(), overrides_.end());
        input = read_scenario(name, all, vocabulary, chosen);
      }
      if (input.scenario && !attached_) {
        const auto more = not_on_sockets(*input.scenario);
        input.problems.insert(input.problems.end(), more.begin(), more.end());
      }
      invocation_.console.err << render(input.problems, input.text);
      if (!input.scenario || count(input.problems, Severity::error) > 0) {
        return "scenario not valid: " + tally(input.problems);
      }
      if (attached_ && input.scenario->strategies.size() != 1) {
        return name + ": which strategy is the one of these servers? Say --strategy NAME";
      }
      scenarios_.push_back(std::move(*input.scenario));
    }
    return {};
  }

  void play(const Scenario& scenario) {
    for (const StrategySpec& spec : scenario.strategies) {
      if (!options_.quiet) {
        invocation_.console.err << "playing " << scenario.name << ", " << spec.name << '\n';
      }
      Scenario one = scenario;
      one.strategies = {spec};
      std::string way;
      if (ways_are_the_profiles(scenario)) {
        if (!options_.quiet) invocation_.console.err << "first without its faults\n";
        live::LiveOptions calm;
        calm.stop = &stop_flag();
        way = use_way_of_now(one, spec, foreign_, calm, *attached_);
      }
      std::vector<std::vector<RunRecord>> simulated(1), measured(1);
      std::vector<double> cpu_measured;  // by seed
      for (const std::uint64_t seed : seeds_) {
        simulated[0].push_back(squall::play(one, spec, seed, {}));
        measured[0].push_back(measure(one, spec, seed, cpu_measured));
        if (received_signal() != 0) return;
      }
      const Result sim = result_of(one, seeds_, simulated, {});
      if (attached_) one.strategies = {foreign_};
      const Result real = result_of(one, seeds_, measured, {});
      Seen seen{scenario,
                spec,
                sim.strategies.front(),
                real.strategies.front(),
                cpu_of_nodes(simulated[0]),
                {},
                attached_.has_value()};
      if (cpu_measured.size() == seeds_.size()) seen.cpu_measured = mean_of_all(cpu_measured);
      pairs_.push_back(judge_agreement(seen));
      if (!way.empty()) pairs_.back().remarks.push_back(way);
    }
  }

  // Of servers of others, and nobody has said how far they are.
  bool ways_are_the_profiles(const Scenario& scenario) const {
    const Calibration* const profile = calibration_named(options_.profile);
    return attached_ && profile != nullptr && profile->one_way > Duration{0} &&
           scenario.cluster.net.client_node ==
               Distribution::fixed(static_cast<double>(profile->one_way.count()));
  }

  RunRecord measure(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
                    std::vector<double>& cpu) {
    live::LiveOptions options;
    options.stop = &stop_flag();
    options.loops = options_.loops;
    const double measure_s = std::chrono::duration<double>(scenario.time.measure).count();
    if (!attached_) {
      live::NodeMeter meter;
      options.apart = true, options.meter = &meter;
      RunRecord record = live::play(scenario, spec, seed, options);
      cpu.push_back(std::chrono::duration<double>(meter.cpu).count() / measure_s);
      return record;
    }
    std::string unseen;  // then nobody's CPU is judged
    MeasuredCpu servers(servers_of(attached_->targets, unseen));
    options.on_measure = [&](bool begins) { servers.mark(begins); };
    Scenario theirs = scenario;
    theirs.cluster.nodes.count = static_cast<std::uint16_t>(attached_->targets.size());
    RunRecord record = live::attach(theirs, foreign_, seed, options, *attached_);
    if (const auto spent = servers.spent()) {
      cpu.push_back(std::chrono::duration<double>(*spent).count() / measure_s);
    }
    return record;
  }

  Exit conclude() const {
    const std::string costs = costs_in_words(scenarios_.front().cluster.nodes);
    invocation_.console.out << (options_.json ? agreement_json(pairs_, costs)
                                              : agreement_text(pairs_, costs));
    const Tally tally = tally_of(pairs_);
    if (tally.counted == 0) return {ExitCode::inconclusive, "no pair counts"};
    if (!tally.agrees()) return {ExitCode::failed, "simulation and measurement do not agree"};
    if (tally.invalid > 0) return {ExitCode::inconclusive, "a measurement is INVALID"};
    return {};
  }

  const Invocation& invocation_;
  const Options& options_;
  std::vector<std::uint64_t> seeds_;
  std::vector<Override> overrides_;
  std::vector<Scenario> scenarios_;
  std::optional<live::AttachOptions> attached_;
  StrategySpec foreign_;
  std::vector<AgreementPair> pairs_;
};

}  // namespace

Exit agreement_command(const Invocation& invocation) { return Agreeing(invocation).run(); }

}  // namespace squall
