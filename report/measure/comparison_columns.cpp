// The table of columns, in the order in which they stand. What they are for is in the header;
// how a cell is made of them is in comparison.cpp.
#include "report/measure/comparison_columns.hpp"

namespace squall {
namespace {

constexpr ColumnRow kColumns[] = {
    {"lost", "%", "lost, %", "loss.intent", Shown::percent, true, true},
    {"broken %", "promises", "broken promises, %", "loss.broken_promises", Shown::percent, false,
     false},
    {"dup", "%", "duplicates, %", "dup.surfaced", Shown::percent, false, false},
    {"latency", "p50", "latency p50", "latency.obliged.p50", Shown::latency, false, true},
    {"latency", "p99", "latency p99", "latency.obliged.p99", Shown::latency, true, true},
    {"latency", "p99.9", "latency p99.9", "latency.obliged.p99.9", Shown::latency, false, false},
    {"latency", "max", "latency max", "latency.obliged.max", Shown::latency, false, false},
    {"MB/s", "client", "clients, MB/s", "bytes.client.rate", Shown::megabytes, false, false},
    {"MB/s", "cluster", "cluster, MB/s", "bytes.cluster.rate", Shown::megabytes, false, true},
    {"MB/s", "zones", "from zone to zone, MB/s", "bytes.zone_crossing.rate", Shown::megabytes,
     false, false},
    {"ready", "p99 s", "ready again p99, s", "ready_again.p99", Shown::seconds, false, false},
    {"cost", "month", "cost of a month", "cost.month", Shown::money, false, false},
    {"cost", "per 1M", "cost of a million deliveries", "cost.per_million", Shown::money, false,
     false},
};

}  // namespace

std::span<const ColumnRow> column_rows() { return kColumns; }

double scaled(double value, Shown shown, TimeUnit unit) {
  switch (shown) {
    case Shown::percent: return value * 100;
    case Shown::latency: return in_unit(value, unit);
    case Shown::megabytes: return value / 1e6;
    case Shown::seconds: return value / 1e9;
    case Shown::money: return value;
  }
  return value;
}

std::string group_of(const ColumnRow& row, TimeUnit unit, const Glyphs& glyphs) {
  const std::string group(row.group);
  return row.shown == Shown::latency ? group + " " + std::string(name(unit, glyphs)) : group;
}

}  // namespace squall
