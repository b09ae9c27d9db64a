// What a cluster costs with the prices of its scenario: a month of nodes and bytes, and a million
// deliveries. Only where somebody said prices; what was not priced costs nothing.
//
// The rates are those of measure, as if the month were made of it. Brokers, registries and
// balancers are no nodes: who pays for them adds them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

inline constexpr std::string_view kMoney = "money";  // the unit: the scenario's currency

// bytes.zone_crossing.rate, where the scenario says how far zones are from each other: of links
// between nodes, broker and registry. Not in the registry of metrics: only those results have it.
std::vector<MetricValues> crossings_of(const std::vector<RunRecord>& records);

// cost.month and cost.per_million, a value per record; none without prices.
std::vector<MetricValues> money_of(const Scenario& scenario, const std::vector<RunRecord>& records);

// "1 168 USD"; the number alone where the prices name no currency.
std::string with_currency(const Result& result, const std::string& number);

// "cost in USD, ..."; empty without prices.
std::string money_note(const Result& result);

}  // namespace squall
