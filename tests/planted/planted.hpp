// The planted causes: scenario files that each provoke one mechanism of loss with one strategy.
//
// One visible table. planted_test.cpp shows that the ledger finds what was planted and
// mutation_test.cpp that it notices when a report is swallowed; what must not matter to them is in
// attribution_property_test.cpp. To plant one more: a file here and a row below.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/load.hpp"
#include "scenarios/model/problem.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/core/causes.hpp"
#include "tests/support/place.hpp"

namespace squall::planted {

struct Row {
  std::string_view file;  // tests/planted/<file>.json: <mechanism>, or <mechanism>-<which variant>
  std::string_view strategy;
  std::string_view trigger;
  std::string_view law;  // of conservation, that breaks first when the report is swallowed

  Mechanism mechanism() const { return mechanism_named(file.substr(0, file.find('-'))).value(); }
};

inline constexpr std::array kRows{
    Row{"sender_offline_refused", "broadcast", "fault:cut", "attribution"},
    Row{"sender_offline_refused-queue-full", "broadcast", "fault:cut", "attribution"},
    Row{"sender_offline_refused-never-sent", "broadcast", "fault:crash", "attribution"},
    Row{"uplink_in_flight_at_disconnect", "broadcast", "fault:cut", "copies"},
    Row{"ingress_lost_at_crash", "routed", "fault:crash", "copies"},
    Row{"ingress_lost_at_crash-work-queue", "broadcast", "fault:crash", "copies"},
    Row{"ingress_lost_at_crash-publisher-buffer", "broadcast", "fault:crash", "copies"},
    Row{"ingress_lost_at_crash-at-the-recipient", "broadcast", "fault:crash", "copies"},
    Row{"ingress_lost_at_crash-after-a-hop", "routed", "fault:crash", "copies"},
    Row{"ingress_lost_at_crash-twice", "broadcast", "fault:crash", "copies"},
    Row{"overload_shed", "broadcast", "overload", "copies"},
    Row{"overload_shed-pause", "broadcast", "fault:freeze", "copies"},
    Row{"wrong_node", "session_share", "structural", "copies"},
    Row{"wrong_node-room", "session_share", "structural", "pairs"},
    Row{"split_room", "sticky_hash", "fault:crash", "pairs"},
    Row{"keys_apart", "sticky_hash", "structural", "pairs"},
    Row{"route_missing", "routed", "fault:silence", "copies"},
    Row{"route_missing-room", "routed", "fault:silence", "copies"},
    Row{"route_missing-lease", "leased", "fault:freeze", "copies"},
    Row{"route_missing-set", "leased", "fault:freeze", "copies"},
    Row{"route_stale", "routed", "fault:move", "copies"},
    Row{"route_stale-room", "routed", "fault:move", "pairs"},
    Row{"registry_unavailable", "routed", "fault:outage", "copies"},
    Row{"publish_failed", "broadcast", "fault:outage", "copies"},
    Row{"publish_failed-partition", "broadcast", "fault:split", "copies"},
    Row{"publish_failed-kept-for-nothing", "broadcast", "fault:outage", "copies"},
    Row{"publisher_buffer_overflow", "broadcast", "fault:outage", "copies"},
    Row{"broker_lost", "broadcast", "fault:outage", "copies"},
    Row{"broker_lost-inside", "broadcast", "fault:outage", "copies"},
    Row{"not_subscribed", "broadcast", "fault:split", "copies"},
    Row{"not_subscribed-restart", "broadcast", "fault:crash", "pairs"},
    Row{"not_subscribed-too-early", "at-once", "fault:split", "pairs"},
    Row{"subscriber_buffer_killed", "broadcast", "fault:freeze", "copies"},
    Row{"subscriber_buffer_killed-on-the-way", "broadcast", "overload", "copies"},
    Row{"subscriber_buffer_killed-then-outage", "broadcast", "fault:freeze", "copies"},
    Row{"consumer_misassigned", "broadcast", "structural", "pairs"},
    Row{"peer_link_lost", "routed", "fault:split", "copies"},
    Row{"peer_link_lost-return", "routed:nack", "fault:split", "copies"},
    Row{"peer_queue_overflow", "routed", "fault:split", "copies"},
    Row{"egress_queue_dropped", "broadcast", "overload", "pushes"},
    Row{"egress_queue_dropped-oldest", "broadcast", "overload", "pushes"},
    Row{"egress_coalesced", "broadcast", "overload", "pushes"},
    Row{"purged_by_slow_consumer_kick", "broadcast", "overload", "pushes"},
    Row{"egress_lost_at_crash", "broadcast", "fault:crash", "frames"},
    Row{"egress_lost_at_crash-out-of-memory", "broadcast", "overload", "frames"},
    Row{"pushed_to_ghost", "broadcast", "fault:silence", "frames"},
    Row{"pushed_to_ghost-egress-queue", "broadcast", "fault:silence", "frames"},
    Row{"downlink_in_flight_at_disconnect", "broadcast", "fault:cut", "frames"},
    Row{"downlink_in_flight_at_disconnect-egress-queue", "broadcast", "fault:cut", "frames"},
    Row{"reconnect_gap", "broadcast", "fault:cut", "pairs"},
    Row{"reconnect_gap-before-the-move", "multi_active:make_before_break", "fault:deploy", "pairs"},
    Row{"resume_window_exceeded", "forgetful", "fault:cut", "pairs"},
    Row{"resume_window_exceeded-too-many", "forgetful", "fault:cut", "pairs"},
    Row{"resume_window_exceeded-log", "forgetful", "fault:cut", "pairs"},
    Row{"retention_expired", "short-stream", "fault:split", "pairs"},
    Row{"retention_expired-too-many", "short-stream", "fault:split", "pairs"},
    Row{"retention_expired-outage", "short-stream", "fault:split", "pairs"},
    Row{"resume_window_exceeded-restart", "broadcast+resume", "fault:cut", "pairs"},
    Row{"uplink_in_flight_at_disconnect-outbox-full", "small-outbox", "fault:cut", "copies"},
};

inline constexpr std::array<std::uint64_t, 3> kSeeds{1, 2, 3};

inline const std::atomic<bool> kNobodyStops{false};

inline void PrintTo(const Row& row, std::ostream* out) { *out << row.file; }
inline std::string test_name(const ::testing::TestParamInfo<Row>& info) {
  std::string name(info.param.file);
  std::ranges::replace(name, '-', '_');
  return name;
}

inline std::filesystem::path folder() {
  return std::filesystem::path(testing::source_path()) / "tests" / "planted";
}

// With the vocabulary of the binary. Throws what the loader complains about, warnings included.
inline Scenario load(std::string_view file) {
  const std::string path = (folder() / (std::string(file) + ".json")).string();
  LoadResult loaded = load_scenario(path, {}, make_vocabulary());
  if (!loaded.scenario || !loaded.problems.empty()) {
    std::string text = path + " does not load cleanly";
    for (const Problem& problem : loaded.problems) text += "\n  " + problem.message;
    throw std::runtime_error(text);
  }
  return *std::move(loaded.scenario);
}

inline std::string reproduce(const Row& row, std::uint64_t seed) {
  return "squall run tests/planted/" + std::string(row.file) + ".json --reps 1 --seed " +
         std::to_string(seed);
}

// What is wrong with this record as evidence for the planted cause; empty when nothing is.
inline std::vector<std::string> complaints(const Row& row, const Scenario& scenario,
                                           const RunRecord& record) {
  std::vector<std::string> found;
  for (const Violation& violation : record.violations) {
    found.push_back("violation: " + violation.law + ": " + violation.detail);
  }
  for (const Cell& cell : record.cells) {
    if (cell.unresolved > 0) found.push_back("unresolved: " + std::to_string(cell.unresolved));
  }
  const std::vector<std::string> triggers = trigger_names(scenario);
  std::uint64_t lost = 0, planted = 0;
  std::string others;
  for (const LossRow& loss : record.losses) {
    const std::string& trigger = triggers[index(loss.trigger)];
    lost += loss.pairs;
    if (loss.mechanism == row.mechanism() && trigger == row.trigger) {
      planted += loss.pairs;
    } else {
      others += " " + std::to_string(loss.pairs) + " by " +
                std::string(squall::row(loss.mechanism).name) + " of " + trigger;
    }
    if (loss.mechanism == Mechanism::unattributed) found.push_back("unattributed losses");
  }
  if (lost == 0) found.push_back("nothing was lost");
  if (planted * 1000 < lost * 999) found.push_back("lost to something else:" + others);
  return found;
}

}  // namespace squall::planted
