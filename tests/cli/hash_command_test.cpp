// squall hash: where keys land, what moves, and how mistakes in the lists are told. Runs the real
// binary. That nginx itself agrees is tests/live/nginx_front_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/support/cli.hpp"
#include "tests/support/place.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class HashCommand : public ::testing::Test {
 protected:
  HashCommand() {
    squall.folder().write("servers", "10.0.0.1:8080\n10.0.0.2:8080\n10.0.0.3:8080\n");
    squall.folder().write("keys", "m1\nm2\nm3\nroom-42\nmeeting-123\nalpha\n1\n100\n");
    std::string many;
    for (int i = 0; i < 3000; ++i) many += "room-" + std::to_string(i) + "\n";
    squall.folder().write("many", many);
  }

  // `squall hash --servers servers --keys KEYS WORDS...`
  ProcessResult hash(const std::string& keys, const Words& words = {}) const {
    Words all{"hash", "--servers", "servers", "--keys", keys};
    all.insert(all.end(), words.begin(), words.end());
    return squall(all);
  }
  Json json_of(const std::string& keys, Words words = {}) const {
    words.emplace_back("--json");
    return as_one_document(hash(keys, words).out);
  }
  ProcessResult hash_list(const std::string& servers) const {
    squall.folder().write("servers", servers);
    return hash("keys");
  }

  static Words landings(const Json& document) {
    Words servers;
    for (const Json& row : document["assignments"]) servers.push_back(row["server"]);
    return servers;
  }

  Squall squall;
};

const std::string kOne = "10.0.0.1:8080", kTwo = "10.0.0.2:8080", kThree = "10.0.0.3:8080";

TEST_F(HashCommand, keys_land_where_a_running_nginx_put_them) {
  const Json consistent = json_of("keys", {"--policy", "nginx"});
  const Json plain = json_of("keys", {"--policy", "nginx_hash"});

  EXPECT_EQ(landings(consistent), (Words{kTwo, kTwo, kTwo, kOne, kThree, kOne, kOne, kThree}));
  EXPECT_EQ(landings(plain), (Words{kTwo, kThree, kTwo, kOne, kOne, kTwo, kTwo, kTwo}));
  EXPECT_EQ(consistent["policy"], "nginx_consistent");
  EXPECT_EQ(consistent["assignments"][3], (Json{{"key", "room-42"}, {"server", kOne}}));
}

TEST_F(HashCommand, the_text_names_each_key_with_its_server) {
  const ProcessResult result = hash("keys");

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("\nroom-42      10.0.0.1:8080\n"));
  EXPECT_THAT(result.out, HasSubstr("\n10.0.0.1:8080 dies "));
  EXPECT_THAT(result.out, HasSubstr("\none-more:80 joins "));
}

TEST_F(HashCommand, loads_add_up_and_follow_the_weights) {
  squall.folder().write("servers", kOne + " weight=1\n" + kTwo + " weight=3\n");

  const Json servers = json_of("many")["servers"];

  EXPECT_EQ(servers[0]["keys"].get<int>() + servers[1]["keys"].get<int>(), 3000);
  EXPECT_EQ(servers[0]["ideal_share"], 0.25);
  EXPECT_NEAR(servers[1]["share"].get<double>(), 0.75, 0.05);
}

TEST_F(HashCommand, a_server_that_joins_takes_keys_and_nobody_else_gets_any) {
  const Json change = json_of("many", {"--join", "10.0.0.4:8080 weight=3"})["changes"][0];

  EXPECT_EQ(change["change"], "join");
  EXPECT_EQ(change["ideal_share"], 0.5);
  EXPECT_NEAR(change["moved_share"].get<double>(), 0.5, 0.06);
  EXPECT_EQ(change["needless_keys"], 0);
  for (const Json& move : change["moves"]) EXPECT_EQ(move["to"], "10.0.0.4:8080");
}

TEST_F(HashCommand, a_server_that_is_gone_loses_its_keys_and_nobody_else_loses_any) {
  const Json document = json_of("many", {"--leave", kTwo});

  ASSERT_EQ(document["changes"].size(), 2U);
  for (const Json& change : document["changes"]) {
    EXPECT_EQ(change["moved_keys"], document["servers"][1]["keys"]);
    EXPECT_EQ(change["moves"].size(), change["moved_keys"]);
    for (const Json& move : change["moves"]) EXPECT_EQ(move["from"], kTwo);
  }
}

TEST_F(HashCommand, plain_hash_moves_keys_needlessly_when_a_line_is_taken_out_but_not_on_a_death) {
  const Json changes = json_of("many", {"--policy", "nginx_hash", "--leave", kOne})["changes"];

  EXPECT_EQ(changes[0]["change"], "die");
  EXPECT_EQ(changes[0]["needless_keys"], 0);
  EXPECT_EQ(changes[1]["change"], "leave");
  EXPECT_GT(changes[1]["needless_keys"], 500);
}

