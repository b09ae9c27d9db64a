// Cards that many connections share: of a node towards its clients, of the broker towards nodes.
// What waits for one is computed by hand, to the nanosecond.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/model/cost_profile.hpp"
#include "sim/kernel/card.hpp"
#include "sim/record/wire.hpp"
#include "tests/kernel/counted_by_hand.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// ---- the card alone -----------------------------------------------------------------------------

constexpr Time kNow{0};

TEST(Card, serves_one_after_another) {
  Card card;

  EXPECT_EQ(card.serve(Time{10}, Duration{5}, kNow), Time{15});
  EXPECT_EQ(card.serve(Time{10}, Duration{5}, kNow), Time{20});
  EXPECT_EQ(card.serve(Time{30}, Duration{5}, kNow), Time{35});
}

TEST(Card, takes_what_is_free_before_what_was_promised_for_later) {
  Card card;
  card.serve(Time{100}, Duration{10}, kNow);
  card.serve(Time{120}, Duration{10}, kNow);

  EXPECT_EQ(card.serve(Time{50}, Duration{20}, kNow), Time{70});
  EXPECT_EQ(card.serve(Time{95}, Duration{20}, kNow), Time{135});  // 5, then 10, then 5
  EXPECT_EQ(card.serve(Time{95}, Duration{1}, kNow), Time{136});
}

TEST(Card, works_all_the_time_while_something_waits) {
  Card card;
  for (int n = 0; n < 1000; ++n) card.serve(Time{(n * 37) % 1000}, Duration{3}, kNow);

  EXPECT_GE(card.serve(Time{0}, Duration{1}, kNow), Time{3001});
}

TEST(Card, knows_what_a_connection_has_not_sent) {
  Card card;
  const ConnectionId one{1}, other{2};
  card.serve(one, Time{0}, 100, Duration{10}, kNow);
  card.serve(other, Time{0}, 900, Duration{90}, kNow);
  card.serve(one, Time{0}, 100, Duration{10}, kNow);

  EXPECT_EQ(card.until_there_is(200, one, Time{0}), Duration{0});
  EXPECT_EQ(card.until_there_is(199, one, Time{0}), Duration{10});
  EXPECT_EQ(card.until_there_is(99, one, Time{0}), Duration{110});
  EXPECT_EQ(card.until_there_is(100, one, Time{10}), Duration{0});
  EXPECT_EQ(card.until_there_is(0, other, Time{50}), Duration{50});
  EXPECT_EQ(card.until_there_is(0, ConnectionId{3}, Time{0}), Duration{0});
}

// ---- in a run -----------------------------------------------------------------------------------

constexpr std::int64_t kPushNs = 10'000;
constexpr Bytes kTopic = 13;  // characters

