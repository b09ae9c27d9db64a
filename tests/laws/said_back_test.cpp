// What a node says back to who has sent a message: an answer of any length, and the message itself.
//
// Few clients with fixed delays, so that a sum on paper is the other side; and the law of bytes.
#include <gtest/gtest.h>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/predict/prediction.hpp"
#include "tests/support/balanced.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr int kSaid = 40;  // by Alice, a second apart; Bob is in the room, and Carol is not

Scenario three(const std::vector<Override>& overrides) {
  return loaded(R"json({
    "squall": 1, "name": "said-back", "why": "Sums on paper.",
    "params": {"by": "alice", "to": "room:r", "size": "200B", "line": "1Gbit/s"},
    "time": {"warmup": "5s", "measure": "60s", "drain": "10s", "deadline": "9s"},
    "cluster": {"nodes": {"count": 2, "cost_profile": "beast-plain"},
                "net": {"client_node": "7ms", "node_broker": "3ms", "node_node": "5ms"}},
    "client": {"heartbeat": {"every": "10h", "timeout": "1s"}},
    "clients": {"alice": {"on": "n1", "rooms": ["r"], "downlink": "$line"},
                "bob": {"on": "n2", "rooms": ["r"]}, "carol": {"on": "n2"}},
    "script": [{"at": "1s", "do": "send", "by": "$by", "to": "$to", "size": "$size",
                "repeat": 40, "every": "1s"}]})json",
                overrides);
}

RunRecord said(std::vector<Override> overrides, const char* overhead = "{}") {
  overrides.push_back({"/client/overhead", overhead});
  RunRecord run = play(three(overrides), strategy("broadcast"), 1);
  expect_balanced(run);
  return run;
}

constexpr const char* kEcho = R"({"echo": true})";
const std::vector<Override> kUnanswered = {{"/client/ack", "none"}};

Bytes down(const RunRecord& run, BytePurpose purpose) {
  return bytes_of(run, Link::lb_to_client, purpose);
}

Bytes bare(const RunRecord& run) {  // acknowledgements of clients
  return bytes_of(run, Link::client_to_lb, BytePurpose::acknowledgement) / wire::kTcpIpHeader;
}

// ---- answers -----------------------------------------------------------------------------------

TEST(Answer, IsAsLongAsTheScenarioSays) {
  EXPECT_EQ(down(said({}), BytePurpose::control), kSaid * (16 + 2));
  EXPECT_EQ(down(said({}, R"({"answer": "100B"})"), BytePurpose::control), kSaid * (100 + 2));
  EXPECT_EQ(down(said({}, R"({"answer": "1B"})"), BytePurpose::control), kSaid * (1 + 2));
}

TEST(Answer, OfSquallIsSixteenBytesOrNoneAndSaysMoreThanAck) {
  const RunRecord answered = said({}), silent = said(kUnanswered);

  EXPECT_EQ(said(kUnanswered, R"({"answer": "16B"})").fingerprint, answered.fingerprint);
  EXPECT_EQ(said({}, R"({"answer": "0B"})").fingerprint, silent.fingerprint);
  EXPECT_EQ(down(silent, BytePurpose::control), 0);
}

// Two nodes: a crash of Alice's takes what was on its way there, if nobody has it in an outbox.
TEST(Answer, IsWhatAnOutboxWaitsFor) {
  const auto lost = [](const char* overhead) {
    std::vector<Override> crash = {
        {"/client/overhead", overhead},
        {"/client/ack", "none"},
        {"/clients/alice/on", "n1"},
        {"/script", R"([{"at": "1s", "do": "send", "by": "alice", "to": "room:r", "size": "200B"},
                        {"at": "1001ms", "as": "gone", "do": "crash", "on": "n1", "for": "1s"}])"}};
    StrategySpec spec = strategy("broadcast");
    spec.outbox = 100;
    return totals(play(three(crash), spec, 1)).lost;
  };

  EXPECT_EQ(lost("{}"), 1U);
  EXPECT_EQ(lost(R"({"answer": "30B"})"), 0U);
}

// ---- echoes ------------------------------------------------------------------------------------

TEST(Echo, IsTheFrameThatOthersGetAndNobodysPair) {
  const RunRecord plain = said(kUnanswered), echoed = said(kUnanswered, kEcho);

  EXPECT_EQ(down(echoed, BytePurpose::control), kSaid * (200 + 4));
  EXPECT_EQ(down(echoed, BytePurpose::transport), 2 * kSaid * 52);
  EXPECT_EQ(down(echoed, BytePurpose::payload_useful), kSaid * 200);
  EXPECT_EQ(bare(echoed), 2 * kSaid);
  for (const MetricRow& row : metric_rows()) {
    const bool pairs = row.name.starts_with("dup.") || row.name.starts_with("pairs.") ||
                       row.name.starts_with("loss");
    if (!pairs || std::isnan(value(row.name, plain))) continue;
    EXPECT_EQ(value(row.name, echoed), value(row.name, plain)) << row.name;
  }
  EXPECT_EQ(echoed.cells.front().latency.count(), std::uint64_t{kSaid});
}

TEST(Echo, HasTheOverheadAroundIt) {
  const RunRecord run = said(kUnanswered, R"({"up": "9B", "down": "70B", "echo": true})");

  EXPECT_EQ(down(run, BytePurpose::control), kSaid * (200 + 70 + 4));
}

