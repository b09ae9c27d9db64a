// Bytes on the wire: the framing constants of the protocols, counted by hand.
//
// Also the words of sim/record: links, purposes, stages, and what makes a record complete.
#include "sim/record/wire.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "sim/record/acknowledgements.hpp"
#include "sim/record/run_record.hpp"
#include "tests/support/inside.hpp"

namespace squall {
namespace {

using wire::Tls;

TEST(Wire, AHundredByteChatLineCosts176BytesAboveEthernet) {
  const WireCost cost = wire::websocket(100, false, Tls::on);

  EXPECT_EQ(cost.payload, 100);
  EXPECT_EQ(cost.framing, 2);
  EXPECT_EQ(cost.transport, 22 + 52);
  EXPECT_EQ(cost.total(), 176);
}

TEST(Wire, TheWebSocketHeaderGrowsAt126AndAt65536) {
  EXPECT_EQ(wire::websocket(0, false, Tls::on).framing, 2);
  EXPECT_EQ(wire::websocket(125, false, Tls::on).framing, 2);
  EXPECT_EQ(wire::websocket(126, false, Tls::on).framing, 4);
  EXPECT_EQ(wire::websocket(65535, false, Tls::on).framing, 4);
  EXPECT_EQ(wire::websocket(65536, false, Tls::on).framing, 10);
}

TEST(Wire, OnlyClientsMask) {
  EXPECT_EQ(wire::websocket(0, true, Tls::on).framing, 6);
  EXPECT_EQ(wire::websocket(200, true, Tls::on).framing,
            wire::websocket(200, false, Tls::on).framing + 4);
}

TEST(Wire, TlsAddsTwentyTwoBytesPerRecord) {
  const auto tls_bytes = [](Bytes payload) {
    return wire::websocket_stream(payload, false, Tls::on) -
           wire::websocket_stream(payload, false, Tls::off);
  };

  EXPECT_EQ(tls_bytes(100), 22);
  EXPECT_EQ(tls_bytes(16384 - 4), 22);
  EXPECT_EQ(tls_bytes(16384 - 3), 44);
}

TEST(Wire, SegmentsAreFilledUpTo1448Bytes) {
  const Bytes header = 4;

  EXPECT_EQ(wire::segments(0), 1);
  EXPECT_EQ(wire::segments(1448), 1);
  EXPECT_EQ(wire::segments(1449), 2);
  EXPECT_EQ(wire::websocket(1448 - header, false, Tls::off).transport, 52);
  EXPECT_EQ(wire::websocket(1449 - header, false, Tls::off).transport, 104);
}

TEST(Wire, OneAcknowledgementPerTwoSegments) {
  EXPECT_EQ(wire::ack_bytes(1), 52);
  EXPECT_EQ(wire::ack_bytes(2), 52);
  EXPECT_EQ(wire::ack_bytes(3), 104);
  EXPECT_EQ(wire::websocket(100, false, Tls::on).segments, 1);
  EXPECT_EQ(wire::acks(wire::websocket(4000, false, Tls::on).segments), 2);
}

TEST(Wire, APeerFrameIsMaskedAndNotEncryptedAndHasTheEnvelopeOfABrokersCopy) {
  const WireCost cost = wire::peer_frame(200);

  EXPECT_EQ(cost.payload, 200 + 24);
  EXPECT_EQ(cost.framing, 8);
  EXPECT_EQ(cost.transport, 52);
  EXPECT_EQ(cost.total(), 284);
  EXPECT_EQ(wire::peer_frame(0).payload, wire::kEnvelope);
}

TEST(Wire, PlainFramesHaveNoTlsRecord) {
  EXPECT_EQ(wire::websocket(128, true, Tls::off).transport, 52);
  EXPECT_EQ(wire::websocket(128, true, Tls::on).transport, 52 + 22);
}

TEST(Wire, APartOfAFrameIsItsFirstBytesAndAddsUp) {
  const WireCost whole = wire::websocket(6'000'000, false, Tls::on);

  for (const Bytes bytes : {1L, 9L, 1500L, 3'000'000L, whole.total() - 1}) {
    const WireCost part = wire::part(whole, bytes);
    EXPECT_EQ(part.total(), bytes);
    EXPECT_LE(part.framing, whole.framing);
    EXPECT_GE(part.payload, 0);
  }
  EXPECT_EQ(wire::part(whole, 0).total(), 0);
  EXPECT_EQ(wire::part(whole, whole.total() + 1).total(), whole.total());
}

// ---- who acknowledges when ---------------------------------------------------------------------

constexpr Time at_ms(std::int64_t ms) { return Time{ms * 1'000'000}; }

TEST(AckingEnd, WhoOnlyListensAcknowledgesEveryFlightAtOnce) {
  AckingEnd end;

  EXPECT_EQ(end.received(at_ms(0), 1), 1);
  EXPECT_EQ(end.received(at_ms(1), 1), 1);
  EXPECT_EQ(end.received(at_ms(2), 5), 3);
}

TEST(AckingEnd, WhoAnswersLetsTheAcknowledgementRide) {
  AckingEnd end;
  Bytes bare = end.received(at_ms(0), 1) + end.sent(at_ms(1));  // from here on it is interactive
  EXPECT_EQ(bare, 1);

  for (std::int64_t ms = 100; ms < 200; ms += 10) {
    bare += end.received(at_ms(ms), 1) + end.sent(at_ms(ms + 5));
  }

  EXPECT_EQ(bare, 1);
}

TEST(AckingEnd, AnAcknowledgementThatWaitedFortyMillisecondsInVainGoesAlone) {
  AckingEnd end;
  EXPECT_EQ(end.received(at_ms(0), 1) + end.sent(at_ms(1)), 1);

  EXPECT_EQ(end.received(at_ms(100), 1), 0);
  EXPECT_EQ(end.received(at_ms(141), 1), 2);  // the one that waited; and it waits no more
  EXPECT_EQ(end.received(at_ms(142), 1), 1);
}

TEST(AckingEnd, TheSecondSegmentDoesNotWait) {
  AckingEnd end;
  EXPECT_EQ(end.received(at_ms(0), 1) + end.sent(at_ms(1)), 1);

  EXPECT_EQ(end.received(at_ms(100), 1), 0);
  EXPECT_EQ(end.received(at_ms(110), 1), 1);  // one for both
}

TEST(AckingEnd, HowSoonAnAnswerMustComeFollowsThePaceOfWhatComes) {
  AckingEnd slow;
  EXPECT_EQ(slow.received(at_ms(0), 1) + slow.sent(at_ms(45)), 1);  // 40 ms at first: too late
  EXPECT_EQ(slow.received(at_ms(500), 1), 1);

  AckingEnd paced;
  EXPECT_EQ(paced.received(at_ms(0), 1) + paced.received(at_ms(30), 1), 2);
  EXPECT_EQ(paced.sent(at_ms(75)), 0);  // 40 / 2 + 30 by now: soon enough
  EXPECT_EQ(paced.received(at_ms(500), 1), 0);
}

std::string bulk(const std::string& body) {
  return "$" + std::to_string(body.size()) + "\r\n" + body + "\r\n";
}

TEST(Wire, RespPublishIsTheEncodedLength) {
  for (const std::size_t payload : {0U, 9U, 10U, 128U, 1000U, 100000U}) {
    for (const std::size_t topic : {1U, 20U, 120U}) {
      const std::string encoded = "*3\r\n" + bulk("PUBLISH") + bulk(std::string(topic, 't')) +
                                  bulk(std::string(payload, 'p'));

      const WireCost cost = wire::resp_publish(
          {.payload = static_cast<Bytes>(payload), .topic = static_cast<Bytes>(topic)});

      EXPECT_EQ(cost.payload + cost.framing, static_cast<Bytes>(encoded.size()));
      EXPECT_EQ(cost.transport, wire::segments(static_cast<Bytes>(encoded.size())) * 52);
    }
  }
}

TEST(Wire, RespDeliveryPutsFiftyTwoBytesAroundAThreeDigitPayload) {
  EXPECT_EQ(wire::resp_message({.payload = 100, .topic = 20}).framing, 52);
}

TEST(Wire, RespCommandIsTheEncodedLength) {
  const std::string set = "*3\r\n" + bulk("SET") + bulk("route:12345678") + bulk("n12");
  const std::string get = "*2\r\n" + bulk("GET") + bulk("route:12345678");

  const WireCost set_cost = wire::resp_command({.verb = 3, .keys = 1, .key = 14, .value = 3});
  const WireCost get_cost = wire::resp_command({.verb = 3, .keys = 1, .key = 14});

  EXPECT_EQ(set_cost.payload + set_cost.framing, static_cast<Bytes>(set.size()));
  EXPECT_EQ(get_cost.payload + get_cost.framing, static_cast<Bytes>(get.size()));
}

TEST(Wire, RespCommandsOfManyWordsAreTheEncodedLength) {
  const std::string lease = "*5\r\n" + bulk("SET") + bulk("route:12345678") + bulk("n12") +
                            bulk("PX") + bulk("60000");
  const std::string many = "*12\r\n" + bulk("MGET") + [] {
    std::string keys;
    for (int i = 0; i < 11; ++i) keys += bulk("route:12345678");
    return keys;
  }();

  const WireCost lease_cost = wire::resp_command(
      {.verb = 3, .keys = 1, .key = 14, .value = 3, .option = 2, .words = 5});
  const WireCost many_cost = wire::resp_command({.verb = 4, .keys = 11, .key = 14});

  EXPECT_EQ(lease_cost.payload + lease_cost.framing, static_cast<Bytes>(lease.size()));
  EXPECT_EQ(many_cost.payload + many_cost.framing, static_cast<Bytes>(many.size()));
}

TEST(Wire, RespRepliesAreTheEncodedLength) {
  const std::string values = "*3\r\n" + bulk("n12") + "$-1\r\n" + bulk("n12");
  const std::string subscribed = "*3\r\n" + bulk("subscribe") + bulk("squall:global") + ":1\r\n";
  const auto length = [](const WireCost& cost) { return cost.payload + cost.framing; };

  EXPECT_EQ(length(wire::resp_values({.found = 2, .absent = 1, .value = 3})),
            static_cast<Bytes>(values.size()));
  EXPECT_EQ(length(wire::resp_ok()), static_cast<Bytes>(std::string_view("+OK\r\n").size()));
  EXPECT_EQ(length(wire::resp_integer(12)), static_cast<Bytes>(std::string_view(":12\r\n").size()));
  EXPECT_EQ(length(wire::resp_subscribed(13)), static_cast<Bytes>(subscribed.size()));
}

TEST(Wire, AHandshakeWithCertificatesIsFourToSevenKilobytes) {
  const wire::HandshakeCost secure = wire::handshake(Tls::on);
  const wire::HandshakeCost plain = wire::handshake(Tls::off);

  EXPECT_GE(secure.up + secure.down, 4000);
  EXPECT_LE(secure.up + secure.down, 7000);
  EXPECT_EQ(plain.up, 60 + 52 + 450 + 52 + 52);
  EXPECT_EQ(plain.down, 60 + 180 + 52 + 52);
}

TEST(Bytes, LinksAndPurposesHaveUniqueNames) {
  std::set<std::string_view> names;

  for (std::size_t i = 0; i < kLinks; ++i) names.insert(name(static_cast<Link>(i)));
  for (std::size_t i = 0; i < kBytePurposes; ++i) names.insert(name(static_cast<BytePurpose>(i)));

  EXPECT_EQ(names.size(), kLinks + kBytePurposes);
  EXPECT_EQ(name(Link::node_to_node), "node_to_node");
  EXPECT_EQ(name(BytePurpose::payload_relayed), "payload_relayed");
  EXPECT_EQ(name(BytePurpose::transport), "transport");
}

TEST(Bytes, AcknowledgementsGoTheOtherWay) {
  for (std::size_t i = 0; i < kLinks; ++i) {
    const auto link = static_cast<Link>(i);
    EXPECT_EQ(reverse(reverse(link)), link);
    EXPECT_EQ(reverse(link) == link,
              link == Link::node_to_node || link == Link::broker_to_broker);
  }
}

TEST(RunRecord, StagesAreNamedInPathOrder) {
  EXPECT_EQ(name(Stage::client_wait), "client_wait");
  EXPECT_EQ(name(Stage::ingress_cpu), "ingress_cpu");
  EXPECT_EQ(name(Stage::downlink), "downlink");
}

TEST(RunRecord, IsCompleteUntilSomethingIsUnaccountedFor) {
  RunRecord clean;
  clean.cells.push_back({});
  LossRow lost;
  lost.mechanism = Mechanism::reconnect_gap;
  lost.pairs = testing::counted(3);
  clean.losses.push_back(lost);
  RunRecord unresolved = clean;
  RunRecord unattributed = clean;
  RunRecord violated = clean;

  unresolved.cells[0].unresolved = testing::counted(1);
  lost.mechanism = Mechanism::unattributed;
  unattributed.losses.push_back(lost);
  violated.violations.push_back({"pairs", "1 = 2"});

  EXPECT_TRUE(complete(clean));
  EXPECT_FALSE(complete(unresolved));
  EXPECT_FALSE(complete(unattributed));
  EXPECT_FALSE(complete(violated));
}

}  // namespace
}  // namespace squall
