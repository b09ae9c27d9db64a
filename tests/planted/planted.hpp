// The planted causes: scenario files that each provoke one mechanism of loss with one strategy.
//
// One visible table. planted_test.cpp shows that the ledger finds what was planted, mutation_test.cpp
// that it notices when a report is swallowed. To plant one more: a file here and a row below.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/load.hpp"
#include "scenarios/model/problem.hpp"
#include "sim/cli/vocabulary.hpp"
#include "sim/kernel/engine.hpp"
#include "strategies/core/causes.hpp"

namespace squall::planted {

struct Row {
  std::string_view file;  // tests/planted/<file>.json; a variant adds "-<which>" to the mechanism
  std::string_view strategy;
  Mechanism mechanism;
  std::string_view trigger;
};

inline constexpr std::array kRows{
    // clang-format off
    Row{"sender_offline_refused", "broadcast", Mechanism::sender_offline_refused, "fault:cut"},
    Row{"uplink_in_flight_at_disconnect", "broadcast", Mechanism::uplink_in_flight_at_disconnect, "fault:cut"},
    Row{"ingress_lost_at_crash", "routed", Mechanism::ingress_lost_at_crash, "fault:crash"},
    Row{"ingress_lost_at_crash-work-queue", "broadcast", Mechanism::ingress_lost_at_crash, "fault:crash"},
    Row{"ingress_lost_at_crash-publisher-buffer", "broadcast", Mechanism::ingress_lost_at_crash, "fault:crash"},
    Row{"overload_shed", "broadcast", Mechanism::overload_shed, "overload"},
    Row{"overload_shed-pause", "broadcast", Mechanism::overload_shed, "fault:freeze"},
    Row{"wrong_node", "session_share", Mechanism::wrong_node, "structural"},
    Row{"wrong_node-room", "session_share", Mechanism::wrong_node, "structural"},
    Row{"split_room", "sticky_hash", Mechanism::split_room, "fault:crash"},
    Row{"split_room-two-rooms", "sticky_hash", Mechanism::split_room, "structural"},
    Row{"route_missing", "routed", Mechanism::route_missing, "fault:silence"},
    Row{"route_missing-room", "routed", Mechanism::route_missing, "fault:silence"},
    Row{"route_stale", "routed", Mechanism::route_stale, "fault:move"},
    Row{"route_stale-room", "routed", Mechanism::route_stale, "fault:move"},
    Row{"registry_unavailable", "routed", Mechanism::registry_unavailable, "fault:outage"},
    Row{"publish_failed", "broadcast", Mechanism::publish_failed, "fault:outage"},
    Row{"publish_failed-partition", "broadcast", Mechanism::publish_failed, "fault:split"},
    Row{"publish_failed-kept-for-nothing", "broadcast", Mechanism::publish_failed, "fault:outage"},
    Row{"publisher_buffer_overflow", "broadcast", Mechanism::publisher_buffer_overflow, "fault:outage"},
    Row{"broker_lost", "broadcast", Mechanism::broker_lost, "fault:outage"},
    Row{"broker_lost-inside", "broadcast", Mechanism::broker_lost, "fault:outage"},
    Row{"not_subscribed", "broadcast", Mechanism::not_subscribed, "fault:split"},
    Row{"not_subscribed-restart", "broadcast", Mechanism::not_subscribed, "fault:crash"},
    Row{"subscriber_buffer_killed", "broadcast", Mechanism::subscriber_buffer_killed, "fault:freeze"},
    Row{"peer_link_lost", "routed", Mechanism::peer_link_lost, "fault:split"},
    Row{"peer_queue_overflow", "routed", Mechanism::peer_queue_overflow, "fault:split"},
    Row{"egress_queue_dropped", "broadcast", Mechanism::egress_queue_dropped, "overload"},
    Row{"purged_by_slow_consumer_kick", "broadcast", Mechanism::purged_by_slow_consumer_kick, "overload"},
    Row{"egress_lost_at_crash", "broadcast", Mechanism::egress_lost_at_crash, "fault:crash"},
    Row{"pushed_to_ghost", "broadcast", Mechanism::pushed_to_ghost, "fault:silence"},
    Row{"downlink_in_flight_at_disconnect", "broadcast", Mechanism::downlink_in_flight_at_disconnect, "fault:cut"},
    Row{"reconnect_gap", "broadcast", Mechanism::reconnect_gap, "fault:cut"},
    // clang-format on
};

inline constexpr std::array<std::uint64_t, 3> kSeeds{1, 2, 3};

inline void PrintTo(const Row& row, std::ostream* out) { *out << row.file; }

inline std::filesystem::path folder() {
  return std::filesystem::path(SQUALL_SOURCE_DIR) / "tests" / "planted";
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
    if (loss.mechanism == row.mechanism && trigger == row.trigger) {
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
