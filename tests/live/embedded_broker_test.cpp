// The embedded broker answers as Redis does: whole conversations are held with both, and what only
// it promises (limits, crash, refusals) is looked at alone. Links to it: tests/contract.
#include "sim/live/resp/embedded_broker.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/live/links/registry_link_script.hpp"
#include "sim/live/servers/spawned_server.hpp"
#include "tests/support/resp_asker.hpp"

namespace squall::testing {
namespace {

using live::EmbeddedBroker;

std::string commands(const std::vector<std::vector<std::string_view>>& all) {
  std::string bytes;
  for (const auto& words : all) live::write_command(bytes, words);
  return bytes;
}

class EmbeddedBrokerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    ASSERT_TRUE(broker_.start(error)) << error;
  }

  RespAsker& connect() {
    return *askers_.emplace_back(std::make_unique<RespAsker>(loop_, "127.0.0.1", broker_.port()));
  }

  EmbeddedBroker broker_{{.output_hard = 1 << 20, .output_soft = 0}};
  LiveLoop loop_;
  std::vector<std::unique_ptr<RespAsker>> askers_;
};

// What the links say to a broker, and what people try by hand. Ids of entries are never the same
// twice, so they are left out here.
std::vector<std::vector<std::string_view>> conversation() {
  return {{"PING"},
          {"PING", "hello"},
          {"SET", "a", "1"},
          {"SET", "b", "2", "PX", "600000"},
          {"SET", "b", "3", "EX", "600"},
          {"SET", "b", "3", "EX", "0"},
          {"SET", "b", "3", "EX", "x"},
          {"SET", "b", "3", "XX", "1"},
          {"GET", "a"},
          {"get", "missing"},
          {"GET"},
          {"MGET", "a", "missing", "b"},
          {"DBSIZE"},
          {"DEL", "a", "missing"},
          {"DBSIZE"},
          {"EVAL", live::kSetIfNewerScript, "1", "r", "4", "10", "60000"},
          {"EVAL", live::kSetIfNewerScript, "1", "r", "5", "9", "60000"},
          {"EVAL", live::kSetIfNewerScript, "1", "r", "5", "18446744073709551615", "60000"},
          {"EVAL", live::kSetIfNewerScript, "1", "r", "6", "18446744073709551614", "60000"},
          {"GET", "r"},
          {"SET", "odd", ""},
          {"EVAL", live::kSetIfNewerScript, "1", "odd", "6", "1", "60000"},
          {"GET", "odd"},
          {"EVAL", live::kSetIfNewerScript, "1", "r", "5", "18446744073709551615", "60000"},
          {"EVAL", live::kDeleteIfMineScript, "1", "r", "50"},
          {"EVAL", live::kDeleteIfMineScript, "1", "odd", "6"},
          {"EVAL", live::kDeleteIfMineScript, "1", "r", "5"},
          {"EVAL", live::kDeleteIfMineScript, "1", "r", "5"},
          {"PUBLISH", "nobody", "hears this"},
          {"XLEN", "stream"},
          {"XREAD", "COUNT", "5", "STREAMS", "stream", "0"},
          {"XREVRANGE", "stream", "+", "-", "COUNT", "1"},
          {"XREAD", "STREAMS", "stream", "nonsense"},
          {"FLUSHALL"},
          {"DBSIZE"},
          {"SUBSCRIBE", "one", "two", "one"},
          {"PING"},
          {"UNSUBSCRIBE", "two"},
          {"UNSUBSCRIBE"},
          {"UNSUBSCRIBE"},
          {"SSUBSCRIBE", "shard"},
          {"SUNSUBSCRIBE"},
          {"QUIT"}};
}

TEST_F(EmbeddedBrokerTest, AnswersAConversationAsRedisDoes) {
  std::string error;
  const auto redis = live::spawn_server("redis", error);
  if (redis == nullptr) GTEST_SKIP() << error;
  RespAsker real(loop_, "127.0.0.1", redis->port());
  RespAsker& ours = connect();

  for (const auto& words : conversation()) {
    const std::size_t answers = std::max<std::size_t>(
        1, words[0].find("SUBSCRIBE") != words[0].npos ? words.size() - 1 : 1);
    EXPECT_EQ(ours.exchange(commands({words}), answers), real.exchange(commands({words}), answers))
        << words[0];
  }
  EXPECT_TRUE(ours.ended());
}

