// One window: what metrics may read can only be counted inside of measure, and the compiler sees
// to it.
//
// Most of this file is decided before it runs: a field of another type in the measures of a run, or
// a way to put a bare number into one, stops the build.
#include "sim/record/window.hpp"

#include <gtest/gtest.h>

#include <boost/pfr/core.hpp>
#include <concepts>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "report/measure/metrics.hpp"
#include "sim/record/run_record.hpp"
#include "tests/support/inside.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;

// ---- no bare number gets in --------------------------------------------------------------------

static_assert(!std::default_initializable<Inside>, "anybody could claim to be inside");
static_assert(!std::constructible_from<Lived, Duration>, "any stretch of time could be counted");
static_assert(!std::constructible_from<Count, std::uint64_t>);
static_assert(!std::assignable_from<Count&, std::uint64_t>);
static_assert(!std::constructible_from<CountedTime, __int128>);
static_assert(!std::assignable_from<CountedTime&, __int128>);
static_assert(!std::constructible_from<Samples, Histogram>);

template <typename T>
concept Increments = requires(T count) {
  ++count;
};
template <typename T>
concept AddsBare = requires(T count) {
  count += 1;
};
template <typename T>
concept RecordsBare = requires(T samples) {
  samples.record(5);
};
template <typename T>
concept MergesBare = requires(T samples, Histogram all) {
  samples.merge(all);
};
static_assert(!Increments<Count> && !AddsBare<Count> && !AddsBare<CountedTime>);
static_assert(!RecordsBare<Samples> && !MergesBare<Samples>);

// Metrics are asked about the measures of a run, not about the record with its other numbers.
static_assert(std::same_as<decltype(Question::run), const Measures&>);
template <typename T>
concept TellsTheWholeRun = requires(T run) {
  run.attempts;
}
|| requires(T run) { run.events; }
|| requires(T run) { run.forks; };
static_assert(!TellsTheWholeRun<Measures> && TellsTheWholeRun<RunRecord>);

// ---- every field of what metrics read is of the window -----------------------------------------

// What a row is about is no measurement.
template <typename T>
inline constexpr bool kNames =
    std::same_as<T, Duration> || std::same_as<T, bool> || std::same_as<T, std::uint16_t> ||
    std::same_as<T, std::uint32_t> || std::same_as<T, SpanMask> || std::same_as<T, Mechanism> ||
    std::same_as<T, TriggerId> || std::same_as<T, CloseReason>;

// Of a row that is no number itself: how many of its fields, the first ones, say what it is about.
consteval std::size_t named_in(const Cell*) { return 2; }  // traffic and spans
consteval std::size_t named_in(const LossRow*) { return 5; }
consteval std::size_t named_in(const SecondRow*) { return 0; }
consteval std::size_t named_in(const CauseCount*) { return 1; }
consteval std::size_t named_in(const SliceRow*) { return 0; }
consteval std::size_t named_in(const TrafficSeries*) { return 1; }
consteval std::size_t named_in(const NodeRow*) { return 0; }
consteval std::size_t named_in(const FaultRow*) { return 4; }
consteval std::size_t named_in(const LinkBytes*) { return 0; }

template <typename T>
struct Fields;

template <typename T, std::size_t kNamed>
consteval bool all_counted() {
  return []<std::size_t... i>(std::index_sequence<i...>) {
    return ((i < kNamed ? kNames<boost::pfr::tuple_element_t<i, T>>
                        : Fields<boost::pfr::tuple_element_t<i, T>>::kCounted) &&
            ...);
  }
  (std::make_index_sequence<boost::pfr::tuple_size_v<T>>{});
}

template <typename T>
struct Fields {
  static constexpr bool kCounted = kWindowed<T>;
};
template <typename T>
struct Fields<std::vector<T>> {
  static constexpr bool kCounted = Fields<T>::kCounted;
};
template <typename T, std::size_t n>
struct Fields<std::array<T, n>> {
  static constexpr bool kCounted = Fields<T>::kCounted;
};
template <typename T>
requires requires(const T* row) { named_in(row); }
struct Fields<T> {
  static constexpr bool kCounted = all_counted<T, named_in(static_cast<const T*>(nullptr))>();
};
static_assert(all_counted<Measures, 6>(), "a field of Measures could mix windows");

// The check itself can fail.
struct Mixed {
  Count inside;
  std::uint64_t whole_run;
};
static_assert(!all_counted<Mixed, 0>());

// ---- what the window holds ---------------------------------------------------------------------

TEST(Window, BeginsWithMeasureAndEndsBeforeItsEnd) {
  const Window window(10s);

  EXPECT_FALSE(window.at(-1ns));
  EXPECT_TRUE(window.at(0s));
  EXPECT_TRUE(window.at(10s - 1ns));
  EXPECT_FALSE(window.at(10s));
}

TEST(Window, CountsWhatHappensInsideOnly) {
  const Window window(10s);
  Count count;

  for (const Time at : {Time{-1s}, Time{0s}, Time{9s}, Time{10s}}) count.add(window.at(at), 3);

  EXPECT_EQ(count, 6U);
}

TEST(Window, CutsAStretchOfTimeToThePartThatWasLivedInIt) {
  const Window window(10s);
  CountedTime time;

  time.add(window.part(-5s, 2s));
  time.add(window.part(9s, 30s), 2);
  time.add(window.part(11s, 12s));
  time.add(window.part(-2s, -1s));

  EXPECT_EQ(time.count(), Duration{4s}.count());
}

}  // namespace
}  // namespace squall
