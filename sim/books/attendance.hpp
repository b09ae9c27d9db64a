// Who is there over time: the sessions of a node, and how many clients are connected each second.
//
// Both engines count with it, at the instants at which their own numbers change. What a number is
// of, and when it changes, they decide.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/record/run_record.hpp"
#include "sim/record/window.hpp"

namespace squall {

// The sessions of one node.
class Attendance {
 public:
  // They have been so many since the last call; say so before the number changes, and at the end.
  void count(std::size_t sessions, const Window& window, Time now, NodeRow& row) {
    row.connection_ns.add(window.part(since_, now), static_cast<std::int64_t>(sessions));
    row.connections_max.raise(window.at(now), sessions);
    since_ = now;
  }
  // As they stand when measure ends.
  static void take_stock(std::size_t sessions, const Window& window, Time now, NodeRow& row) {
    row.connections_end.add(window.closing(now), sessions);
    row.connections_max.raise(window.closing(now), sessions);
  }

 private:
  Time since_{0};
};

// The connected of a run, at each full second of measure.
class ConnectedSeconds {
 public:
  explicit ConnectedSeconds(Duration measure) : measure_(measure) {}

  // Nothing has changed since the last call, until `at`.
  void pass(Time at, std::uint64_t connected) {
    for (; next_ <= at && next_ < measure_; next_ += std::chrono::seconds{1}) {
      connected_.push_back(connected);
    }
  }
  const std::vector<std::uint64_t>& counts() const { return connected_; }
  void write(const Window& window, RunRecord& record) const {
    for (std::size_t i = 0; i < record.seconds.size() && i < connected_.size(); ++i) {
      const Time at = static_cast<std::int64_t>(i) * Time{std::chrono::seconds{1}};
      record.seconds[i].connected.add(window.at(at), connected_[i]);
    }
  }

 private:
  Duration measure_;
  Time next_{0};
  std::vector<std::uint64_t> connected_;
};

}  // namespace squall
