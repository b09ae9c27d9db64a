// A ranking for a reader and as JSON. The numbers are made in rank.cpp.
// Pairs that never change their order are told in one line each.
#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/measure/statistics.hpp"
#include "report/words/format.hpp"
#include "sim/cli/sweep/rank.hpp"

namespace squall {
namespace {

bool ever(const Tipping& tipping, Order order) {
  return std::ranges::find(tipping.orders, order) != tipping.orders.end();
}

std::string_view word(Order order) {
  switch (order) {
    case Order::first: return "first";
    case Order::second: return "second";
    case Order::no_data: return "no data";
    case Order::same: break;
  }
  return "indistinguishable";
}

std::string beside_text(const Tipping& tipping) {
  const auto said = [&](const std::optional<Beside>& probe) {
    if (!probe) return std::string("could not be played");
    const std::string who =
        !tells(probe->order)
            ? std::string(word(probe->order))
            : (probe->order == Order::first ? tipping.first : tipping.second) + " is better";
    return who + " at " + probe->value;
  };
  if (tipping.confirmed()) {
    return fmt::format("confirmed by runs at {} and {}", tipping.below->value,
                       tipping.above->value);
  }
  return fmt::format("not confirmed: {}, {}", said(tipping.below), said(tipping.above));
}

std::string sentence_of(const Tipping& tipping) {
  const std::string both = tipping.first + " and " + tipping.second;
  if (tipping.at) {
    return fmt::format("{} is better up to {} [{}, {}], {} beyond; {}", tipping.first,
                       tipping.at_text, tipping.low_text, tipping.high_text, tipping.second,
                       beside_text(tipping));
  }
  const bool first = ever(tipping, Order::first), second = ever(tipping, Order::second);
  const bool silent = ever(tipping, Order::no_data);
  if (!first && !second && !ever(tipping, Order::same)) return both + " have no data to compare";
  if (!first && !second) {
    return both + " are indistinguishable " + (silent ? "where there is data" : "everywhere");
  }
  const std::string better = first ? tipping.first : tipping.second;
  const std::string other = first ? tipping.second : tipping.first;
  return fmt::format("{} is better than {} {}", better, other,
                     ever(tipping, Order::same) ? "or indistinguishable"
                     : silent                   ? "where there is data"
                                                : "everywhere");
}

nlohmann::ordered_json beside_json(const std::optional<Beside>& probe) {
  if (!probe) return nullptr;
  return {{"value", probe->value}, {"better", word(probe->order)}};
}

}  // namespace

std::string as_text(const Ranking& ranking) {
  std::string text = "\n  RANK   by " + ranking.metric +
                     ", paired by seed; better: beyond the 95 % interval and 2 %\n";
  std::string head;
  const auto under = [&](const std::string& axis, const std::string& where) {
    const std::string now = axis + (where.empty() ? "" : " at " + where);
    if (now != head) text += "    " + printable(now) + "\n";
    head = now;
  };
  for (const Tipping& tipping : ranking.tippings) {
    under(tipping.axis, tipping.where);
    text += "      " + printable(sentence_of(tipping)) + "\n";
  }
  for (const Knee& knee : ranking.knees) {
    under(knee.axis, knee.where);
    text +=
        fmt::format("      {} has a knee at {}: beyond it {} grows {} times as fast as before\n",
                    printable(knee.strategy), knee.from, ranking.metric,
                    sensible(knee.times, unicode_glyphs()));
  }
  if (ranking.tippings.empty()) text += "    nothing to compare: two strategies and two values\n";
  return text;
}

std::string as_json(const Ranking& ranking) {
  nlohmann::ordered_json document = {{"schema", "squall.rank/1"},
                                     {"metric", ranking.metric},
                                     {"pairs", nlohmann::ordered_json::array()},
                                     {"knees", nlohmann::ordered_json::array()}};
  for (const Tipping& tipping : ranking.tippings) {
    nlohmann::ordered_json pair = {{"axis", tipping.axis},
                                   {"where", tipping.where},
                                   {"first", tipping.first},
                                   {"second", tipping.second},
                                   {"better", nlohmann::ordered_json::array()},
                                   {"changes_at", nullptr}};
    for (const Order order : tipping.orders) pair["better"].push_back(word(order));
    if (tipping.at) {
      pair["changes_at"] = {{"value", tipping.at_text},
                            {"ci95", {tipping.low_text, tipping.high_text}},
                            {"below", beside_json(tipping.below)},
                            {"above", beside_json(tipping.above)},
                            {"confirmed", tipping.confirmed()}};
    }
    document["pairs"].push_back(std::move(pair));
  }
  for (const Knee& knee : ranking.knees) {
    document["knees"].push_back({{"axis", knee.axis},
                                 {"where", knee.where},
                                 {"strategy", knee.strategy},
                                 {"from", knee.from},
                                 {"times", knee.times}});
  }
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace squall
