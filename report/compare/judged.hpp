// A comparison with a baseline as the few words that reports of the run carry.
//
// The comparison's own forms, with every number, are change_*.cpp.
#pragma once

#include "report/compare/change.hpp"
#include "report/measure/judged_gates.hpp"

namespace squall {

JudgedGates judged_gates(const ChangeReport& report, const ChangeConclusion& conclusion);

}  // namespace squall
