// Comma-separated tables (RFC 4180): the tidy table of a result, per-second and per-node rows.
//
// The tidy table is long: one value a row, so that any tool can pivot it. Missing values are empty
// fields, infinity is the word `infinity`.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "report/measure/result.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

// scenario,strategy,rep,seed,metric,agg,value,unit
// agg `value`: one replication; `mean`, `ci95_low`, `ci95_high`: over all, rep and seed empty.
std::string csv(const Result& result);

// seed,t_s,owed,delivered,lost,connected: one row per second of measure, by intended send.
std::string series_csv(std::span<const RunRecord> runs);

// seed,node,busy_ns,wasted_ns,pushes,ingress,connection_ns,connections_max,connections_end,queue_ns
std::string nodes_csv(std::span<const RunRecord> runs);

// Quoted when it has to be.
std::string csv_field(std::string_view text);

}  // namespace squall
