// nginx's hashing, point for point: the vectors were recorded from a running nginx 1.22.1.
//
// The other policies and the failure rules are in placement_policies_test.cpp.
#include "strategies/core/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "strategies/placement/crc32.hpp"
#include "strategies/placement/nginx_ring.hpp"
#include "tests/support/picker.hpp"

namespace squall {
namespace {

using testing::backends_of;
using testing::Picker;

struct KeyVector {
  std::string key;
  std::uint32_t crc;
  std::size_t entry;                 // sorted index of the ring's first point
  std::array<std::size_t, 3> order;  // servers 1..3 as they are met
  std::array<std::size_t, 3> steps;  // points walked to each
  std::size_t plain;                 // server of plain `hash`
};

const std::vector<KeyVector>& key_vectors() {
  static const std::vector<KeyVector> vectors{
      {"m1", 0xc054072f, 359, {2, 3, 1}, {0, 1, 2}, 2},
      {"m2", 0x595d5695, 169, {2, 1, 3}, {0, 1, 2}, 3},
      {"m3", 0x2e5a6603, 84, {2, 1, 3}, {0, 4, 9}, 2},
      {"room-42", 0x8e7f1b75, 268, {1, 3, 2}, {0, 1, 3}, 1},
      {"meeting-123", 0xdb74ff04, 407, {3, 2, 1}, {0, 2, 5}, 1},
      {"alpha", 0xd0e0396a, 389, {1, 2, 3}, {0, 1, 6}, 2},
      {"1", 0x83dcefb7, 248, {1, 3, 2}, {0, 1, 5}, 2},
      {"100", 0x237750ea, 62, {3, 1, 2}, {0, 1, 2}, 2},
  };
  return vectors;
}

TEST(Crc32, IsTheCrcOfZlib) {
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  for (const KeyVector& vector : key_vectors()) EXPECT_EQ(crc32(vector.key), vector.crc);
}

TEST(NginxRing, PointsOfAServerAreAChainOfCrcs) {
  struct ChainVector {
    std::string server;
    std::array<std::uint32_t, 4> first;
    std::uint32_t last;
  };
  const std::vector<ChainVector> vectors{
      {"10.0.0.1:8080", {0xf1ea5a8f, 0x4bd08e68, 0x84e5eeee, 0xadead1be}, 0x817bdb9b},
      {"10.0.0.2:8080", {0x1adde18c, 0xdc8610b0, 0xf935ad54, 0xe9423f44}, 0xd3812dc6},
      {"10.0.0.3:8080", {0xf51f8ab2, 0xae4b9af8, 0x64aa91fd, 0x63f5672d}, 0xe228800d},
      {"backend1", {0x5157ccd2, 0xac297815, 0xf75422bf, 0xd281ff7f}, 0xd8a8c1df},
      {"unix:/run/a.sock", {0xf38eed1d, 0x717337cf, 0xdf948bc7, 0xf6354f98}, 0xae069ecf},
  };

  for (const ChainVector& vector : vectors) {
    const auto chain = NginxRing::chain(vector.server, 160);
    EXPECT_TRUE(std::equal(vector.first.begin(), vector.first.end(), chain.begin()))
        << vector.server;
    EXPECT_EQ(chain.back(), vector.last) << vector.server;
  }
}

TEST(NginxRing, OnlyDigitsBehindAColonAreAPort) {
  const auto first_point = [](std::string_view server) {
    return NginxRing::chain(server, 1).front();
  };
  // CRC of host, a zero byte, port and four zero bytes.
  const auto hashed = [](std::string bytes) { return crc32(bytes.append(4, '\0')); };
  using namespace std::string_literals;

  EXPECT_EQ(first_point("a:80"), hashed("a\0"s + "80"));
  EXPECT_EQ(first_point("a:"), hashed("a\0"s));
  EXPECT_EQ(first_point("a:x80"), hashed("a:x80\0"s));
  EXPECT_EQ(first_point("80"), hashed("80\0"s));
  EXPECT_EQ(first_point("[::1]:80"), hashed("[::1]\0"s + "80"));
  EXPECT_EQ(first_point("UNIX:/run/b:80"), hashed("/run/b:80\0"s));
}

TEST(NginxRing, ThreeServersMake480SortedPoints) {
  const NginxRing ring(backends_of(3));
  const auto points = ring.points();
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> start{
      {0x0109dc03, 3}, {0x01154263, 1}, {0x0158e054, 3}, {0x029b5d5a, 2}, {0x02b5b22f, 2}};

  ASSERT_EQ(points.size(), 480U);
  for (std::size_t i = 0; i < start.size(); ++i) {
    EXPECT_EQ(points[i].hash, start[i].first);
    EXPECT_EQ(points[i].server + 1, start[i].second);
  }
  EXPECT_EQ(points.back().hash, 0xff77e0d0U);
  EXPECT_EQ(points.back().server + 1, 3U);
}

TEST(NginxRing, AKeyEntersAtTheRecordedPoint) {
  const NginxRing ring(backends_of(3));

  for (const KeyVector& vector : key_vectors()) {
    EXPECT_EQ(ring.entry(vector.key), vector.entry) << vector.key;
  }
}

TEST(NginxRing, WeightMultipliesThePointsAndEqualTextsShareThem) {
  EXPECT_EQ(NginxRing(std::vector<Backend>{{"a:1", 3}}).points().size(), 480U);
  EXPECT_EQ(NginxRing(std::vector<Backend>{{"a:1"}, {"a:1"}}).points().size(), 160U);
  EXPECT_EQ(NginxRing(std::vector<Backend>{{"a:1"}, {"a:1"}}).servers().size(), 1U);
}

TEST(NginxConsistent, MeetsTheServersInTheRecordedOrder) {
  for (const KeyVector& vector : key_vectors()) {
    Picker picker("nginx_consistent", backends_of(3));
    std::vector<NodeId> tried;

    for (const std::size_t server : vector.order) {
      EXPECT_EQ(picker.pick(vector.key, tried), server) << vector.key;
      tried.push_back(NodeId{static_cast<std::uint16_t>(server - 1)});
    }

    EXPECT_EQ(picker.pick(vector.key, tried), 0U) << vector.key;
  }
}

TEST(NginxRing, WalksTheRecordedNumberOfPoints) {
  const NginxRing ring(backends_of(3));

  for (const KeyVector& vector : key_vectors()) {
    for (std::size_t i = 0; i < 3; ++i) {
      std::size_t steps = 0;
      while (ring.points()[(vector.entry + steps) % 480].server + 1 != vector.order[i]) ++steps;
      EXPECT_EQ(steps, vector.steps[i]) << vector.key;
    }
  }
}

TEST(NginxHash, PicksTheRecordedServer) {
  Picker picker("nginx_hash", backends_of(3));

  for (const KeyVector& vector : key_vectors()) {
    EXPECT_EQ(picker.pick(vector.key), vector.plain) << vector.key;
  }
}

TEST(NginxHash, RehashesWithACounterBeforeTheKey) {
  Picker picker("nginx_hash", backends_of(3));
  const auto part = [](const std::string& text) { return (crc32(text) >> 16) & 0x7fff; };
  std::uint32_t sum = part("room-42");
  ASSERT_EQ(sum % 3, 0U);
  for (int rehash = 1; sum % 3 == 0; ++rehash) sum += part(std::to_string(rehash) + "room-42");

  const std::size_t second = picker.pick("room-42", {NodeId{0}});

  EXPECT_EQ(second, sum % 3 + 1);
}

TEST(NginxHash, WalksTheWeightsInConfigOrder) {
  Picker picker("nginx_hash", {{"a", 2}, {"b", 1}, {"c", 4}});

  for (const KeyVector& vector : key_vectors()) {
    const std::uint32_t position = ((vector.crc >> 16) & 0x7fff) % 7;
    EXPECT_EQ(picker.pick(vector.key), position < 2 ? 1U : position < 3 ? 2U : 3U) << vector.key;
  }
}

TEST(NginxConsistent, AKeyReturnsHomeWhenItsServerDoes) {
  Picker picker("nginx_consistent", backends_of(3));

  picker.view(2).in_rotation = false;
  EXPECT_EQ(picker.pick("m1"), 3U);

  picker.view(2).in_rotation = true;
  EXPECT_EQ(picker.pick("m1"), 2U);
}

TEST(NginxConsistent, AfterTwentyPointsItIsRoundRobin) {
  // One server of 60 is left: most keys are more than 20 points away from one of its own.
  Picker picker("nginx_consistent", backends_of(60));
  const NginxRing ring(backends_of(60));
  std::vector<NodeId> all_but_two;
  for (std::uint16_t node = 2; node < 60; ++node) all_but_two.push_back(NodeId{node});
  std::array<int, 3> far{};

  for (int i = 0; i < 400; ++i) {
    const std::string key = "key-" + std::to_string(i);
    std::size_t steps = 0;
    const auto server = [&] {
      return ring.points()[(ring.entry(key) + steps) % ring.points().size()].server;
    };
    while (steps <= 20 && server() > 1) ++steps;
    const std::size_t picked = picker.pick(key, all_but_two);
    if (steps <= 20) {
      EXPECT_EQ(picked, server() + 1) << key;
    } else {
      ++far.at(picked);
    }
  }

  EXPECT_EQ(far[0], 0);
  EXPECT_GT(far[1] + far[2], 100);
  EXPECT_NEAR(far[1], far[2], 40);  // in turn, disturbed only by the keys that hashed
}

// Servers 2 and 3 of 61 are left. Fresh round robin picks server 2, so a key that hashes to
// server 3 shows which of the two decided. `server_at(key, tries)` says where a try leads.
// 61 is odd: CRC is linear, and modulo an even number the parity of the sum repeats.
template <typename ServerAt>
void expect_the_twenty_first_try_is_the_last(std::string_view policy, ServerAt server_at) {
  std::vector<NodeId> all_but_two{NodeId{0}};
  for (std::uint16_t node = 3; node < 61; ++node) all_but_two.push_back(NodeId{node});
  const auto is_left = [](std::size_t server) { return server == 2 || server == 3; };
  std::array<int, 26> seen{};

  for (int i = 0; i < 10'000; ++i) {
    const std::string key = "key-" + std::to_string(i);
    int tries = 0;
    while (tries < 25 && !is_left(server_at(key, tries))) ++tries;
    if (tries < 19 || tries > 22 || server_at(key, tries) != 3) continue;
    if (seen.at(tries)++ > 0) continue;
    Picker picker(policy, backends_of(61));
    EXPECT_EQ(picker.pick(key, all_but_two), tries <= 20 ? 3U : 2U) << tries << " " << policy;
  }

  EXPECT_GT(seen[20], 0);
  EXPECT_GT(seen[21], 0);
}

TEST(NginxConsistent, LeavesHashingAfterTwentyStepsNotBefore) {
  const NginxRing ring(backends_of(61));

  expect_the_twenty_first_try_is_the_last("nginx_consistent", [&](const auto& key, int tries) {
    const std::size_t point = ring.entry(key) + static_cast<std::size_t>(tries);
    return std::size_t{ring.points()[point % ring.points().size()].server} + 1;
  });
}

TEST(NginxHash, LeavesHashingAfterTwentyRehashesNotBefore) {
  expect_the_twenty_first_try_is_the_last("nginx_hash", [](const std::string& key, int tries) {
    std::uint32_t sum = 0;
    for (int rehash = 0; rehash <= tries; ++rehash) {
      sum += (crc32((rehash == 0 ? "" : std::to_string(rehash)) + key) >> 16) & 0x7fff;
    }
    return std::size_t{sum % 61} + 1;
  });
}

TEST(NginxConsistent, AnEmptyKeyIsRoundRobin) {
  for (const std::string_view policy : {"nginx_consistent", "nginx_hash"}) {
    Picker picker(policy, backends_of(3));

    const std::vector<std::size_t> picks{picker.pick(""), picker.pick(""), picker.pick(""),
                                         picker.pick("")};

    EXPECT_EQ(picks, (std::vector<std::size_t>{1, 2, 3, 1})) << policy;
  }
}

TEST(NginxConsistent, BackendsWithOneTextTakeTurns) {
  Picker picker("nginx_consistent", {{"chat"}, {"chat"}, {"chat"}});

  const std::vector<std::size_t> picks{picker.pick("m1"), picker.pick("m1"), picker.pick("m1")};

  EXPECT_EQ(picks, (std::vector<std::size_t>{1, 2, 3}));
}

// ---- Balance and disruption --------------------------------------------------------------------

struct BalanceVector {
  std::size_t servers;
  double max_over_mean, min_over_mean;
  double moved_consistent, moved_plain, biggest_heir;  // shares, when the last server is removed
};

constexpr int kKeys = 20'000;

std::vector<std::size_t> homes(std::string_view policy, std::size_t servers) {
  Picker picker(policy, backends_of(servers));
  std::vector<std::size_t> result;
  for (int i = 0; i < kKeys; ++i) result.push_back(picker.pick("meeting-" + std::to_string(i * 7)));
  return result;
}

double moved_share(const std::vector<std::size_t>& before, const std::vector<std::size_t>& after) {
  int moved = 0;
  for (int i = 0; i < kKeys; ++i) moved += before[i] != after[i] ? 1 : 0;
  return static_cast<double>(moved) / kKeys;
}

// Each server's part of the circle, in means.
std::vector<double> arcs(std::size_t servers) {
  const NginxRing ring(backends_of(servers));
  std::vector<double> share(servers);
  std::uint32_t last = ring.points().back().hash;
  for (const NginxRing::Point& point : ring.points()) {
    share[point.server] += static_cast<double>(point.hash - last) * 0x1.0p-32 * servers;
    last = point.hash;
  }
  return share;
}

TEST(NginxConsistent, BalanceAndDisruptionAreAsMeasured) {
  const std::vector<BalanceVector> vectors{
      {3, 1.12, 0.93, 0.37, 0.67, 0.56},   {5, 1.08, 0.90, 0.22, 0.80, 0.32},
      {10, 1.11, 0.87, 0.099, 0.90, 0.18}, {20, 1.15, 0.88, 0.049, 0.95, 0.11},
      {32, 1.23, 0.83, 0.026, 0.97, 0.07},
  };

  for (const BalanceVector& vector : vectors) {
    const auto share = arcs(vector.servers);
    EXPECT_NEAR(*std::max_element(share.begin(), share.end()), vector.max_over_mean, 0.03);
    EXPECT_NEAR(*std::min_element(share.begin(), share.end()), vector.min_over_mean, 0.03);

    const auto before = homes("nginx_consistent", vector.servers);
    const auto after = homes("nginx_consistent", vector.servers - 1);
    EXPECT_NEAR(moved_share(before, after), vector.moved_consistent, 0.015);
    EXPECT_NEAR(
        moved_share(homes("nginx_hash", vector.servers), homes("nginx_hash", vector.servers - 1)),
        vector.moved_plain, 0.015);

    std::vector<int> heirs(vector.servers + 1);
    int dead = 0;
    for (int i = 0; i < kKeys; ++i) {
      if (before[i] != vector.servers) continue;
      ++dead;
      ++heirs[after[i]];
    }
    const int biggest = *std::max_element(heirs.begin(), heirs.end());
    EXPECT_NEAR(static_cast<double>(biggest) / dead, vector.biggest_heir, 0.04) << vector.servers;
  }
}

TEST(NginxConsistent, OnlyKeysOfTheRemovedServerMove) {
  const auto before = homes("nginx_consistent", 10);
  const auto after = homes("nginx_consistent", 9);

  for (int i = 0; i < kKeys; ++i) {
    if (before[i] == 10) continue;
    ASSERT_EQ(before[i], after[i]) << i;
  }
}

}  // namespace
}  // namespace squall
