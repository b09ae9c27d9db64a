// Load per node: one strip of dots per strategy, the hottest node named, and its ratio to the mean.
// Frames pushed to clients are drawn; CPU, messages in and connections are in the table.
#include <fmt/core.h>
#include <algorithm>

#include "report/page/charts.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr double kStripRow = 40;
constexpr std::size_t kTableNodes = 64;  // per strategy

std::string node_name(std::size_t index) { return fmt::format("n{}", index + 1); }

struct Strip {
  const Look* look;
  std::vector<double> rates;  // frames per second, by node
  std::size_t hottest = 0;
  double mean = 0;
};

std::vector<Strip> strips_of(const ChartContext& context) {
  std::vector<Strip> strips;
  for (const Look& look : context.looks) {
    const double time = context.result.timeline.measure_s * runs_of(*look.strategy);
    const auto& nodes = look.strategy->charts.nodes;
    if (nodes.empty() || time <= 0) continue;
    Strip strip{&look, {}, 0, 0};
    for (const NodeLoad& node : nodes) {
      strip.rates.push_back(static_cast<double>(node.pushes) / time);
      strip.mean += strip.rates.back() / static_cast<double>(nodes.size());
    }
    const auto most = std::max_element(strip.rates.begin(), strip.rates.end());
    strip.hottest = static_cast<std::size_t>(most - strip.rates.begin());
    if (*most > 0) strips.push_back(std::move(strip));
  }
  return strips;
}

double ratio(const Strip& strip) { return strip.rates[strip.hottest] / strip.mean; }

// Three digits: what is beside the chart has room for no more.
std::string ratio_text(double ratio) {
  const int decimals = ratio < 10 ? 2 : ratio < 100 ? 1 : 0;
  return decimal(ratio, decimals) + " × mean";
}

void draw_strip(Svg& svg, const Strip& strip, const Scale& x, const PlotArea& area, double y) {
  svg.text({kNamesWidth - 8, y + 4}, shortened(strip.look->strategy->strategy, 18), {Anchor::end});
  svg.line({area.left, y}, {area.right, y}, {"grid", 1});
  for (const double rate : strip.rates) svg.circle({x.at(rate), y}, 4.5, strip.look->ink, 0.55);
  svg.line({x.at(strip.mean), y - 9}, {x.at(strip.mean), y + 9}, {"fg", 1.5});
  const double hot = x.at(strip.rates[strip.hottest]);
  svg.text({hot, y - 8}, node_name(strip.hottest), {Anchor::middle, 11, true, "fg"});
  svg.text({area.right + 12, y + 4}, ratio_text(ratio(strip)));
}

DataTable nodes_table(const ChartContext& context) {
  DataTable table{{"strategy", "node", "frames/s to clients", "messages/s in", "connections", "CPU",
                   "of it wasted"},
                  {},
                  2};
  for (const Look& look : context.looks) {
    const double time = context.result.timeline.measure_s * runs_of(*look.strategy);
    const double cores = std::max(1U, context.result.timeline.loops) * time * 1e9;
    const auto& nodes = look.strategy->charts.nodes;
    if (time <= 0) continue;
    for (std::size_t i = 0; i < std::min(kTableNodes, nodes.size()); ++i) {
      const NodeLoad& node = nodes[i];
      const auto busy = static_cast<double>(node.busy_ns);
      table.rows.push_back(
          {look.strategy->strategy, node_name(i),
           sensible(static_cast<double>(node.pushes) / time, unicode_glyphs()),
           sensible(static_cast<double>(node.ingress) / time, unicode_glyphs()),
           sensible(node.connections, unicode_glyphs()), shown(busy / cores, "ratio"),
           busy > 0 ? shown(static_cast<double>(node.wasted_ns) / busy, "ratio") : "idle"});
    }
  }
  return table;
}

std::string finding_of(const std::vector<Strip>& strips) {
  const auto by_ratio = [](const Strip& a, const Strip& b) { return ratio(a) < ratio(b); };
  const Strip& most = *std::max_element(strips.begin(), strips.end(), by_ratio);
  const Strip& least = *std::min_element(strips.begin(), strips.end(), by_ratio);
  std::string text =
      fmt::format("Most uneven is {}: {} pushes {} times the mean", most.look->strategy->strategy,
                  node_name(most.hottest), decimal(ratio(most), 2));
  if (&least != &most) {
    text += fmt::format("; most even is {} with {}", least.look->strategy->strategy,
                        decimal(ratio(least), 2));
  }
  return text + ".";
}

}  // namespace

Chart nodes_chart(const ChartContext& context) {
  const std::vector<Strip> strips = strips_of(context);
  if (strips.empty()) return left_out("No node pushed a frame to a client.");
  double largest = 0;
  for (const Strip& strip : strips) largest = std::max(largest, strip.rates[strip.hottest]);
  const PlotArea area{kNamesWidth, 10, kChartWidth - 92,
                      10 + kStripRow * static_cast<double>(strips.size())};
  const Scale x = Scale::linear({0, largest}, {area.left + 8, area.right - 4});
  Svg svg(context.prefix + "nodes", kChartWidth, area.bottom + 38);
  draw_bottom_axis(svg, area, x, plain_tick, "frames per second pushed to clients");
  double y = area.top + kStripRow / 2 + 4;
  for (const Strip& strip : strips) {
    draw_strip(svg, strip, x, area, y);
    y += kStripRow;
  }
  Chart chart;
  chart.finding = finding_of(strips);
  chart.svg = svg.element("Frames pushed by each node", chart.finding);
  chart.notes = {"A dot is a node, the bar is their mean, the named dot is the hottest node."};
  chart.table = nodes_table(context);
  return chart;
}

}  // namespace squall
