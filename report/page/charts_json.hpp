// The chart data of a result as JSON, back again, and its schema. Internal to json*.cpp.
//
// Numbers of one kind stand in one list (columns, not rows), which keeps result.json small. An
// infinite latency is the word "infinity", as everywhere in the document.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "report/measure/charts_data.hpp"

namespace squall {

// Every number of the document: whole ones exact, infinity as a word, none as {"no_data": true}.
nlohmann::json json_number(double value);
nlohmann::json json_number(const std::optional<double>& value);

nlohmann::json charts_json(const ChartData& charts);
nlohmann::json timeline_json(const Timeline& timeline);

// Both throw nlohmann's exceptions on another shape, which from_json() turns into a sentence.
ChartData charts_of(const nlohmann::json& json);
Timeline timeline_of(const nlohmann::json& json);

nlohmann::json charts_schema();
nlohmann::json timeline_schema();

}  // namespace squall
