// Metrics of pairs: counts, ratios, the worst endpoints, order. Also what a filter selects.
//
// A ratio over nothing is no data, never zero: a run that measured nothing must not look good.
#include <algorithm>
#include <numeric>

#include "report/measure/metric_values.hpp"

namespace squall::metric {
namespace {

bool inside(SpanMask spans, unsigned span) { return span < 64 && ((spans >> span) & 1U) != 0; }

template <typename Row>
bool matches(const Row& row, const Filter& filter) {
  if (filter.traffic && row.traffic != *filter.traffic) return false;
  if (filter.during && !inside(row.spans, *filter.during)) return false;
  return !(filter.outside && inside(row.spans, *filter.outside));
}

Value ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::uint64_t sum(const Question& question, CellCount field) {
  std::uint64_t total = 0;
  for (const Cell& cell : question.run.cells) {
    if (matches(cell, question.filter)) total += cell.*field;
  }
  return total;
}

Histogram merged(const Question& question, CellHistogram field) {
  Histogram all;
  for (const Cell& cell : question.run.cells) {
    if (matches(cell, question.filter)) all.merge(cell.*field);
  }
  return all;
}

std::uint64_t delivered_pairs(const Question& question) {
  return sum(question, &Cell::live) + sum(question, &Cell::live_after_reconnect) +
         sum(question, &Cell::recovered);
}

__int128 stage_sum(const Question& question, Stage stage) {
  __int128 total = 0;
  for (const Cell& cell : question.run.cells) {
    if (matches(cell, question.filter)) {
      total += cell.stage_sum[static_cast<std::size_t>(stage)];
    }
  }
  return total;
}

Value unattributed_pairs(const Question& question) {
  std::uint64_t pairs = 0;
  for (const LossRow& row : question.run.losses) {
    if (row.mechanism == Mechanism::unattributed && matches(row, question.filter)) {
      pairs += row.pairs;
    }
  }
  return static_cast<double>(pairs);
}

Value count(const Question& question, CellCount field) {
  return static_cast<double>(sum(question, field));
}

Value count_of_owed(const Question& question, CellCount field) {
  if (sum(question, &Cell::owed) == 0) return std::nullopt;
  return count(question, field);
}

Value count_of_delivered(const Question& question, CellCount field) {
  if (delivered_pairs(question) == 0) return std::nullopt;
  return count(question, field);
}

Value share(const Question& question, CellCount part, CellCount whole) {
  return ratio(sum(question, part), sum(question, whole));
}

Value share_of_delivered(const Question& question, CellCount part) {
  return ratio(sum(question, part), delivered_pairs(question));
}

MaybeSpread losses_of_endpoints(const Question& question) {
  const std::uint64_t endpoints = question.run.endpoints;
  if (endpoints == 0) return std::nullopt;
  const auto& unlucky = question.run.worst_endpoints;  // the list leaves zeros out
  Spread spread;
  spread.seen.record(0, endpoints - std::min<std::uint64_t>(endpoints, unlucky.size()));
  for (const std::uint32_t lost : unlucky) spread.seen.record(lost);
  return spread;
}

// The client of the recipient had no reason to ask for what it missed: its connection went on, and
// the sender's link, too, was there to take the message.
Value unnoticed(const Question& question) {
  std::uint64_t pairs = 0;
  for (const LossRow& loss : question.run.losses) {
    const bool told = loss.reason != CloseReason::none || row(loss.mechanism).family == "uplink";
    if (!told && matches(loss, question.filter)) pairs += loss.pairs;
  }
  return ratio(pairs, sum(question, &Cell::owed));
}

Value worst_percent_share(const Question& question) {
  const auto& worst = question.run.worst_endpoints;
  const std::uint64_t total = std::accumulate(worst.begin(), worst.end(), std::uint64_t{0});
  const std::size_t few = (std::size_t{question.run.endpoints} + 99) / 100;
  const auto end = worst.begin() + static_cast<std::ptrdiff_t>(std::min(few, worst.size()));
  return ratio(std::accumulate(worst.begin(), end, std::uint64_t{0}), total);
}

Value room_divergence(const Question& question) {
  return ratio(question.run.room_inversions, question.run.room_pairs);
}

}  // namespace squall::metric
