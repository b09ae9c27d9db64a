// Merging, and the interval by test inversion. See pooled.hpp for what it promises.
//
// Seeds are drawn by the counter-based generator, so an interval is the same on every machine. Per
// value that is asked about, the test looks at one number of each seed: how many more of its
// samples lie below than the quantile's share.
#include "report/measure/pooled.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "report/measure/statistics.hpp"
#include "strategies/core/rng.hpp"

namespace squall {
namespace {

constexpr std::size_t kResamples = 1999;
// Narrower than 2.5 %, as few seeds know little: so it covers 93 to 97 %, which a long test counts.
constexpr double kTail = 0.0198;
constexpr Purpose kResample{1000};  // of no engine: nothing that is played draws from it

class Bootstrap {
 public:
  Bootstrap(double share, std::vector<const Spread*> seeds)
      : share_(share), seeds_(std::move(seeds)), excess_(seeds_.size()), t_(kResamples) {
    const Rng rng(seeds_.size(), kResample, 0);
    for (std::size_t draw = 0; draw < kResamples * seeds_.size(); ++draw) {
      drawn_.push_back(static_cast<std::uint32_t>(below(rng.at(draw), seeds_.size())));
    }
    for (const Spread* seed : seeds_) total_ += static_cast<double>(seed->samples());
  }

  // Surely too many samples lie up to `value` for the quantile to be any higher ...
  bool too_high(std::int64_t value) {
    const Spot spot = look(value);
    return spot.mean - t_at(1 - kTail) * spot.error > 0;
  }
  // ... and surely too few for it to be there.
  bool too_low(std::int64_t value) {
    const Spot spot = look(value);
    return spot.mean - t_at(kTail) * spot.error < 0;
  }

 private:
  struct Spot {
    double mean, error;
  };

  template <typename Pick>
  Spot spot_of(Pick pick) const {
    const auto count = static_cast<double>(seeds_.size());
    double sum = 0;
    for (std::size_t i = 0; i < seeds_.size(); ++i) sum += pick(i);
    const double mean = sum / count;
    double squares = 0;
    for (std::size_t i = 0; i < seeds_.size(); ++i) {
      squares += (pick(i) - mean) * (pick(i) - mean);
    }
    return {mean, std::sqrt(squares / (count - 1) / count)};
  }

  // What the seeds say about this value, and how that varies when other seeds are drawn: t_.
  Spot look(std::int64_t value) {
    const double unit = total_ / static_cast<double>(seeds_.size());
    for (std::size_t i = 0; i < seeds_.size(); ++i) {
      const auto below = static_cast<double>(seeds_[i]->seen.count_up_to(value));
      excess_[i] = (below - share_ * static_cast<double>(seeds_[i]->samples())) / unit;
    }
    const Spot seen = spot_of([&](std::size_t i) { return excess_[i]; });
    constexpr double kNoise = 1e-12;  // of sums in another order
    for (std::size_t b = 0; b < kResamples; ++b) {
      const std::uint32_t* drawn = drawn_.data() + b * seeds_.size();
      const Spot again = spot_of([&](std::size_t i) { return excess_[drawn[i]]; });
      const double apart = again.mean - seen.mean;
      if (std::abs(apart) < kNoise)
        t_[b] = 0;
      else if (again.error < kNoise)
        t_[b] = std::copysign(std::numeric_limits<double>::infinity(), apart);
      else
        t_[b] = apart / again.error;
    }
    std::ranges::sort(t_);
    return {seen.mean, seen.error < kNoise ? 0 : seen.error};
  }

  // Outwards to the next order statistic. Infinite: every such set of seeds is alike.
  double t_at(double tail) const {
    const double rank = tail * (kResamples + 1);
    const double at = tail < 0.5 ? std::floor(rank + 1e-9) : std::ceil(rank - 1e-9);
    const double t = t_[static_cast<std::size_t>(at) - 1];
    return std::clamp(t, -1e9, 1e9);
  }

  double share_;
  std::vector<const Spread*> seeds_;
  std::vector<double> excess_;  // of each seed, in samples of a mean seed
  std::vector<double> t_;
  std::vector<std::uint32_t> drawn_;
  double total_ = 0;
};

// The first place in [from, to) where `holds` is true; it is false before and true after.
template <typename Holds>
std::size_t first_where(std::size_t from, std::size_t to, Holds holds) {
  while (from < to) {
    const std::size_t middle = from + (to - from) / 2;
    if (holds(middle))
      to = middle;
    else
      from = middle + 1;
  }
  return from;
}

void add_interval(const Spread& all, Bootstrap bootstrap, Pooled& result) {
  const std::vector<Histogram::Bucket> buckets = all.seen.buckets();
  if (buckets.empty()) return;
  const auto value = static_cast<std::int64_t>(
      std::isinf(result.value) ? static_cast<double>(all.seen.max()) : result.value);
  const std::size_t here =
      first_where(0, buckets.size() - 1, [&](std::size_t i) { return buckets[i].high >= value; });
  const std::size_t low =
      first_where(0, here, [&](std::size_t i) { return !bootstrap.too_low(buckets[i].high); });
  const std::size_t high = first_where(
      here, buckets.size(), [&](std::size_t i) { return bootstrap.too_high(buckets[i].high); });
  result.low = rounded(static_cast<double>(std::max(buckets[low].low, all.seen.min())));
  result.high = high == buckets.size()
                    ? std::numeric_limits<double>::infinity()
                    : rounded(static_cast<double>(std::min(buckets[high].high, all.seen.max())));
}

}  // namespace

std::optional<Pooled> pooled(Quantile quantile, std::span<const std::optional<Spread>> spreads) {
  Spread all;
  std::vector<const Spread*> seeds;
  bool known = false;
  for (const std::optional<Spread>& spread : spreads) {
    if (!spread) continue;
    known = true;
    all.merge(*spread);
    if (spread->samples() > 0) seeds.push_back(&*spread);
  }
  const std::optional<double> value = known ? all.at(quantile) : std::nullopt;
  if (!value) return std::nullopt;
  Pooled result{rounded(*value), all.samples(), {}, {}};
  if (quantile == kWhole || seeds.size() < kFewestSeeds) return result;
  const double share = static_cast<double>(quantile) / kWhole;
  if (supported(share, result.samples)) {
    add_interval(all, Bootstrap(share, std::move(seeds)), result);
  }
  return result;
}

MetricValues measure_over(const MetricRow& metric, std::span<const RunRecord> records,
                          const Filter& filter) {
  MetricValues values{std::string(metric.name), std::string(metric.unit), {}, {}};
  std::vector<std::optional<Spread>> spreads;
  for (const RunRecord& record : records) {
    values.per_seed.push_back(measure(metric, record, filter));
    if (metric.quantile != 0) spreads.push_back(spread_of(metric, record, filter));
  }
  if (metric.quantile != 0) values.pooled = pooled(metric.quantile, spreads);
  return values;
}

bool supported(const MetricValues& values) {
  const MetricRow* metric = metric_named(values.name);
  if (metric == nullptr || metric->quantile == 0 || metric->quantile == kWhole) return true;
  if (!values.pooled) return true;
  return supported(static_cast<double>(metric->quantile) / kWhole, values.pooled->samples);
}

}  // namespace squall
