// The samples behind the quantiles of a cell, as text in its line of the journal.
//
// A quantile of a point is that of all its seeds' samples together, and these are played by
// different processes: so the line carries the histograms, each once, however many quantiles are
// taken of it. Exact but for what the buckets of a histogram forget.
#pragma once

#include <string>
#include <vector>

#include "report/measure/metrics.hpp"

namespace squall {

// One text for each kind of samples, in the order of the registry; empty without data.
std::vector<std::string> spread_texts(const Measures& run);

// The same for one position of that list: which one a metric needs, and what its text says.
std::size_t spread_position(const MetricRow& metric);
std::optional<Spread> spread_from(const std::string& text);

}  // namespace squall
