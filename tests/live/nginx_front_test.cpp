// The real nginx against our own placement policies: the same keys on the same nodes, weighted,
// drained and dead. And what passes through it: WebSocket upgrades, reloads, errors.
//
// The nodes are tiny HTTP servers in this process that answer their own name (named_nodes.hpp).
#include "sim/live/servers/nginx_front.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/live/named_nodes.hpp"
#include "tests/live/process_marks.hpp"

namespace squall::live {
namespace {

using namespace std::chrono_literals;
using squall::testing::ask;
using squall::testing::NamedNodes;
using squall::testing::ProcessMarks;
using ::testing::HasSubstr;

constexpr int kIds = 3000;

class NginxFrontTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (find_program("nginx").empty()) GTEST_SKIP() << "SKIPPED: nginx is not installed";
  }

  static std::vector<NginxServer> servers_of(const NamedNodes& nodes,
                                             const std::vector<std::uint32_t>& weights) {
    std::vector<NginxServer> servers;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      servers.push_back({{nodes.address(i), weights[i]}, false});
    }
    return servers;
  }

  // The address of the node that served an id.
  static std::string node_of(const NginxFront& front, const std::string& id) {
    const std::string answer =
        ask(front.port(), "/room?x=1&meeting_id=" + id, "Connection: close\r\n");
    const std::size_t body = answer.find("\r\n\r\n");
    return body == answer.npos ? "no answer" : answer.substr(body + 4);
  }

  // How many of the ids land elsewhere than our policy says, which is asked with these views.
  static int mismatches(const NginxFront& front, std::string_view policy,
                        const std::vector<NginxServer>& servers, std::vector<BackendView> views) {
    std::vector<Backend> backends;
    for (const NginxServer& server : servers) backends.push_back(server.backend);
    const auto placement = placement_named(policy)->make(backends, {});
    int count = 0;
    for (int i = 0; i < kIds; ++i) {
      const std::string id = "meeting-" + std::to_string(i * 7919);
      const auto pick = placement->pick({.now = 0s, .key = id, .draw = 0, .avoid = {}}, views);
      const std::string expected = pick ? backends[index(*pick)].address : "nobody";
      const std::string found = node_of(front, id);
      count += found == expected ? 0 : 1;
      if (found != expected) ADD_FAILURE() << id << ": " << found << ", not " << expected;
    }
    return count;
  }

  static std::vector<BackendView> views_of(const std::vector<NginxServer>& servers) {
    std::vector<BackendView> views(servers.size());
    for (std::size_t i = 0; i < servers.size(); ++i) views[i].in_rotation = !servers[i].drained;
    return views;
  }

  ProcessMarks marks;
  std::string error;
};

struct HashCase {
  std::string_view policy;
  std::vector<std::uint32_t> weights;
};

class NginxHashes : public NginxFrontTest, public ::testing::WithParamInterface<HashCase> {};

TEST_P(NginxHashes, three_thousand_ids_land_on_the_nodes_that_our_policy_names) {
  const auto& [policy, weights] = GetParam();
  const NamedNodes nodes(weights.size());
  const auto servers = servers_of(nodes, weights);

  const auto front = NginxFront::start({.policy = std::string(policy)}, servers, error);

  ASSERT_NE(front, nullptr) << error;
  EXPECT_EQ(mismatches(*front, policy, servers, views_of(servers)), 0);
}

INSTANTIATE_TEST_SUITE_P(Weights, NginxHashes,
                         ::testing::Values(HashCase{"nginx_consistent", {1, 1, 1, 1}},
                                           HashCase{"nginx_consistent", {1, 2, 5}},
                                           HashCase{"nginx_hash", {1, 1, 1, 1}},
                                           HashCase{"nginx_hash", {1, 2, 5}}));

TEST_F(NginxFrontTest, ids_of_a_drained_node_move_where_our_policy_says_and_come_back) {
  const NamedNodes nodes(4);
  auto servers = servers_of(nodes, {1, 2, 1, 1});
  const auto front = NginxFront::start({}, servers, error);
  ASSERT_NE(front, nullptr) << error;

  servers[1].drained = true;
  const std::string drain = front->reload(servers);
  const int while_drained = mismatches(*front, "nginx_consistent", servers, views_of(servers));
  servers[1].drained = false;
  const std::string undrain = front->reload(servers);
  const int afterwards = mismatches(*front, "nginx_consistent", servers, views_of(servers));

  EXPECT_EQ(drain, "");
  EXPECT_EQ(undrain, "");
  EXPECT_EQ(while_drained, 0);
  EXPECT_EQ(afterwards, 0);
}

struct DeadCase {
  std::string_view policy;
  std::size_t dead;
};

class NginxWithDeadNodes : public NginxFrontTest, public ::testing::WithParamInterface<DeadCase> {};

TEST_P(NginxWithDeadNodes, their_ids_move_where_our_policy_says) {
  const auto& [policy, dead] = GetParam();
  const NamedNodes nodes(4);
  auto servers = servers_of(nodes, {1, 1, 1, 1});
  std::vector<LoopbackPort> nobody;
  for (std::size_t i = 0; i < dead; ++i) {
    nobody.push_back(std::move(*LoopbackPort::reserve(error)));
    servers.push_back({{"127.0.0.1:" + std::to_string(nobody.back().number()), 1}, false});
  }
  const auto front = NginxFront::start({.policy = std::string(policy)}, servers, error);
  ASSERT_NE(front, nullptr) << error;
  auto views = views_of(servers);
  for (std::size_t i = 0; i < dead; ++i) report_failure(views[4 + i], 0s);

  EXPECT_EQ(mismatches(*front, policy, servers, views), 0);
}

