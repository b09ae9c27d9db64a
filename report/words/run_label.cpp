// The number of a run among others first, then what may differ: begin, seeds, overrides.
// See run_label.hpp.
#include "report/words/run_label.hpp"

#include <algorithm>
#include <chrono>

namespace squall {
namespace {

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string utc_minute(std::uint64_t unix_ns) {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  using std::chrono::days, std::chrono::floor;
  const std::chrono::sys_seconds when{
      std::chrono::seconds{static_cast<std::int64_t>(unix_ns / kNanoseconds)}};
  const std::chrono::year_month_day day{floor<days>(when)};
  const std::chrono::hh_mm_ss clock{when - floor<days>(when)};
  return std::to_string(static_cast<int>(day.year())) + "-" +
         two_digits(static_cast<unsigned>(day.month())) + "-" +
         two_digits(static_cast<unsigned>(day.day())) + " " + two_digits(clock.hours().count()) +
         ":" + two_digits(clock.minutes().count()) + ":" + two_digits(clock.seconds().count()) +
         " UTC";
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
  std::string text = "run " + std::to_string(index + 1) + " of " + std::to_string(results.size());
  if (mixes_engines(results)) {
    text += result.engine_flags.empty() ? ", virtual time" : ", real sockets";
  }
  if (result.started_unix_ns > 0) text += ", " + utc_minute(result.started_unix_ns);
  const std::size_t reps = result.seeds.size();
  text += ", " + std::to_string(reps) + (reps == 1 ? " replication" : " replications");
  if (!result.seeds.empty()) text += " from seed " + std::to_string(result.seeds.front());
  for (const std::string& entry : result.overrides) text += ", " + entry;
  return text;
}

}  // namespace squall
