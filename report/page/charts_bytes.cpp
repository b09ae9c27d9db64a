// Stacked bars: bytes per second by class of link, with the useful payload marked.
// Links are grouped as a bill would be; the table has each link and purpose.
#include <fmt/core.h>
#include <algorithm>

#include "report/page/charts.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr double kBillsRight = kChartWidth - 92, kBillRow = 42;

struct LinkGroup {
  std::string_view name;
  std::string_view links[3];
  std::size_t hatch;
};
constexpr LinkGroup kGroups[] = {
    {"to clients", {"lb_to_client", ""}, 8},
    {"from clients", {"client_to_lb", ""}, 0},
    {"balancer and nodes", {"lb_to_node", "node_to_lb"}, 1},
    {"node to node", {"node_to_node", ""}, 2},
    {"broker", {"node_to_broker", "broker_to_node", "broker_to_broker"}, 4},
    {"registry", {"node_to_registry", "registry_to_node"}, 5},
};
constexpr std::size_t kGroupCount = std::size(kGroups);

struct Bill {
  const Look* look;
  double rate[kGroupCount] = {};
  double useful = 0, total = 0;
};

std::vector<Bill> bills_of(const ChartContext& context) {
  std::vector<Bill> bills;
  for (const Look& look : context.looks) {
    Bill bill{&look, {}, 0, 0};
    const double time = context.result.timeline.measure_s * runs_of(*look.strategy);
    if (look.strategy->bytes.empty() || time <= 0) continue;
    for (const ByteShare& share : look.strategy->bytes) {
      const double rate = static_cast<double>(share.bytes) / time;
      bill.total += rate;
      for (std::size_t i = 0; i < kGroupCount; ++i) {
        if (kGroups[i].links[0] == share.link || kGroups[i].links[1] == share.link) {
          bill.rate[i] += rate;
        }
      }
      const bool last_mile = share.link == "lb_to_client";
      if (last_mile && share.purpose == "payload_useful") bill.useful += rate;
    }
    bills.push_back(bill);
  }
  return bills;
}

void draw_legend(Svg& svg, double y) {
  double x = 2;
  for (const LinkGroup& group : kGroups) {
    const double width = 14 + text_width(group.name, 11) + 10;
    svg.hatched({x, y - 9, 10, 10}, group.hatch);
    svg.text({x + 14, y}, group.name, {Anchor::start, 11, false, "muted"});
    x += width;
  }
}

void draw_bill(Svg& svg, const Bill& bill, const Scale& x, double y) {
  svg.text({kNamesWidth - 8, y + 14}, shortened(bill.look->strategy->strategy, 18), {Anchor::end});
  double left = kNamesWidth;
  for (std::size_t i = 0; i < kGroupCount; ++i) {
    const double width = x.at(bill.rate[i]) - x.at(0);
    if (width <= 0) continue;
    svg.hatched({left, y, width, 18}, kGroups[i].hatch);
    left += width;
  }
  svg.text({left + 5, y + 14}, rate_tick(bill.total), {Anchor::start, 12, true});
  const double useful = x.at(bill.useful);
  svg.line({kNamesWidth, y + 22}, {useful, y + 22}, {"good", 3});
  svg.text({useful + 5, y + 27}, "useful " + rate_tick(bill.useful),
           {Anchor::start, 11, false, "good"});
}

std::string finding_of(const std::vector<Bill>& bills) {
  const auto by_total = [](const Bill& a, const Bill& b) { return a.total < b.total; };
  const Bill& least = *std::min_element(bills.begin(), bills.end(), by_total);
  const Bill& most = *std::max_element(bills.begin(), bills.end(), by_total);
  std::string text = most.look->strategy->strategy + " moves most, " + rate_tick(most.total);
  if (&least != &most) {
    text += fmt::format("; {} least, {}", least.look->strategy->strategy, rate_tick(least.total));
  }
  return text + ".";
}

DataTable bytes_table(const ChartContext& context) {
  DataTable table{{"strategy", "link", "purpose", "bytes per second", "share"}, {}, 3};
  for (const Look& look : context.looks) {
    const double time = context.result.timeline.measure_s * runs_of(*look.strategy);
    double total = 0;
    for (const ByteShare& share : look.strategy->bytes) total += static_cast<double>(share.bytes);
    for (const ByteShare& share : look.strategy->bytes) {
      const auto bytes = static_cast<double>(share.bytes);
      table.rows.push_back({look.strategy->strategy, share.link, share.purpose,
                            rate_tick(bytes / time), shown(bytes / total, "ratio")});
    }
  }
  return table;
}

}  // namespace

Chart bytes_chart(const ChartContext& context) {
  const std::vector<Bill> bills = bills_of(context);
  if (bills.empty())
    return left_out("No bytes were booked, or the length of the run is not known.");
  double largest = 0;
  for (const Bill& bill : bills) largest = std::max(largest, bill.total);
  const PlotArea area{kNamesWidth, 30, kBillsRight,
                      30 + kBillRow * static_cast<double>(bills.size())};
  const Scale x = Scale::linear({0, largest}, area.across());
  Svg svg(context.prefix + "bytes", kChartWidth, area.bottom + 38);
  draw_legend(svg, 12);
  draw_bottom_axis(svg, area, x, rate_tick, "on all links, with framing and TCP/IP");
  double y = area.top + 4;
  for (const Bill& bill : bills) {
    draw_bill(svg, bill, x, y);
    y += kBillRow;
  }
  Chart chart;
  chart.finding = finding_of(bills);
  chart.svg = svg.element("Bytes per second by class of link", chart.finding);
  chart.notes = {
      "The green line is the payload that reached an app which was owed it, counted once on the "
      "last link; everything beyond is overhead, waste or relaying."};
  chart.table = bytes_table(context);
  return chart;
}

}  // namespace squall
