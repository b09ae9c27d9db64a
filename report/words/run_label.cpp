// The number of a run among others first, then what may differ: begin, seeds, overrides.
// See run_label.hpp.
#include "report/words/run_label.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <chrono>

#include "report/words/format.hpp"

namespace squall {
namespace {

std::string utc_minute(std::uint64_t unix_ns) {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  using std::chrono::days, std::chrono::floor;
  const std::chrono::sys_seconds when{
      std::chrono::seconds{static_cast<std::int64_t>(unix_ns / kNanoseconds)}};
  const std::chrono::year_month_day day{floor<days>(when)};
  const std::chrono::hh_mm_ss clock{when - floor<days>(when)};
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02} UTC", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace

const char* engine_of(const Result& result) { return result.engine_flags.empty() ? "sim" : "live"; }

bool mixes_engines(std::span<const Result> results) {
  const auto live = std::ranges::count_if(
      results, [](const Result& result) { return !result.engine_flags.empty(); });
  return live > 0 && static_cast<std::size_t>(live) < results.size();
}

std::string run_label(std::span<const Result> results, std::size_t index) {
  const Result& result = results[index];
  std::string text = fmt::format("run {} of {}", index + 1, results.size());
  if (mixes_engines(results)) {
    text += result.engine_flags.empty() ? ", virtual time" : ", real sockets";
  }
  if (result.started_unix_ns > 0) text += ", " + utc_minute(result.started_unix_ns);
  const std::size_t reps = result.seeds.size();
  text += ", " + how_many(reps, "replication");
  if (!result.seeds.empty()) text += fmt::format(" from seed {}", result.seeds.front());
  for (const std::string& entry : result.overrides) text += ", " + entry;
  return text;
}

}  // namespace squall