INSTANTIATE_TEST_SUITE_P(OneAndTwo, NginxWithDeadNodes,
                         ::testing::Values(DeadCase{"nginx_consistent", 1},
                                           DeadCase{"nginx_consistent", 2},
                                           DeadCase{"nginx_hash", 1}, DeadCase{"nginx_hash", 2}));

TEST_F(NginxFrontTest, round_robin_goes_round_by_weight_as_ours_does) {
  const NamedNodes nodes(3);
  const auto servers = servers_of(nodes, {3, 1, 2});

  const auto front = NginxFront::start({.policy = "round_robin"}, servers, error);

  ASSERT_NE(front, nullptr) << error;
  EXPECT_EQ(mismatches(*front, "round_robin", servers, views_of(servers)), 0);
}

TEST_F(NginxFrontTest, every_policy_that_nginx_has_serves_all_nodes) {
  const NamedNodes nodes(3);
  const auto servers = servers_of(nodes, {1, 1, 1});
  for (const PlacementRow& row : placements()) {
    if (nginx_policy_line(row.name) == nullptr) continue;
    std::map<std::string, int> served;

    const auto front = NginxFront::start({.policy = std::string(row.name)}, servers, error);
    ASSERT_NE(front, nullptr) << row.name << ": " << error;
    for (int i = 0; i < 300; ++i) ++served[node_of(*front, std::to_string(i))];

    EXPECT_EQ(served.size(), 3U) << row.name;
  }
}

TEST_F(NginxFrontTest, a_websocket_upgrade_passes_in_both_directions) {
  const NamedNodes nodes(1);
  const auto front = NginxFront::start({}, servers_of(nodes, {1}), error);
  ASSERT_NE(front, nullptr) << error;

  const std::string answer = ask(front->port(), "/socket?meeting_id=a",
                                 "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");

  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 101 "));
  EXPECT_THAT(answer, HasSubstr("GET /socket?meeting_id=a HTTP/1.1\r\n"));
  EXPECT_THAT(answer, HasSubstr("Upgrade: websocket\r\nConnection: upgrade\r\n"));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
}

TEST_F(NginxFrontTest, nothing_is_left_when_it_ends) {
  const NamedNodes nodes(1);
  auto front = NginxFront::start({.workers = 2}, servers_of(nodes, {1}), error);
  ASSERT_NE(front, nullptr) << error;
  const std::size_t before = marks.processes();

  front.reset();

  EXPECT_GE(before, 2U);  // a master and its workers
  EXPECT_EQ(marks.processes(), 0U);
  EXPECT_EQ(marks.files(), 0);
}

TEST_F(NginxFrontTest, what_nginx_cannot_do_is_an_error_before_it_starts) {
  const std::vector<NginxServer> servers{{{"127.0.0.1:1", 1}, false}};
  std::string policy, parameter, address, nobody;

  NginxFront::start({.policy = "lest_conn"}, servers, policy);
  NginxFront::start({.parameter = "a;b"}, servers, parameter);
  NginxFront::start({}, std::vector<NginxServer>{{{"127.0.0.1:1; }", 1}, false}}, address);
  NginxFront::start({}, {}, nobody);

  EXPECT_THAT(policy, HasSubstr("did you mean \"least_conn\"?"));
  EXPECT_THAT(parameter, HasSubstr("\"a;b\" cannot be a parameter"));
  EXPECT_THAT(address, HasSubstr("is no server for nginx"));
  EXPECT_THAT(nobody, HasSubstr("at least one server"));
}

TEST_F(NginxFrontTest, what_nginx_says_to_a_bad_configuration_is_passed_on) {
  const std::vector<NginxServer> servers{{{"127.0.0.1:99999", 1}, false}};

  const auto front = NginxFront::start({}, servers, error);

  EXPECT_EQ(front, nullptr);
  EXPECT_THAT(error, HasSubstr("invalid port in upstream"));
  EXPECT_EQ(marks.processes(), 0U);
  EXPECT_EQ(marks.files(), 0);
}

TEST(NginxConfiguration, says_what_was_asked_for) {
  const std::vector<NginxServer> servers{{{"10.0.0.1:80", 1}, false}, {{"10.0.0.2:80", 3}, true}};

  const std::string text = nginx_configuration(
      {.policy = "nginx_consistent", .parameter = "room", .idle_timeout = 90s}, servers, 4711, 5);

  EXPECT_THAT(text, HasSubstr("hash $arg_room consistent;"));
  EXPECT_THAT(text, HasSubstr("server 10.0.0.1:80 weight=1 max_fails=1 fail_timeout=10s;"));
  EXPECT_THAT(text, HasSubstr("server 10.0.0.2:80 weight=3 max_fails=1 fail_timeout=10s down;"));
  EXPECT_THAT(text, HasSubstr("listen 127.0.0.1:4711 backlog=4096;"));
  EXPECT_THAT(text, HasSubstr("proxy_read_timeout 90s;"));
  EXPECT_THAT(text, HasSubstr("generation 5."));
}

}  // namespace
}  // namespace squall::live
