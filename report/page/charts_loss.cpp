// Stacked bars: which share of the owed pairs each strategy lost, by mechanism.
//
// The same mechanism has the same filling everywhere. Stacks and logarithms do not mix, so small
// stacks get a second panel with a scale of their own.
#include <fmt/core.h>
#include <algorithm>

#include "report/page/charts.hpp"
#include "report/words/format.hpp"
#include "strategies/core/causes.hpp"

namespace squall {
namespace {

constexpr double kBarsRight = kChartWidth - 78, kBarRow = 46;
constexpr std::size_t kCausesShown = 2;

struct Part {
  std::string mechanism;
  std::uint64_t pairs = 0;
};

struct Bar {
  const Look* look;
  double owed = 0;
  double share = 0;         // lost / owed
  std::vector<Part> parts;  // descending
};

std::vector<Bar> bars_of(const ChartContext& context) {
  std::vector<Bar> bars;
  for (const Look& look : context.looks) {
    Bar bar{&look, total_of(*look.strategy, "pairs.owed"), 0, {}};
    if (bar.owed <= 0) continue;
    std::uint64_t lost = 0;
    for (const LossShare& loss : look.strategy->loss) {
      auto part = std::find_if(bar.parts.begin(), bar.parts.end(),
                               [&](const Part& one) { return one.mechanism == loss.mechanism; });
      if (part == bar.parts.end()) {
        bar.parts.push_back({loss.mechanism, 0});
        part = bar.parts.end() - 1;
      }
      part->pairs += loss.pairs;
      lost += loss.pairs;
    }
    std::stable_sort(bar.parts.begin(), bar.parts.end(),
                     [](const Part& a, const Part& b) { return a.pairs > b.pairs; });
    bar.share = static_cast<double>(lost) / bar.owed;
    bars.push_back(std::move(bar));
  }
  return bars;
}

// By the place in the registry of mechanisms, so that it never changes between charts. Losses
// without a cause are a bug and look like one.
std::size_t hatch_of(const std::string& mechanism) {
  const auto known = mechanism_named(mechanism);
  if (!known || *known == Mechanism::unattributed) return Svg::kAccentHatch;
  // Five is coprime to the number of fillings: neighbors on the path look different.
  return static_cast<std::size_t>(*known) * 5 % Svg::kHatches;
}

std::string share_text(double share) { return sensible(share * 100, unicode_glyphs(), 2) + " %"; }

void draw_causes(Svg& svg, const Bar& bar, double y) {
  double x = kNamesWidth;
  for (std::size_t i = 0; i < bar.parts.size(); ++i) {
    const Part& part = bar.parts[i];
    std::string text =
        part.mechanism + " " + share_text(static_cast<double>(part.pairs) / bar.owed);
    const double rest = i + 1 < bar.parts.size() ? 60 : 0;  // keep room for "+ n more"
    if (i >= kCausesShown || x + 14 + text_width(text, 11) + rest > kChartWidth) {
      const std::size_t left = bar.parts.size() - i;
      svg.text({x, y}, fmt::format("+ {} more", left), {Anchor::start, 11, false, "muted"});
      return;
    }
    svg.hatched({x, y - 9, 10, 10}, hatch_of(part.mechanism));
    svg.text({x + 14, y}, text, {Anchor::start, 11, false, "muted", true});
    x += 14 + text_width(text, 11) + 10;
  }
}

// One panel; returns where the next may begin.
double draw_panel(Svg& svg, const std::vector<Bar>& bars, const std::string& title, double top) {
  double largest = 0;
  for (const Bar& bar : bars) largest = std::max(largest, bar.share);
  const PlotArea area{kNamesWidth, top + 20, kBarsRight,
                      top + 20 + kBarRow * static_cast<double>(bars.size())};
  const Scale x = Scale::linear({0, largest}, area.across());
  svg.text({2, top + 10}, title, {Anchor::start, 11, true, "muted"});
  draw_bottom_axis(svg, area, x, percent_tick, "% of owed pairs");
  double y = area.top + 4;
  for (const Bar& bar : bars) {
    svg.text({kNamesWidth - 8, y + 14}, shortened(bar.look->strategy->strategy, 18), {Anchor::end});
    double left = kNamesWidth;
    for (const Part& part : bar.parts) {
      const double width = x.at(static_cast<double>(part.pairs) / bar.owed) - x.at(0);
      svg.hatched({left, y, width, 18}, hatch_of(part.mechanism));
      left += width;
    }
    if (bar.parts.empty()) {
      svg.text({kNamesWidth + 4, y + 14}, "nothing lost", {Anchor::start, 12, false, "good"});
    } else {
      svg.text({left + 5, y + 14}, share_text(bar.share), {Anchor::start, 12, true, "fg", true});
      draw_causes(svg, bar, y + 31);
    }
    y += kBarRow;
  }
  return area.bottom + 44;
}

std::vector<Bar> smallest_three(const std::vector<Bar>& bars) {
  std::vector<Bar> lossy;
  for (const Bar& bar : bars) {
    if (bar.share > 0) lossy.push_back(bar);
  }
  const auto by_share = [](const Bar& a, const Bar& b) { return a.share < b.share; };
  std::stable_sort(lossy.begin(), lossy.end(), by_share);
  if (lossy.size() > 3) lossy.resize(3);
  return lossy;
}

std::string finding_of(const std::vector<Bar>& bars) {
  const auto by_share = [](const Bar& a, const Bar& b) { return a.share < b.share; };
  const Bar& least = *std::min_element(bars.begin(), bars.end(), by_share);
  const Bar& most = *std::max_element(bars.begin(), bars.end(), by_share);
  if (most.share == 0) return "No strategy lost anything.";
  std::string text = fmt::format("{} loses most, {}, mainly by {}", most.look->strategy->strategy,
                                 share_text(most.share), most.parts.front().mechanism);
  if (&least != &most) {
    text += fmt::format("; {} least, {}", least.look->strategy->strategy, share_text(least.share));
    if (!least.parts.empty()) text += ", mainly by " + least.parts.front().mechanism;
  }
  return text + ".";
}

}  // namespace

Chart loss_chart(const ChartContext& context) {
  const std::vector<Bar> bars = bars_of(context);
  if (bars.empty()) return left_out("Nothing was owed to anybody, so nothing could be lost.");
  const std::vector<Bar> small = smallest_three(bars);
  double largest = 0;
  for (const Bar& bar : bars) largest = std::max(largest, bar.share);
  const bool zoomed =
      !small.empty() && small.size() < bars.size() && small.back().share * 6 < largest;

  Chart chart;
  chart.finding = finding_of(bars);
  const auto rows = static_cast<double>(bars.size() + (zoomed ? small.size() : 0));
  Svg svg(context.prefix + "loss", kChartWidth, rows * kBarRow + (zoomed ? 128 : 62));
  const double next = draw_panel(svg, bars, "all strategies, one scale", 0);
  if (zoomed) draw_panel(svg, small, "the smallest losses, magnified", next);
  chart.svg = svg.element("Lost pairs by mechanism, share of owed pairs", chart.finding);
  chart.notes = {"The length of a bar is the loss on the intent basis; a filling is a mechanism."};
  chart.table = {
      {"strategy", "mechanism", "trigger", "reason", "pairs", "of owed", "broken promises"}, {}, 4};
  for (const Bar& bar : bars) {
    for (const LossShare& loss : bar.look->strategy->loss) {
      const double share = static_cast<double>(loss.pairs) / bar.owed;
      chart.table.rows.push_back({bar.look->strategy->strategy, loss.mechanism, loss.trigger,
                                  loss.reason, grouped(loss.pairs), shown(share, "ratio"),
                                  grouped(loss.broken_promises)});
    }
  }
  return chart;
}

}  // namespace squall
