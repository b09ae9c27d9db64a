// Numbers that came one after another, remembered as sums only, and the distribution of the
// scenario language that fits them best. A value of which only a part was seen, because the record
// began or ended meanwhile, is kept apart.
#pragma once

#include <cstdint>

#include "scenarios/model/distribution.hpp"

namespace squall::fit {

// Of a normal distribution, 95 % are within so many deviations.
inline constexpr double kNormal95 = 1.96;

class Sample {
 public:
  void add(double value);
  // Of a value at least this long. `ended`: its end was seen, and not its beginning.
  void add_cut(double value, bool ended);

  std::uint64_t size() const { return size_; }
  std::uint64_t cut() const { return cut_; }
  double least() const { return least_; }
  double most() const { return most_; }
  double sum() const { return mean_ * static_cast<double>(size_); }
  double mean() const { return mean_; }
  double deviation() const;  // of one value
  double log_mean() const { return log_mean_; }
  double log_deviation() const;
  // Of a memoryless life: all that was seen of lives over all ends of lives. Infinity: none ended.
  double mean_by_exposure() const;
  std::uint64_t ends() const { return size_ + cut_ended_; }

 private:
  std::uint64_t size_ = 0, cut_ = 0, cut_ended_ = 0;
  double least_ = 0, most_ = 0, mean_ = 0, squares_ = 0, log_mean_ = 0, log_squares_ = 0;
  double cut_sum_ = 0;
};

struct Fitted {
  Distribution distribution;  // in the unit of the values times `scale`
  double mean = 0;            // of it, in the unit of the values
  double low = 0, high = 0;   // of the mean, 95 %
};

// The likeliest of fixed, uniform, exponential and lognormal, with the mean of the sample. Where
// more than a fifth of the values was cut, only the exponential one says what is missing. `scale`:
// from seconds to nanoseconds, say. Not of an empty sample.
Fitted fitted(const Sample& sample, double scale);

// Exponential with this mean, known from so many events.
Fitted memoryless(double mean, std::uint64_t events, double scale);

}  // namespace squall::fit
