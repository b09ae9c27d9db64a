// result.json: the Result as one JSON document, and back.
//
// Byte-identical for the same seeds: no wall clock, keys sorted, one rounding of every number
// (statistics.hpp). Numbers are never NaN: what is missing is {"no_data": true}; infinity is the
// string "infinity"; whole numbers are exact.
#pragma once

#include <string>
#include <variant>

#include "report/measure/result.hpp"

namespace squall {

// Ends with a line break. Schema: result_schema().
std::string to_json(const Result& result);

// The Result of a document written by to_json; else a sentence saying what is wrong with it.
// Metrics come back in registry order, those the registry does not know last.
std::variant<Result, std::string> from_json(const std::string& text);

// JSON Schema draft-07 of the document.
std::string result_schema();

}  // namespace squall
