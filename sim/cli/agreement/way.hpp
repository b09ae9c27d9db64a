// How long a way between two processes of these servers is right now. A machine that others share
// is not as quick as when its profile was made, and a median knows it: so the scenario is played
// there without its faults, right before it is played with them.
#pragma once

#include <string>

#include "scenarios/model/scenario.hpp"
#include "sim/live/attach/attach.hpp"

namespace squall {

// Without faults and drops, and not longer than some seconds.
Scenario calm_form_of(const Scenario& scenario, const StrategySpec& design);

// Ways between two processes, lognormal; sigma 0: all are as long.
struct Ways {
  Duration median{0};  // 0: the calm form showed nothing
  double sigma = 0;
};

// Those with which `design` shows this median of the calm form and, of such, the nearest p90.
Ways fitted_ways(const Scenario& calm, const StrategySpec& design, double median_s, double p90_s);

// Sets the ways with which `design` shows the median that these servers show of the calm form, and
// of these those whose spread shows its p90: who is woken up late is late at each hop. Where the
// costs alone show a longer median, they are the shortest. Where nobody heard anything, what the
// scenario has stays. What it did is a sentence for the reader. `foreign` is what plays on them.
std::string use_way_of_now(Scenario& scenario, const StrategySpec& design,
                           const StrategySpec& foreign, const live::LiveOptions& options,
                           const live::AttachOptions& attached);

}  // namespace squall
