// The bytes that a live run books on the links of the broker are those that Redis itself counted.
// A real redis-server; without one the test is skipped, aloud.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

#include "sim/live/run/engine.hpp"
#include "sim/live/servers/spawned_server.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

// One INFO over a connection of our own, which adds some hundred bytes.
std::string info_of(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  const std::string question = "INFO stats\r\nQUIT\r\n";
  EXPECT_EQ(::send(descriptor, question.data(), question.size(), 0),
            static_cast<ssize_t>(question.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::recv(descriptor, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(descriptor);
  return answer;
}

double counter(const std::string& info, const std::string& name) {
  const std::size_t at = info.find(name + ":");
  EXPECT_NE(at, info.npos) << name;
  std::int64_t value = 0;
  const char* const digits = info.data() + at + name.size() + 1;
  std::from_chars(digits, info.data() + info.size(), value);
  return static_cast<double>(value);
}

// Without the headers of TCP, which Redis does not see.
double booked(const RunRecord& run, Link link) {
  const LinkBytes& bytes = run.bytes[static_cast<std::size_t>(link)];
  double sum = 0;
  for (std::size_t purpose = 0; purpose < kBytePurposes; ++purpose) {
    if (purpose >= static_cast<std::size_t>(BytePurpose::transport)) continue;
    sum += static_cast<double>(bytes.sent[purpose]);
  }
  return sum;
}

TEST(RedisBytes, AgreeWithTheCountersOfTheServerWithinTwoPercent) {
  std::string error;
  const auto server = live::spawn_server("redis", error);
  if (server == nullptr) GTEST_SKIP() << "SKIPPED: " << error;
  // Totals from start to end: whatever is said is said long after the window has begun and long
  // before it ends, so that no clock of a busy machine can cut anything off.
  const Scenario scenario = loaded(R"json({
    "squall": 1, "name": "bytes", "why": "Bytes of a broker.",
    "time": {"warmup": "500ms", "measure": "7s", "drain": "500ms", "deadline": "1s"},
    "cluster": {"nodes": {"count": 4}},
    "clients": {"a": {"on": "n1", "rooms": ["r"]}, "b": {"on": "n2", "rooms": ["r"]},
                "c": {"on": "n3", "rooms": ["r"]}},
    "script": [{"at": "2s", "do": "send", "by": "a", "to": "room:r", "size": "128B",
                "repeat": 600, "every": "2ms"},
               {"at": "2s", "do": "send", "by": "b", "to": "room:r", "size": "1000B",
                "repeat": 200, "every": "6ms"}]})json");
  live::LiveOptions options;
  options.broker = server->url();

  const std::string before = info_of(server->port());
  const RunRecord run = live::play(scenario, strategy("broadcast"), 1, options);
  const std::string after = info_of(server->port());

  const double input =
      counter(after, "total_net_input_bytes") - counter(before, "total_net_input_bytes");
  const double output =
      counter(after, "total_net_output_bytes") - counter(before, "total_net_output_bytes");
  EXPECT_GT(input, 100'000);
  // What INFO itself and the subscriptions before the window took is about a kilobyte.
  EXPECT_NEAR(booked(run, Link::node_to_broker) / input, 1.0, 0.02);
  EXPECT_NEAR(booked(run, Link::broker_to_node) / output, 1.0, 0.02);
}

}  // namespace
}  // namespace squall::testing
