// Reports of a stored result: reading it back, and every form of showing it.
//
// The result is rolling-deploy-storm with few users, all its strategies, two seeds: many losses,
// faults and nodes. `bytes` is exact: a report has no clock.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "bench/support/built_in.hpp"
#include "report/export/json.hpp"
#include "report/export/renderers.hpp"
#include "report/measure/measure.hpp"
#include "report/page/html.hpp"
#include "sim/kernel/engine.hpp"

namespace squall {
namespace {

Result played() {
  const Scenario scenario = bench::built_in("rolling-deploy-storm", {{"/params/desktop", "1200"},
                                                                     {"/params/mobile", "800"},
                                                                     {"/params/rooms", "100"},
                                                                     {"/params/chat", "5/s"},
                                                                     {"/params/dm", "50/s"}});
  const std::vector<std::uint64_t> seeds{1, 2};
  std::vector<std::vector<RunRecord>> records;
  for (const StrategySpec& spec : scenario.strategies) {
    records.emplace_back();
    for (const std::uint64_t seed : seeds) records.back().push_back(play(scenario, spec, seed));
  }
  return make_result(scenario, scenario.strategies, seeds, records);
}

const Result& result() {
  static const Result made = played();
  return made;
}

void html(benchmark::State& state) {
  const std::array<Result, 1> results{result()};
  HtmlOptions options;
  options.made_by = "bench";
  options.assets = false;  // 50 KB of script that npm made, or not
  std::size_t bytes = 0;
  for (auto _ : state) bytes = to_html(results, options).size();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["bytes"] = static_cast<double>(bytes);
}

void render(benchmark::State& state, const std::string& name) {
  const RendererRow* row = renderer_named(name);
  if (row == nullptr) return state.SkipWithError("no renderer of that name");
  std::size_t bytes = 0;
  for (auto _ : state) bytes = row->render(result()).size();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["bytes"] = static_cast<double>(bytes);
}

void read_back(benchmark::State& state) {
  const std::string text = to_json(result());
  for (auto _ : state) benchmark::DoNotOptimize(from_json(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.counters["bytes"] = static_cast<double>(text.size());
}

BENCHMARK(html)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(render, text, std::string("text"))->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(render, markdown, std::string("markdown"))->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(render, csv, std::string("csv"))->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(render, json, std::string("json"))->Unit(benchmark::kMicrosecond);
BENCHMARK(read_back)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace squall