// 4,000 B are three segments: two acknowledgements each time.
TEST(Echo, OfSeveralSegmentsIsAcknowledgedAsPushesAre) {
  const RunRecord run = said({{"/params/size", "4000B"}, {"/client/ack", "none"}}, kEcho);

  EXPECT_EQ(down(run, BytePurpose::control), kSaid * (4000 + 4));
  EXPECT_EQ(down(run, BytePurpose::transport), 2 * kSaid * 3 * 52);
  EXPECT_EQ(bare(run), 2 * kSaid * 2);
}

TEST(Echo, AndAnswerLeaveInOneSegment) {
  const RunRecord run = said({}, kEcho);

  EXPECT_EQ(down(run, BytePurpose::control), kSaid * (200 + 4 + 16 + 2));
  EXPECT_EQ(down(run, BytePurpose::transport), 2 * kSaid * 52);
  EXPECT_EQ(bare(run), 2 * kSaid);
}

TEST(Echo, IsForMembersAndNotForWhomAloneIsSpokenTo) {
  const std::vector<Override> to_bob = {{"/params/to", "user:bob"}},
                              by_carol = {{"/params/by", "carol"}};

  EXPECT_EQ(said(to_bob, kEcho).fingerprint, said(to_bob).fingerprint);
  EXPECT_EQ(said(by_carol, kEcho).fingerprint, said(by_carol).fingerprint);
}

// A push each time, and what its length costs.
TEST(Echo, IsWorkOfItsNode) {
  const CostProfile costs = costs_of(three({}).cluster.nodes);
  const double each = static_cast<double>(costs.push.count()) +
                      static_cast<double>(costs.per_kib.count()) * 200 / 1024;

  const double more = value("node.cpu.mean", said({}, kEcho)) - value("node.cpu.mean", said({}));

  EXPECT_NEAR(more, kSaid * each / (2 * 60e9), 0.001 * more);
}

// Half a second of her line: what Bob says meanwhile comes behind it. It would have reached her
// node 16 ms after the echo began.
TEST(Echo, TakesTheLineOfWhoSpeaks) {
  const std::vector<Override> both = {
      {"/params/line", "64kbit/s"},
      {"/client/ack", "none"},
      {"/script", R"([{"at": "1s", "do": "send", "by": "alice", "to": "room:r", "size": "4000B"},
                      {"at": "1010ms", "do": "send", "by": "bob", "to": "user:alice"}])"}};
  const auto longest = [](const RunRecord& run) {
    std::int64_t most = 0;
    for (const Cell& cell : run.cells) most = std::max(most, cell.latency.max());
    return static_cast<double>(most);
  };

  const double frame_ns = (4000 + 4 + 3 * 52) * 8 / 64e3 * 1e9;

  EXPECT_NEAR(longest(said(both, kEcho)) - longest(said(both)), frame_ns - 16e6, 0.1e6);
}

// ---- laws --------------------------------------------------------------------------------------

struct SaidBack {
  const char *ack, *overhead, *size;
};

// Rooms of three, so that what is said back is a third of all; eight whole pings.
Scenario rooms_of_three(const SaidBack& row) {
  return loaded(R"json({
    "squall": 1, "name": "threes", "why": "Little is heard but what is said back.",
    "time": {"warmup": "30s", "measure": "200s", "drain": "5s", "deadline": "4s"},
    "cluster": {"nodes": {"count": 2, "cost_profile": "beast-plain"},
                "net": {"client_node": "5ms"}},
    "client": {"heartbeat": {"every": "25s", "timeout": "10s"}},
    "people": {"u": {"count": 300, "arrive": "uniform(0s,25s)", "downlink": "1Gbit/s"}},
    "rooms": {"r": {"count": 100}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "60/s",
                 "arrivals": "fixed"}]})json",
                {{"/client/ack", row.ack},
                 {"/client/overhead", row.overhead},
                 {"/traffic/0/size", row.size}});
}

constexpr SaidBack kSaidBack[] = {
    {"ingress", "{}", "200B"},
    {"ingress", R"({"answer": "90B"})", "200B"},
    {"none", R"({"answer": "2000B"})", "200B"},
    {"none", R"({"echo": true})", "200B"},
    {"none", R"({"echo": true})", "4000B"},
    {"ingress", R"({"echo": true})", "200B"},
    {"ingress", R"({"answer": "90B", "echo": true})", "3000B"},
};

// What the law and the run have more than of the same scenario where nobody hears anything back:
// how many recipients a draw of rooms has is in both.
TEST(SaidBack, IsInTheLawsOfBytesAndOfWork) {
  const StrategySpec broadcast = strategy("broadcast");
  for (const SaidBack& row : kSaidBack) {
    SCOPED_TRACE(row.ack + std::string(" ") + row.overhead + " " + row.size);
    const Scenario scenario = rooms_of_three(row);
    const Scenario silent = rooms_of_three({"none", "{}", row.size});
    const RunRecord run = play(scenario, broadcast, 1), quiet = play(silent, broadcast, 1);

    for (const char* metric : {"bytes.lb_to_client.rate", "bytes.client.rate"}) {
      const double said = predict::predicted(metric, {scenario, broadcast}).value_or(0) -
                          predict::predicted(metric, {silent, broadcast}).value_or(0);
      const double measured = value(metric, run) - value(metric, quiet);
      const double about = 0.001 * value(metric, quiet);  // pings that find no ride
      EXPECT_NEAR(said, measured, 0.01 * std::abs(measured) + about) << metric;
    }
    const double worked = value("node.cpu.mean", run) - value("node.cpu.mean", quiet);
    EXPECT_NEAR(demand(scenario, broadcast).loops - demand(silent, broadcast).loops, worked,
                0.01 * worked);
  }
}

}  // namespace
}  // namespace squall::testing
