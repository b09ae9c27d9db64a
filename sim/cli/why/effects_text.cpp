// Counterfactuals for a reader: a table, what it means in words, the commands that repeat it.
// Points are percentage points of owed pairs; intervals are paired by seed.
#include <fmt/core.h>
#include <algorithm>
#include <cmath>

#include "report/words/format.hpp"
#include "sim/cli/why/effects.hpp"

namespace squall {
namespace {

constexpr double kSame = 0.05;  // of a saving: no more than that apart is no difference

std::string percent(double share) { return sensible(share * 100, unicode_glyphs()) + " %"; }

// "-11.8 points [-12.1, -11.5]"
std::string change_of(const Effect& effect) {
  const Glyphs& glyphs = unicode_glyphs();
  const double change = -effect.saved * 100;
  std::string text = (change > 0 ? "+" : "") + sensible(change, glyphs) + " points";
  if (!effect.paired) return text + " (one seed: no interval)";
  const double half = effect.paired->half_width * 100;
  return text +
         fmt::format(" [{}, {}]", sensible(change - half, glyphs), sensible(change + half, glyphs));
}

std::string rest_of(const Effect& effect) {
  if (!effect.remaining) return "nothing is lost";
  return fmt::format("{} {}, {}", effect.remaining->mechanism, percent(effect.remaining->share),
                     effect.remaining->trigger);
}

std::vector<std::string> line_of(const Effect& effect) {
  return {effect.change.name, percent(effect.mean), change_of(effect), rest_of(effect)};
}

std::string table_of(const Effects& effects) {
  std::vector<std::vector<std::string>> rows{{"change", "lost", "loss changes by", "what remains"}};
  for (const Effect& effect : effects.faults) rows.push_back(line_of(effect));
  for (const Together& pair : effects.pairs) rows.push_back(line_of(pair.both_off));
  for (const Effect& effect : effects.knobs) rows.push_back(line_of(effect));
  return rows.size() == 1 ? "    nothing can be changed\n" : text_table(rows, 4, "    ");
}

std::string of_base(double saved, double base) {
  return decimal(base == 0 ? 0 : saved / base * 100, 0) + " %";
}

// What each of the two loses where the other is off decides: if nothing, it does not lose alone.
std::string how_they_lose(const Effect& a, const Effect& b, double both_saved) {
  const double least = kSame * std::abs(both_saved);
  if (a.saved + b.saved > both_saved) {
    return a.saved > 0 && b.saved > 0 ? " lose together: " : " do not add up: ";
  }
  const bool each = both_saved - b.saved > least && both_saved - a.saved > least;
  return each ? " would each lose alone: " : " do not add up: ";
}

// Who saves something in these seeds, and perhaps nothing in others.
std::string doubts_in_words(const Effects& effects) {
  std::string names;
  for (std::size_t i = 0; i < effects.faults.size(); ++i) {
    const Effect& effect = effects.faults[i];
    if (effect.saved <= 0 || !effect.paired || effect.paired->half_width < effect.saved) continue;
    names += (names.empty() ? "" : ", ") + effects.off[i].label;
  }
  if (names.empty()) return {};
  return fmt::format(
      "  the interval of what is saved without it holds 0: {}; how much it is, more seeds would "
      "tell (run --reps)\n",
      names);
}

std::string pairs_in_words(const Effects& effects) {
  std::string text;
  for (const Together& pair : effects.pairs) {
    const Effect& a = effects.faults[pair.a];
    const Effect& b = effects.faults[pair.b];
    const double apart = a.saved + b.saved - pair.both_off.saved;
    if (std::abs(apart) <= kSame * std::abs(pair.both_off.saved)) continue;
    text += fmt::format(
        "  {} and {}{}without the one {} of the loss is gone, without the other {}, without both "
        "{};\n    shares (Shapley): {} % and {} %\n",
        effects.off[pair.a].label, effects.off[pair.b].label,
        how_they_lose(a, b, pair.both_off.saved), of_base(a.saved, effects.base_mean),
        of_base(b.saved, effects.base_mean), of_base(pair.both_off.saved, effects.base_mean),
        decimal(pair.share_a * 100, 0), decimal(pair.share_b * 100, 0));
  }
  return text;
}

std::string faults_in_words(const Effects& effects) {
  if (effects.faults.empty())
    return "  no fault of the script, and no drops: nothing to take away\n";
  std::string text = pairs_in_words(effects);
  if (!text.empty()) return text;
  double all = 0;
  for (const Effect& effect : effects.faults) all += std::max(0.0, effect.saved);
  if (all == 0) return "  no fault costs anything here\n";
  text = "  of what faults cost:";
  for (std::size_t i = 0; i < effects.faults.size(); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? " " : ", ", effects.off[i].label,
                        of_base(std::max(0.0, effects.faults[i].saved), all));
  }
  return text + "; single effects add up\n" + doubts_in_words(effects);
}

// The shares of the table are of each run's own pairs.
std::string other_pairs_in_words(const Effects& effects) {
  const bool equal = std::ranges::all_of(effects.faults, [&](const Effect& effect) {
    return std::abs(effects.base_mean - effect.mean - effect.saved) < 1e-6;
  });
  return equal ? "" : "  points are of the pairs owed with all faults: without a flash fewer are\n";
}

const Effect* knob_named(const Effects& effects, std::string_view name) {
  for (const Effect& effect : effects.knobs) {
    if (effect.knob == name) return &effect;
  }
  return nullptr;
}

// Where more of the same saves nothing more, what remains has another cause.
std::string buffer_in_words(const Effects& effects) {
  const Effect* buffer = knob_named(effects, "buffer");
  const Effect* larger = knob_named(effects, "large_buffer");
  if (buffer == nullptr || larger == nullptr || larger->saved <= 0) return {};
  if (larger->saved - buffer->saved > kSame * larger->saved) {
    return "  the publisher's buffer does not saturate: 64MiB saves more than 16MiB\n";
  }
  std::string text =
      "  the publisher's buffer saturates: 64MiB saves no more than 16MiB; what "
      "remains is ";
  if (!larger->remaining) return text + "nothing\n";
  const bool subscribing = larger->remaining->mechanism == "not_subscribed";
  return text + fmt::format("{}{}\n", subscribing ? "resubscription: " : "", rest_of(*larger));
}

// Another script is set as a whole: the places of its steps are not those of the file.
bool moved(const Change& change, const PlayedAgain& run) {
  const auto sets = [](const std::vector<std::string>& all, std::string_view what) {
    return std::ranges::any_of(all, [&](const std::string& set) { return set.starts_with(what); });
  };
  return sets(run.set, "/script=") && sets(change.set, "/script/");
}

std::string commands_of(const Effects& effects, const PlayedAgain& run) {
  std::string text;
  const auto say = [&](const Effect& effect) {
    const Change& change = effect.change;
    const bool other = change.strategy != effects.strategy;
    if ((change.set.empty() && !other) || moved(change, run)) {
      text += "    " + change.name + ": no flag says it; squall why plays it again\n";
      return;
    }
    PlayedAgain again = run;
    again.strategies = {change.strategy};
    again.set.insert(again.set.end(), change.set.begin(), change.set.end());
    text += "    " + change.name + ":\n      " + command_of(again) + "\n";
  };
  for (const Effect& effect : effects.faults) say(effect);
  for (const Together& pair : effects.pairs) say(pair.both_off);
  for (const Effect& effect : effects.knobs) say(effect);
  return text.empty() ? text : "  again\n" + text;
}

}  // namespace

std::string as_text(const Effects& effects, const PlayedAgain& run) {
  return fmt::format("{}: lost {}, {}, {} runs a seed\n", effects.strategy,
                     percent(effects.base_mean), how_many(effects.base.size(), "seed"),
                     effects.runs) +
         table_of(effects) + other_pairs_in_words(effects) + faults_in_words(effects) +
         buffer_in_words(effects) + commands_of(effects, run);
}

}  // namespace squall
