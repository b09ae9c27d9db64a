// One run on the servers, and two in virtual time. See way.hpp.
// What the costs explain is in the simulated median already; the ways explain the rest.
#include "sim/cli/agreement/way.hpp"

#include <algorithm>

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

std::string use_way_of_now(Scenario& scenario, const StrategySpec& design,
                           const StrategySpec& foreign, const live::LiveOptions& options,
                           const live::AttachOptions& attached) {
  const Scenario calm = calm_form_of(scenario, design);
  Scenario theirs = calm;
  theirs.cluster.nodes.count = static_cast<std::uint16_t>(attached.targets.size());
  const double seen_s = median_s_of(live::attach(theirs, foreign, 1, options, attached));
  const Duration way = fitted_way(seen_s, [&](Duration tried) {
    Scenario one = calm;
    set_ways(one, tried);
    return median_s_of(play(one, design, 1, {}));
  });
  if (way == Duration{0}) {
    return "nobody heard anything without faults: the profile's way between two processes is used";
  }
  set_ways(scenario, way);
  return "a way between two processes takes " +
         with_unit(static_cast<double>(way.count()), "ns", ascii_glyphs()) +
         ", by the median of the same without faults, right before";
}

}  // namespace squall
