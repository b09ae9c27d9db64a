// OpenTelemetry metrics as JSON lines: one ExportMetricsServiceRequest per strategy and line, the
// form that the collector's file receiver reads.
//
// A result knows no wall clock, so every timeUnixNano is "0" (unknown).
#pragma once

#include <string>

#include "report/measure/result.hpp"

namespace squall {

std::string otlp(const Result& result);

}  // namespace squall
