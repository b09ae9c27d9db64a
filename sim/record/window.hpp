// The window of a run, [0, measure), and the only types that metrics may read: what was counted,
// summed or sampled inside of it.
//
// Such a number grows by showing an `Inside`, which only a Window gives, and only for an instant
// that lies in it; or by a `Lived`, the part of a stretch of time that does. So a counter that
// mixes windows does not compile: an integer of the whole run neither converts into a Count, nor
// can it be added to one. Reading is free. Which instant decides stands in ARCHITECTURE.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include "sim/record/histogram.hpp"
#include "strategies/core/check.hpp"
#include "strategies/core/types.hpp"

namespace squall {

class Window;

// Proof that an instant lies in the window. Nobody but a Window makes one.
class Inside {
 private:
  friend class Window;
  constexpr Inside() {}  // not defaulted: an aggregate could be made by anybody
};

// How much of a stretch of time lies in the window.
class Lived {
 public:
  constexpr Duration time() const { return time_; }
  // A part of it that does not count, say a pause.
  constexpr Lived operator-(Lived part) const { return Lived(time_ - part.time_); }

 private:
  friend class Window;
  constexpr explicit Lived(Duration time) : time_(time) {}
  Duration time_;
};

class Window {
 public:
  constexpr explicit Window(Duration measure) : end_(measure) {}

  constexpr bool holds(Time at) const { return Time{0} <= at && at < end_; }
  constexpr std::optional<Inside> at(Time instant) const {
    return holds(instant) ? std::optional<Inside>(Inside()) : std::nullopt;
  }
  // Stock that is taken when the window ends: it belongs to its last instant.
  constexpr Inside closing(Time instant) const {
    SQUALL_CHECK(instant >= end_);
    return Inside();
  }
  constexpr Lived part(Time from, Time to) const {
    return Lived(std::max(Duration{0}, std::min(to, end_) - std::max(from, Time{0})));
  }

 private:
  Time end_;
};

// A number of things that happened in the window.
template <typename Integer>
class Counted {
 public:
  constexpr void add(Inside, Integer more = 1) { value_ += more; }
  constexpr void add(std::optional<Inside> inside, Integer more = 1) {
    if (inside) value_ += more;
  }
  constexpr void add(const Counted& other) { value_ += other.value_; }
  constexpr void raise(Inside, Integer level) { value_ = std::max(value_, level); }
  constexpr void raise(std::optional<Inside> inside, Integer level) {
    if (inside) value_ = std::max(value_, level);
  }
  constexpr operator Integer() const { return value_; }

 private:
  Integer value_ = 0;
};
using Count = Counted<std::uint64_t>;

// A sum of times: of stretches lived in the window, or of properties of what was born in it. ns.
class CountedTime {
 public:
  constexpr void add(Lived lived, std::int64_t times = 1) {
    sum_ += static_cast<__int128>(lived.time().count()) * times;
  }
  constexpr void take_back(Lived lived) { sum_ -= lived.time().count(); }
  constexpr void add(Inside, __int128 ns) { sum_ += ns; }
  constexpr void add(const CountedTime& other) { sum_ += other.sum_; }
  constexpr operator __int128() const { return sum_; }
  constexpr std::int64_t count() const { return static_cast<std::int64_t>(sum_); }

 private:
  __int128 sum_ = 0;
};

// A histogram of what belongs to the window.
class Samples {
 public:
  void record(Inside, std::int64_t value, std::uint64_t times = 1) { all_.record(value, times); }
  void record(std::optional<Inside> inside, std::int64_t value) {
    if (inside) all_.record(value);
  }
  void merge(const Samples& other) { all_.merge(other.all_); }

  operator const Histogram&() const { return all_; }
  std::uint64_t count() const { return all_.count(); }
  std::int64_t min() const { return all_.min(); }
  std::int64_t max() const { return all_.max(); }
  __int128 sum() const { return all_.sum(); }
  double mean() const { return all_.mean(); }
  std::int64_t at_rank(std::uint64_t rank) const { return all_.at_rank(rank); }
  std::int64_t quantile(double q) const { return all_.quantile(q); }
  std::vector<Histogram::Bucket> buckets() const { return all_.buckets(); }

 private:
  Histogram all_;
};

template <typename T>
inline constexpr bool kWindowed = false;
template <typename Integer>
inline constexpr bool kWindowed<Counted<Integer>> = true;
template <>
inline constexpr bool kWindowed<CountedTime> = true;
template <>
inline constexpr bool kWindowed<Samples> = true;

}  // namespace squall
