// What gates said of a run as JSON, back again, and its schema: part of a result that is shown, and
// of the manifest of a stored one.
//
// result.json itself has none: it is the same bytes for the same seeds, whatever the baseline.
#pragma once

#include <nlohmann/json.hpp>

#include "report/measure/judged_gates.hpp"

namespace squall {

nlohmann::json gates_json(const JudgedGates& judged);

// Throws nlohmann's exceptions on another shape, as the readers of the whole document do.
JudgedGates gates_of(const nlohmann::json& json);

nlohmann::json gates_schema();

}  // namespace squall
