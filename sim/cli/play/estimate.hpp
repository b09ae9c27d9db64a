// How long a run will take and how much memory it wants, from the scenario alone.
//
// A guess for people who wait, right within a factor of two on the machine it was fitted on; no
// result depends on it. Expected numbers, nothing is drawn.
#pragma once

#include <string>

#include "scenarios/model/scenario.hpp"

namespace squall {

struct Estimate {
  double wall_seconds = 0;  // of all runs together
  double bytes = 0;         // at the worst moment, of all runs at once
};

// `runs`: strategies x seeds, of which `at_once` are played together.
Estimate estimate_of(const Scenario& scenario, double runs, double at_once);
// "about 40 s and 0.3 GB".
std::string as_text(const Estimate& estimate);

}  // namespace squall