TEST_F(EmbeddedBrokerTest, SaysWhatItDoesNotKnow) {
  RespAsker& asker = connect();

  EXPECT_EQ(asker.ask({"HGETALL", "x"}), "-ERR unknown command 'HGETALL'\r\n");
  EXPECT_TRUE(asker.ask({"EVAL", "return 1", "0"}).starts_with("-ERR only the compare-and-set"));
  EXPECT_EQ(asker.ask({"PING"}), "+PONG\r\n");
}

TEST_F(EmbeddedBrokerTest, EndsAConnectionThatSpeaksSomethingElse) {
  RespAsker& asker = connect();

  const std::string answer = asker.exchange("GET / HTTP/1.1\r\n\r\n", 1);

  EXPECT_EQ(answer, "-ERR Protocol error: unknown type of value\r\n");
  EXPECT_TRUE(asker.ended());
}

TEST_F(EmbeddedBrokerTest, IsFoundByTheNameOfThisMachineToo) {
  RespAsker asker(loop_, "localhost", broker_.port());

  EXPECT_EQ(asker.ask({"PING"}), "+PONG\r\n");
}

TEST_F(EmbeddedBrokerTest, PublishAnswersHowManyHearIt) {
  RespAsker& first = connect();
  RespAsker& second = connect();
  RespAsker& publisher = connect();
  first.ask({"SUBSCRIBE", "t"});
  second.ask({"SUBSCRIBE", "t"});

  EXPECT_EQ(publisher.ask({"PUBLISH", "t", "x"}), ":2\r\n");
  EXPECT_EQ(publisher.ask({"SPUBLISH", "t", "x"}), ":0\r\n");
}