// Ann says something to ten others; a byte takes a microsecond on a card of 8 Mbit/s.
std::string room(const std::string& net, const std::string& nodes, const std::string& step) {
  std::string clients = R"("ann": {"on": "n1", "rooms": ["r"]})";
  for (int n = 1; n <= 10; ++n) {
    clients += R"(, "c)" + std::to_string(n) + R"(": {"on": "n1", "rooms": ["r"]})";
  }
  return R"json({"squall": 1, "name": "card", "why": "one card",
    "time": {"warmup": "10s", "measure": "30s", "drain": "60s"},
    "cluster": {"nodes": {"count": 1, "costs": {"push": "10us", "per_kib": "0s"})json" +
         nodes + R"json(}, "net": {"client_node": "20ms")json" + net + R"json(}},
    "clients": {)json" +
         clients +
         R"json(}, "script": [{"at": "5s", "do": "send", "by": "ann", "size": "1000B", )json" +
         step + "}]}";
}

TEST(ClientCard, of_a_fan_out_sends_one_frame_after_another) {
  const auto latencies = [](const std::string& net) {
    const Scenario scenario = loaded(room(net, "", R"("to": "room:r")"));
    const RunRecord run = play(scenario, strategy("session_share"), 1);
    EXPECT_TRUE(complete(run));
    EXPECT_EQ(run.cells.at(0).live, 10U);
    return static_cast<std::int64_t>(run.cells.at(0).latency.sum());
  };
  // The k-th push is done after k pieces of work, and then on a line of 20 Mbit/s; on the card it
  // has left k frames after the first push.
  std::int64_t farther = 0;
  const std::int64_t card = frame_bytes() * 1000, line = frame_bytes() * 400;
  for (std::int64_t k = 1; k <= 10; ++k) farther += k * card - ((k - 1) * kPushNs + line);

  EXPECT_EQ(latencies(R"(, "client_bandwidth": "8Mbit/s")") - latencies(""), farther);
  EXPECT_EQ(latencies(R"(, "client_bandwidth": "none")"), latencies(""));
}

// 4 KiB and the kernel's 16 hold so many frames of one connection; the rest of 30 is too much.
TEST(ClientCard, fills_the_queue_of_a_connection) {
  const Scenario scenario =
      loaded(room(R"(, "client_bandwidth": "8kbit/s")",
                  R"(, "egress_queue": {"limit": "4KiB", "on_full": "drop_newest"})",
                  R"("to": "user:c1", "repeat": 30, "every": "1us")"));

  const RunRecord run = play(scenario, strategy("session_share"), 1);

  EXPECT_TRUE(complete(run));
  const auto fit = static_cast<std::uint64_t>((4096 + kSendBuffer) / frame_bytes());
  EXPECT_EQ(totals(run).owed, 30U);
  EXPECT_EQ(lost_by(run, Mechanism::egress_queue_dropped), 30 - fit);
}

TEST(ClientCard, of_a_process_that_died_is_free_for_the_next_one) {
  const auto last_latency = [](const std::string& crash) {
    std::string text =
        room(R"(, "client_bandwidth": "80kbit/s")", R"(, "egress_queue": {"limit": "none"})",
             R"("to": "room:r", "repeat": 20, "every": "1ms")");
    text.resize(text.size() - 2);
    text += crash + R"json(, {"at": "20s", "do": "send", "by": "ann", "to": "user:c1"}],
      "client": {"backoff": {"kind": "fixed", "first": "1s"}}})json";
    const RunRecord run = play(loaded(text), strategy("session_share"), 1);
    EXPECT_TRUE(complete(run));
    return value("latency.obliged.p50", run, {});
  };

  EXPECT_LT(last_latency(R"json(, {"at": "8s", "do": "crash", "on": "n1", "for": "1s"})json"),
            last_latency(""));
}

// n1 is served first, then n2, then n3, where Bob is: his copy has left after three.
TEST(BrokerCard, sends_the_copies_one_after_another) {
  const auto run_of = [](const std::string& net) {
    return play(loaded(R"json({"squall": 1, "name": "card", "why": "one card",
      "time": {"warmup": "10s", "measure": "10s", "drain": "20s"},
      "cluster": {"nodes": {"count": 3}, "net": {"client_node": "20ms")json" +
                       net + R"json(}},
      "clients": {"ann": {"on": "n1"}, "bob": {"on": "n3"}},
      "script": [{"at": "5s", "do": "send", "by": "ann", "to": "user:bob",
                  "size": "1000B"}]})json"),
                strategy("broadcast"), 1);
  };
  const RunRecord slow = run_of(R"(, "broker_bandwidth": "8Mbit/s")"), quick = run_of("");
  const Bytes copy = wire::resp_message({kSize + wire::kEnvelope, kTopic}).total();

  EXPECT_TRUE(complete(slow));
  EXPECT_EQ(slow.cells.at(0).live, 1U);
  EXPECT_EQ(static_cast<std::int64_t>(slow.cells.at(0).latency.sum()) -
                static_cast<std::int64_t>(quick.cells.at(0).latency.sum()),
            3 * copy * 1000);
}

}  // namespace
}  // namespace squall::testing