TEST_F(HashCommand, by_default_one_joins_and_each_dies_and_leaves) {
  const Json changes = json_of("keys")["changes"];

  std::map<std::string, int> events;
  for (const Json& change : changes) {
    ++events[change["change"]];
    EXPECT_FALSE(change.contains("moves"));
  }

  EXPECT_EQ(events, (std::map<std::string, int>{{"join", 1}, {"die", 3}, {"leave", 3}}));
}

TEST_F(HashCommand, lines_may_be_copied_from_nginx) {
  const ProcessResult result = hash_list(
      "# the upstream\n\n  server 10.0.0.1:8080 weight=2 max_fails=3 fail_timeout=5s;\r\n"
      "\tserver 10.0.0.2:8080 down; # in repair\nunix:/run/a.sock\n");

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("10.0.0.2:8080 (down)       1     0   0.0 %   0.0 %"));
}

TEST_F(HashCommand, a_list_can_come_from_standard_input) {
  const std::string pipe = std::string("printf 'm1\\nroom-42\\n' | ") + squall_binary() +
                           " hash --servers servers --keys -";

  const ProcessResult result =
      run_process({{"/bin/sh", "-c", pipe}, squall.folder().path().string(), {}, {}});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("room-42  10.0.0.1:8080"));
}

TEST_F(HashCommand, mistakes_in_a_list_are_told_with_file_line_column_field_and_fix) {
  struct Mistake {
    std::string list, place, fix;
  };
  const std::vector<Mistake> mistakes{
      {"a:1 wieght=2\n", "servers:1:5: error H0104 \"wieght\"", "did you mean \"weight\"?"},
      {"\na:1 weight=none\n", "servers:2:5: error H0102 weight", "write it as weight=2"},
      {"a:1 weight=0\n", "servers:1:5: error H0102 weight", "from 1 to 10000"},
      {"a:1\n  b:1 backup\n", "servers:2:7: error H0103", "remove the word"},
      {"weight=2\n", "servers:1:1: error H0101 the address", "begin the line with it"},
      {"a:1\nb:1\na:1\n", "servers:3:1: error H0105", "remove one line"},
      {"# nothing\n", "servers: error H0108", "one per line"},
  };
  for (const Mistake& mistake : mistakes) {
    const ProcessResult result = hash_list(mistake.list);

    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr(mistake.place));
    EXPECT_THAT(result.err, HasSubstr(mistake.fix));
  }
}

TEST_F(HashCommand, mistakes_on_the_command_line_are_exit_2_with_the_nearest_word) {
  const ProcessResult policy = hash("keys", {"--policy", "nginx_consistant"});
  const ProcessResult unkeyed = hash("keys", {"--policy", "least_conn"});
  const ProcessResult leave = hash("keys", {"--leave", "10.0.0.1:808"});
  const ProcessResult join = hash("keys", {"--join", kOne});
  const ProcessResult word = hash("keys", {"--join", "10.0.0.9:80 wieght=2"});
  const ProcessResult file = hash("kyes");
  const ProcessResult both = squall({"hash", "--servers", "-", "--keys", "-"});

  for (const ProcessResult& result : {policy, unkeyed, leave, join, word, file, both}) {
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_EQ(result.out, "");
  }
  EXPECT_THAT(policy.err, HasSubstr("did you mean \"nginx_consistent\"?"));
  EXPECT_THAT(unkeyed.err, HasSubstr("does not look at keys"));
  EXPECT_THAT(leave.err, HasSubstr("did you mean \"10.0.0.1:8080\"?"));
  EXPECT_THAT(join.err, HasSubstr("in the list of servers already"));
  EXPECT_THAT(word.err, HasSubstr("\"wieght\" is no parameter of a server - did you mean"));
  EXPECT_THAT(file.err, HasSubstr("--keys: cannot read kyes"));
  EXPECT_THAT(both.err, HasSubstr("cannot both be standard input"));
}

TEST_F(HashCommand, a_name_instead_of_an_address_and_an_odd_key_are_warned_about) {
  squall.folder().write("keys", "m1\ntwo words\n");

  const ProcessResult result = hash_list("10.0.0.1:8080\nnodes.example:8080\n[::1]:80\n");

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("servers:2:1: warning H0501 a name"));
  EXPECT_THAT(result.err, HasSubstr("keys:2:1: warning H0502"));
}

TEST_F(HashCommand, a_key_that_begins_with_a_hash_sign_is_a_key) {
  squall.folder().write("channels", "#general\n#random\nplain\n");

  EXPECT_EQ(landings(json_of("channels")).size(), 3U);
}

}  // namespace
}  // namespace squall::testing
