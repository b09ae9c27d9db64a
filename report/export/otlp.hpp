// OpenTelemetry metrics as JSON lines: one ExportMetricsServiceRequest per strategy and line, the
// form that the collector's file receiver reads.
//
// Every point carries the time at which the run began; "0" (unknown) where nobody said it.
#pragma once

#include <string>

#include "report/measure/result.hpp"

namespace squall {

std::string otlp(const Result& result);

}  // namespace squall
