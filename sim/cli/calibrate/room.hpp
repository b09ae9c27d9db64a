// A room as large as a scenario has it: what a push and a heartbeat cost where there are many.
//
// Small loads say what reading, handing out and connecting cost. How busy a process is changes what
// a push costs by a third, its fan-out hardly; the heartbeats of 10,000 are a load by themselves.
// So both are taken from the room that is asked for, once silent and once talking. Pure.
#pragma once

#include <vector>

#include "scenarios/model/calibration.hpp"
#include "sim/cli/calibrate/loads.hpp"

namespace squall {

// Silent, and talking as much as fills `busy` of a node where a push takes so long.
LoadRow silent_room(int users);
LoadRow talking_room(int users, double push_s, double busy);
// What a push took in this load at most, seconds; 0: nobody heard anything.
double push_at_most_s(const PlayedLoad& talking);

// Takes push and heartbeat from loads of these rows; what they do not tell stays as it is. What a
// message costs once is known. Adds the loads to the fit, and the room to what was seen.
void fit_room(Calibration& profile, const std::vector<PlayedLoad>& played);

}  // namespace squall
