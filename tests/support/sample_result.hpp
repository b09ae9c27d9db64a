// A small hand-made world for the tests of reports: one scenario, three strategies, three seeds.
//
// No engine takes part: every number below is chosen, so a test can tell what a report must say.
// `steady` loses nothing and costs most, `leaky` loses about 2 %, `mute` delivers nothing at all.
#pragma once

#include <string>
#include <vector>

#include "report/measure/measure.hpp"
#include "report/measure/result.hpp"
#include "scenarios/model/scenario.hpp"
#include "sim/record/run_record.hpp"
#include "tests/support/inside.hpp"

namespace squall::sample {

inline Expectation expectation(std::string metric, std::string op, double value,
                               const std::string& written) {
  Expectation result;
  result.that = metric + " " + op + " " + written;
  result.metric = std::move(metric);
  result.op = std::move(op);
  result.value = value;
  return result;
}

// Two traffic classes (0: chat, 1: dm), one crash from 5 s to 8 s of 20 s of measure.
inline Scenario scenario() {
  Scenario made;
  made.name = "sample";
  made.why = "shows what a report has to show";
  made.source_text = "{}";
  made.resolved_json = R"({"name": "sample", "time": {"measure": "20s"}})";
  made.time.measure = 20s;
  Population phones;
  phones.name = "phones";
  phones.count = 200;
  made.people = {phones};
  made.rooms = {RoomSet{}};
  for (const char* name : {"chat", "dm"}) {
    Traffic traffic;
    traffic.name = name;
    made.traffic.push_back(traffic);
  }
  ScriptStep crash;
  crash.at = 5s;
  crash.lasts = 3s;
  crash.verb = Verb::crash;
  crash.label = "crash";
  crash.nodes = {0};
  made.script = {crash};
  made.expect = {expectation("ledger.unattributed", "==", 0, "0"),
                 expectation("loss.intent", "<=", 0.01, "1%"),
                 expectation("latency.obliged.p50", "<", 5e7, "50ms"),
                 expectation("ready_again.p99", "<", 1e10, "10s")};
  made.expect[1].strategies = {"steady", "leak*"};
  made.expect[2].outside = "crash";
  made.expect[2].strategies = {"steady", "leaky"};
  made.expect[3].during = "crash";
  made.expect[3].line = 12;
  made.expect[3].column = 5;
  return made;
}

inline std::vector<StrategySpec> strategies() {
  std::vector<StrategySpec> specs(3);
  specs[0].name = "leaky";
  specs[1].name = "steady";
  specs[2].name = "mute";
  return specs;
}

inline std::vector<std::uint64_t> seeds() { return {1, 2, 3}; }

struct Pairs {
  std::uint64_t delivered = 0, lost = 0, broken = 0;
};

// A cell whose deliveries take 10, 20, 30 ... 100 ms in equal shares.
inline Cell cell(std::uint16_t traffic, SpanMask spans, Pairs pairs) {
  Cell made;
  made.traffic = traffic;
  made.spans = spans;
  made.messages = testing::counted(pairs.delivered + pairs.lost);
  made.messages_owed = made.messages;
  made.owed = testing::counted(pairs.delivered + pairs.lost);
  made.live = testing::counted(pairs.delivered);
  made.lost = testing::counted(pairs.lost);
  made.owed_connected = testing::counted(made.owed);
  made.lost_connected = testing::counted(pairs.lost / 2);
  made.broken_promises = testing::counted(pairs.broken);
  made.lost_silent = testing::counted(pairs.lost - pairs.broken);
  made.dup_surfaced = testing::counted(pairs.delivered / 100);
  for (std::int64_t step = 1; step <= 10; ++step) {
    made.latency.record(testing::inside(), step * 10'000'000, pairs.delivered / 10);
    made.service.record(testing::inside(), step * 9'000'000, pairs.delivered / 10);
  }
  made.stage_sum[static_cast<std::size_t>(Stage::uplink)] =
      testing::lived(static_cast<std::int64_t>(pairs.delivered) * 20ms);
  return made;
}

inline LossRow loss(Mechanism mechanism, TriggerId trigger, CloseReason reason, Pairs pairs) {
  LossRow row;
  row.mechanism = mechanism;
  row.trigger = trigger;
  row.reason = reason;
  row.pairs = testing::counted(pairs.lost);
  row.broken_promises = testing::counted(pairs.broken);
  return row;
}

inline void add_bytes(RunRecord& run, Link link, BytePurpose purpose, Bytes bytes) {
  run.bytes[static_cast<std::size_t>(link)].sent[static_cast<std::size_t>(purpose)].add(
      testing::inside(), bytes);
}

// Triggers of scenario(): structural 0, overload 1, churn:phones 2, churn:individual 3,
// fault:crash 4.
inline constexpr TriggerId kChurn{2};
inline constexpr TriggerId kCrash{4};

inline RunRecord empty_run(const std::string& strategy, std::uint64_t seed) {
  RunRecord run;
  run.strategy = strategy;
  run.seed = seed;
  run.measure = 20s;
  run.nodes = 2;
  run.endpoints = 200;
  run.arrivals_hash = 1000 + seed;
  run.fingerprint = 0xABC0000000000000U + seed;
  run.seconds.assign(20, testing::second_row(500, 0, 500, 200));
  run.node_rows.resize(2);
  run.node_rows[0].busy = testing::lived(4s);
  run.node_rows[1].busy = testing::lived(2s);
  run.node_rows[0].connection_ns = testing::lived(150 * 20s);
  run.node_rows[1].connection_ns = testing::lived(50 * 20s);
  FaultRow crash;
  crash.trigger = kCrash;
  crash.begin = 5s;
  crash.end = 8s;
  run.faults = {crash};
  run.intent = testing::lived(200 * 20s);
  run.reachable = run.intent;
  add_bytes(run, Link::client_to_lb, BytePurpose::framing, 1'000'000);
  return run;
}

// About 10 000 owed pairs. 190, 200 and 210 of them are lost in seeds 1, 2 and 3: 40 in reconnect
// gaps, the others in flight at the crash.
inline RunRecord leaky(std::uint64_t seed) {
  RunRecord run = empty_run("leaky", seed);
  run.cells = {cell(0, 0, {7000, 0, 0}), cell(0, 1, {1800, 180 + 10 * seed, 120}),
               cell(1, 0, {1000, 0, 0})};
  run.losses = {
      loss(Mechanism::ingress_lost_at_crash, kCrash, CloseReason::none, {0, 140 + 10 * seed, 120}),
      loss(Mechanism::reconnect_gap, kCrash, CloseReason::crash, {0, 29, 0}),
      loss(Mechanism::reconnect_gap, kChurn, CloseReason::network, {0, 11, 0})};
  run.seconds[5].lost = testing::counted(140 + 10 * seed);
  run.seconds[8].lost = testing::counted(40);
  for (const std::uint32_t lost : {80, 60, 40, 10, 10}) {
    run.worst_endpoints.push_back(testing::few(lost));
  }
  run.disconnects = testing::counted(100);
  run.faults[0].disconnects = testing::counted(90);
  run.faults[0].ready_again.record(testing::inside(), 2'000'000'000, 90);
  run.ready_again.record(testing::inside(), 2'000'000'000, 90);
  run.ready_again.record(testing::inside(), 500'000'000, 10);
  add_bytes(run, Link::lb_to_client, BytePurpose::payload_useful, 2'000'000);
  add_bytes(run, Link::node_to_node, BytePurpose::payload_relayed,
            40'000'000 + static_cast<Bytes>(seed) * 1'000'000);
  return run;
}

// 10 000 owed pairs, none lost, ten times the cluster traffic.
inline RunRecord steady(std::uint64_t seed) {
  RunRecord run = empty_run("steady", seed);
  run.cells = {cell(0, 0, {7000, 0, 0}), cell(0, 1, {2000, 0, 0}), cell(1, 0, {1000, 0, 0})};
  run.disconnects = testing::counted(90);
  run.faults[0].disconnects = testing::counted(90);
  run.faults[0].ready_again.record(testing::inside(), 1'000'000'000, 90);
  run.ready_again.record(testing::inside(), 1'000'000'000, 90);
  add_bytes(run, Link::lb_to_client, BytePurpose::payload_useful, 2'000'000);
  add_bytes(run, Link::node_to_broker, BytePurpose::payload_relayed, 400'000'000);
  return run;
}

// 10 000 owed pairs, all lost for want of a backplane; nobody was ever disconnected.
inline RunRecord mute(std::uint64_t seed) {
  RunRecord run = empty_run("mute", seed);
  run.cells = {cell(0, 0, {0, 7000, 0}), cell(0, 1, {0, 2000, 0}), cell(1, 0, {0, 1000, 0})};
  run.losses = {loss(Mechanism::wrong_node, TriggerId{0}, CloseReason::none, {0, 10000, 0})};
  run.seconds.assign(20, testing::second_row(500, 500, 0, 200));
  run.worst_endpoints.assign(200, testing::few(50));
  return run;
}

// records()[strategy][seed]
inline std::vector<std::vector<RunRecord>> records() {
  std::vector<std::vector<RunRecord>> all(3);
  for (const std::uint64_t seed : seeds()) {
    all[0].push_back(leaky(seed));
    all[1].push_back(steady(seed));
    all[2].push_back(mute(seed));
  }
  return all;
}

inline Result result() { return make_result(scenario(), strategies(), seeds(), records()); }

// What somebody who dislikes reports would call things.
inline const std::string kHostileName = "a|b`c\"d,e\nf --> <img src=x> [l](m) \x1b[31m";

inline Result hostile_result() {
  Scenario named = scenario();
  named.name = kHostileName;
  std::vector<StrategySpec> specs = strategies();
  specs[0].name = kHostileName;
  return make_result(named, specs, seeds(), records());
}

}  // namespace squall::sample