TEST_F(EmbeddedBrokerTest, ASubscriberMayOnlySubscribePingAndQuit) {
  RespAsker& asker = connect();
  asker.ask({"SUBSCRIBE", "t"});

  EXPECT_EQ(asker.ask({"PING"}), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  EXPECT_TRUE(asker.ask({"GET", "x"}).starts_with("-ERR Can't execute 'get'"));
}

TEST_F(EmbeddedBrokerTest, AStreamKeepsItsYoungestEntriesInOrder) {
  RespAsker& asker = connect();
  for (const std::string_view value : {"1", "2", "3", "4"}) {
    asker.ask({"XADD", "s", "MAXLEN", "~", "3", "*", "p", value});
  }

  const std::string all = asker.ask({"XREAD", "COUNT", "10", "STREAMS", "s", "0"});

  EXPECT_EQ(asker.ask({"XLEN", "s"}), ":3\r\n");
  EXPECT_EQ(all.find("$1\r\n1\r\n"), all.npos);
  EXPECT_LT(all.find("$1\r\n2\r\n"), all.find("$1\r\n3\r\n"));
  EXPECT_LT(all.find("$1\r\n3\r\n"), all.find("$1\r\n4\r\n"));
}

TEST_F(EmbeddedBrokerTest, ABlockedReaderIsAnsweredByTheNextEntryOrAtItsTime) {
  RespAsker& reader = connect();
  RespAsker& writer = connect();

  EXPECT_EQ(reader.ask({"XREAD", "BLOCK", "5", "STREAMS", "s", "$"}), "$-1\r\n");  // nil
  // PING stands behind the wait: the answers come in order.
  reader.say(commands({{"XREAD", "BLOCK", "0", "STREAMS", "s", "$"}, {"PING"}}));
  while (writer.ask({"INFO"}).find("blocked_clients:1") == std::string::npos) {
  }
  writer.ask({"XADD", "s", "*", "p", "news"});
  const std::string answer = reader.hear(2);

  EXPECT_NE(answer.find("news"), answer.npos);
  EXPECT_TRUE(answer.ends_with("+PONG\r\n"));
}

TEST_F(EmbeddedBrokerTest, AReaderOverTheHardLimitIsCutAndOnlyIt) {
  RespAsker& slow = connect();
  RespAsker& healthy = connect();
  RespAsker& publisher = connect();
  slow.ask({"SUBSCRIBE", "t"});
  healthy.ask({"SUBSCRIBE", "t"});
  loop_.on_loop([&] { slow.connection().pause(true); });
  const std::string block(64 * 1024, 'x');

  // The kernel holds some megabytes; then the broker's buffer fills.
  std::string receivers = ":2\r\n";
  for (int i = 0; i < 1000 && receivers == ":2\r\n"; ++i) {
    receivers = publisher.ask({"PUBLISH", "t", block});
    ASSERT_FALSE(healthy.hear(1).empty());
  }

  EXPECT_EQ(receivers, ":1\r\n");
  loop_.on_loop([&] { slow.connection().pause(false); });
  EXPECT_TRUE(slow.ended());
}

// With him goes a topic that nobody else hears, while what was said on it waits to be handed out.
TEST_F(EmbeddedBrokerTest, AReaderThatIsCutTakesHisTopicsAlong) {
  RespAsker& slow = connect();
  RespAsker& healthy = connect();
  RespAsker& publisher = connect();
  slow.ask({"SUBSCRIBE", "shared"});
  slow.ask({"SUBSCRIBE", "alone"});
  healthy.ask({"SUBSCRIBE", "shared"});
  loop_.on_loop([&] { slow.connection().pause(true); });
  const std::string block(8 * 1024, 'x');
  const std::string both = commands({{"PUBLISH", "shared", block}, {"PUBLISH", "alone", block}});

  std::string receivers = ":2\r\n:1\r\n";
  for (int i = 0; i < 4000 && receivers == ":2\r\n:1\r\n"; ++i) {
    receivers = publisher.exchange(both, 2);
    ASSERT_FALSE(healthy.hear(1).empty());
  }

  EXPECT_EQ(receivers, ":1\r\n:0\r\n");
  EXPECT_EQ(publisher.ask({"PUBLISH", "alone", "?"}), ":0\r\n");
  loop_.on_loop([&] { slow.connection().pause(false); });
  EXPECT_TRUE(slow.ended());
}

TEST_F(EmbeddedBrokerTest, AReaderOverTheSoftLimitIsCutWhenItsTimeIsOver) {
  RespAsker& slow = connect();
  RespAsker& publisher = connect();
  slow.ask({"SUBSCRIBE", "t"});
  EXPECT_EQ(publisher.ask({"CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 100000 0"}),
            "+OK\r\n");
  loop_.on_loop([&] { slow.connection().pause(true); });
  const std::string block(64 * 1024, 'x');

  std::string receivers = ":1\r\n";
  for (int i = 0; i < 1000 && receivers == ":1\r\n"; ++i) {
    receivers = publisher.ask({"PUBLISH", "t", block});
  }

  EXPECT_EQ(receivers, ":0\r\n");
  EXPECT_NE(
      publisher.ask({"CONFIG", "GET", "client-output-buffer-limit"}).find("pubsub 0 100000 0"),
      std::string::npos);
}

TEST_F(EmbeddedBrokerTest, ACrashResetsEverybodyAndLosesEverything) {
  RespAsker& before = connect();
  before.ask({"SET", "key", "value"});
  before.ask({"XADD", "s", "*", "p", "x"});
  const std::uint16_t port = broker_.port();

  broker_.crash();
  EXPECT_TRUE(before.ended());
  std::string error;
  ASSERT_TRUE(broker_.start_again(error)) << error;
  RespAsker& after = connect();

  EXPECT_EQ(broker_.port(), port);
  EXPECT_EQ(after.ask({"DBSIZE"}), ":0\r\n");
}

TEST(EmbeddedBroker, SeveralServeSideBySide) {
  LiveLoop loop;
  EmbeddedBroker first({}), second({});
  std::string error;
  ASSERT_TRUE(first.start(error)) << error;
  ASSERT_TRUE(second.start(error)) << error;
  RespAsker asks_first(loop, "127.0.0.1", first.port());
  RespAsker asks_second(loop, "127.0.0.1", second.port());

  asks_first.ask({"SET", "key", "value"});

  EXPECT_NE(first.port(), second.port());
  EXPECT_EQ(asks_second.ask({"GET", "key"}), "$-1\r\n");
}

}  // namespace
}  // namespace squall::testing
