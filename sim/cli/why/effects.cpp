// Plays the changes and compares them seed by seed. See effects.hpp.
// What is said about it stands in effects_text.cpp.
#include "sim/cli/why/effects.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "scenarios/model/settings.hpp"

namespace squall {
namespace {

// Effects closer to what is billed than this share of the loss add up.
constexpr double kAddsUp = 0.05;

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double share(std::uint64_t pairs, std::uint64_t owed) {
  return owed == 0 ? 0 : static_cast<double>(pairs) / static_cast<double>(owed);
}

struct Sums {
  std::uint64_t owed = 0, lost = 0;
};
Sums sums_of(const RunRecord& run) {
  Sums sums;
  for (const Cell& cell : run.cells) {
    sums.owed += cell.owed;
    sums.lost += cell.lost;
  }
  return sums;
}

std::vector<double> losses(const std::vector<RunRecord>& runs) {
  std::vector<double> values;
  for (const RunRecord& run : runs) {
    const Sums sums = sums_of(run);
    values.push_back(share(sums.lost, sums.owed));
  }
  return values;
}

// A change may owe fewer pairs, as one without a flash does: what it saves is counted in pairs, as
// a share of those owed without the change.
double saved_by(const RunRecord& base, const RunRecord& changed) {
  const Sums before = sums_of(base);
  return share(before.lost, before.owed) - share(sums_of(changed).lost, before.owed);
}

// What the books bill to this fault.
double billed(const std::vector<RunRecord>& runs, TriggerId trigger) {
  std::vector<double> values;
  for (const RunRecord& run : runs) {
    std::uint64_t pairs = 0;
    for (const LossRow& loss : run.losses) pairs += loss.trigger == trigger ? loss.pairs : 0;
    values.push_back(share(pairs, sums_of(run).owed));
  }
  return mean(values);
}

std::optional<Remaining> remaining(const std::vector<RunRecord>& runs, const Scenario& scenario) {
  // The mean over the seeds, as the loss that it is a part of: never more than that.
  std::map<std::pair<Mechanism, TriggerId>, double> shares;
  for (const RunRecord& run : runs) {
    const std::uint64_t owed = sums_of(run).owed;
    for (const LossRow& loss : run.losses) {
      shares[{loss.mechanism, loss.trigger}] +=
          share(loss.pairs, owed) / static_cast<double>(runs.size());
    }
  }
  const auto most =
      std::ranges::max_element(shares, {}, [](const auto& one) { return one.second; });
  if (most == shares.end() || most->second == 0) return std::nullopt;
  const std::vector<std::string> triggers = trigger_names(scenario);
  return Remaining{std::string(row(most->first.first).name), triggers[index(most->first.second)],
                   most->second};
}

class Comparing {
 public:
  Comparing(const Scenario& scenario, const StrategySpec& spec, const PlaySeeds& play)
      : scenario_(scenario), spec_(spec), play_(play) {}

  Effects compare() {
    base_ = play_(scenario_, spec_);
    effects_.strategy = spec_.name;
    effects_.base = losses(base_);
    effects_.base_mean = mean(effects_.base);
    effects_.runs = 1;
    effects_.off = faults_of(scenario_);
    for (const Fault& fault : effects_.off) {
      effects_.faults.push_back(played(without({&fault, 1}, scenario_, spec_)));
    }
    for (const KnobRow& knob : knobs()) {
      std::optional<Change> change = turned(knob);
      if (!change) continue;
      effects_.knobs.push_back(played(std::move(*change)));
      effects_.knobs.back().knob = knob.name;
    }
    pairs();
    return std::move(effects_);
  }

 private:
  // From what this strategy plays: a product's waits are turned, and not those that it replaces.
  std::optional<Change> turned(const KnobRow& knob) const {
    Change change{
        std::string(knob.meaning), with_settings(scenario_, spec_), spec_, {}, spec_.name};
    bool fixed = false;  // by `with`, which no --set replaces
    for (Setting& setting : change.spec.settings) {
      fixed = fixed || (setting.played && !setting.yields);
      setting.played = false;  // it is in the scenario already
    }
    if (!knob.turn(change)) return std::nullopt;
    if (change.spec.preset != spec_.preset) {  // which brings its own
      change.scenario = scenario_;
    } else if (fixed) {
      change.set.clear();
    }
    return change;
  }

  Effect played(Change change) {
    const std::vector<RunRecord> runs = play_(change.scenario, change.spec);
    ++effects_.runs;
    Effect effect;
    effect.loss = losses(runs);
    effect.mean = mean(effect.loss);
    effect.remaining = remaining(runs, change.scenario);
    effect.change = std::move(change);
    std::vector<double> saved;
    for (std::size_t i = 0; i < std::min(base_.size(), runs.size()); ++i) {
      saved.push_back(saved_by(base_[i], runs[i]));
    }
    effect.saved = mean(saved);
    effect.paired = student_interval(saved);
    return effect;
  }

  bool adds_up(std::size_t fault) const {
    const double expected = billed(base_, effects_.off[fault].trigger);
    return std::abs(effects_.faults[fault].saved - expected) <= kAddsUp * effects_.base_mean;
  }

  void pairs() {
    if (effects_.base_mean == 0) return;
    for (std::size_t a = 0; a < effects_.off.size(); ++a) {
      for (std::size_t b = a + 1; b < effects_.off.size(); ++b) {
        if (adds_up(a) && adds_up(b)) continue;
        const Fault both[] = {effects_.off[a], effects_.off[b]};
        Effect off = played(without(both, scenario_, spec_));
        const double all = effects_.base_mean;
        const Shares shares = shapley(all, all - effects_.faults[a].saved,
                                      all - effects_.faults[b].saved, all - off.saved);
        effects_.pairs.push_back({a, b, std::move(off), shares.a, shares.b});
      }
    }
  }

  const Scenario& scenario_;
  const StrategySpec& spec_;
  const PlaySeeds& play_;
  std::vector<RunRecord> base_;
  Effects effects_;
};

}  // namespace

Shares shapley(double base_loss, double without_a, double without_b, double without_both) {
  const double all = base_loss - without_both;
  if (all <= 0) return {};
  const double a = ((base_loss - without_a) + (without_b - without_both)) / 2;
  const double b = ((base_loss - without_b) + (without_a - without_both)) / 2;
  return {a / all, b / all};
}

Effects effects_of(const Scenario& scenario, const StrategySpec& spec, const PlaySeeds& play) {
  return Comparing(scenario, spec, play).compare();
}

}  // namespace squall
