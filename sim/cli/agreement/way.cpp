// One run on the servers, some twenty in virtual time. See way.hpp.
// What the costs explain is in the simulated median already; the ways explain the rest.
#include "sim/cli/agreement/way.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/words/format.hpp"
#include "sim/cli/calibrate/design.hpp"
#include "sim/cli/why/changes.hpp"
#include "sim/kernel/engine.hpp"

namespace squall {

using namespace std::chrono_literals;

Scenario calm_form_of(const Scenario& scenario, const StrategySpec& design) {
  Scenario calm = without(faults_of(scenario), scenario, design).scenario;
  calm.time.measure = std::min<Duration>(calm.time.measure, 6s);
  return calm;
}

Ways fitted_ways(const Scenario& calm, const StrategySpec& design, double median_s, double p90_s) {
  constexpr double kSigmas[] = {0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2};
  Ways best;
  double least_s = std::numeric_limits<double>::infinity();
  for (const double sigma : kSigmas) {
    const auto played = [&](Duration way) {
      Scenario one = calm;
      set_ways(one, way, sigma);
      return play(one, design, 1, {});
    };
    const Duration way =
        fitted_way(median_s, [&](Duration tried) { return median_s_of(played(tried)); });
    if (way == Duration{0}) return best;
    const double off_s = std::abs(quantile_s_of(played(way), 0.9) - p90_s);
    if (off_s < least_s) least_s = off_s, best = {way, sigma};
  }
  return best;
}

std::string use_way_of_now(Scenario& scenario, const StrategySpec& design,
                           const StrategySpec& foreign, const live::LiveOptions& options,
                           const live::AttachOptions& attached) {
  const Scenario calm = calm_form_of(scenario, design);
  Scenario theirs = calm;
  theirs.cluster.nodes.count = static_cast<std::uint16_t>(attached.targets.size());
  const RunRecord seen = live::attach(theirs, foreign, 1, options, attached);
  const Ways ways = fitted_ways(calm, design, median_s_of(seen), quantile_s_of(seen, 0.9));
  if (ways.median == Duration{0}) {
    return "nobody heard anything without faults: the profile's way between two processes is used";
  }
  set_ways(scenario, ways.median, ways.sigma);
  return fmt::format(
      "a way between two processes takes {} (median; sigma {:.1f}), by the median "
      "and p90 of the same without faults, right before",
      with_unit(static_cast<double>(ways.median.count()), "ns", ascii_glyphs()), ways.sigma);
}

}  // namespace squall
