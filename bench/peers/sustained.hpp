// How much a system can take: steps up or down to the edge, then closer from both sides.
//
// A step is good when the p99 of its latency is at most 100 ms and 99 % of what was due came.
#pragma once

#include <functional>
#include <string>

#include "scenarios/model/scenario.hpp"
#include "sim/record/histogram.hpp"

namespace squall::bench {

// What came of some seconds at one rate. Rates are deliveries per second.
struct Point {
  double asked = 0;
  double came = 0;  // of `asked`, within the step
  double p50_ms = 0, p99_ms = 0;
  double late_ms = 0;        // p99 of the generator's own lateness, which is part of the latency
  double server_cpu_us = 0;  // processor time of the servers for each delivery
  bool good() const { return came >= 0.99 * asked && p99_ms <= 100; }
};
Point point_of(double asked, double came, const Histogram& latency, const Histogram& lateness);

using Play = std::function<Point(double deliveries_per_second, Duration measured)>;

struct Sustained {
  double most = 0;     // the highest good rate; 0: there was none
  Point at_90, at_50;  // longer steps at these shares of it
  Point at_equal;      // at the rate that was asked for, to compare latencies
};

struct Search {
  double from = 20000;  // deliveries per second
  double equal = 0;     // a rate at which all systems are looked at; 0: none
  Duration step = 2s, final_step = 4s;
};
Sustained find_sustained(const Play& play, const Search& search);

// One line of JSON: the point, or all of it with the name of the system.
std::string json_of(const Point& point);
std::string json_of(const std::string& system, const Sustained& sustained);

}  // namespace squall::bench
