// RunRecords -> what is drawn over time: counts, latencies, causes and classes, slice by slice.
//
// All seeds are added up. Internal to charts_data.cpp, which has the rest of the charts' points.
#pragma once

#include <string>
#include <vector>

#include "report/measure/charts_data.hpp"

namespace squall {

// Of one TimeSlice: a multiple of the record's own slices, so that there are at most kSlicesMax.
Duration slice_width(const RunRecord& record);

std::vector<TimeSlice> slices_of(const std::vector<RunRecord>& records);
std::vector<CauseSeries> causes_of(const std::vector<RunRecord>& records);
std::vector<TrafficSlices> traffic_of(const std::vector<RunRecord>& records,
                                      const std::vector<std::string>& classes);

}  // namespace squall
