// One run on the servers, and two in virtual time. See way.hpp.
// What the costs explain is in the simulated median already; the ways explain the rest.
#include "sim/cli/agreement/way.hpp"

#include <algorithm>

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

Duration way_right_now(const Scenario& scenario, const StrategySpec& design,
                       const StrategySpec& foreign, const live::LiveOptions& options,
                       const live::AttachOptions& attached) {
  const Scenario calm = calm_form_of(scenario, design);
  Scenario theirs = calm;
  theirs.cluster.nodes.count = static_cast<std::uint16_t>(attached.targets.size());
  const double seen_s = median_s_of(live::attach(theirs, foreign, 1, options, attached));
  return fitted_way(seen_s, [&](Duration way) {
    Scenario one = calm;
    set_ways(one, way);
    return median_s_of(play(one, design, 1, {}));
  });
}

}  // namespace squall
