// Attach through TLS, to a server that asks who its users are: certificates, headers, tokens.
//
// The certificate is made by openssl, for this test alone. The real binary is played, as what a
// user reads is what counts here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/products/product_cluster.hpp"
#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kScenario = R"json({
  "squall": 1, "name": "doors", "why": "who is let in, and who is not",
  "time": { "warmup": "1s", "measure": "2s", "drain": "5s", "deadline": "1s" },
  "people": { "u": { "count": 6, "arrive": "uniform(0s,100ms)" } },
  "cluster": { "nodes": { "count": 1 } },
  "rooms": { "r": { "count": 1 } },
  "traffic": [{ "as": "chat", "from": "member", "to": "room:r", "rate": "20/s", "size": "200B" }]
})json";
constexpr const char* kDialect = R"({
  "url": "/",
  "login": { "say": {"type": "login", "user": "$user", "token": "$token"},
             "hear": {"type": "welcome"} },
  "join": { "say": {"type": "join", "room": "$room"}, "hear": {"type": "joined", "room": "$room"} },
  "leave": { "say": {"type": "leave", "room": "$room"} },
  "send": { "say": {"type": "say", "room": "$room", "id": "$id", "pad": "$pad"},
            "hear": {"type": "ack", "id": "$id"} },
  "message": { "hear": {"type": "said", "id": "$id", "from": "$sender"} }
})";

class AttachTls : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string missing = ProductCluster::missing(product_named("ws"));
    if (!missing.empty()) GTEST_SKIP() << "SKIPPED: " << missing;
    const std::filesystem::path openssl = live::find_program("openssl");
    if (openssl.empty()) GTEST_SKIP() << "SKIPPED: openssl was not found (apt-get install openssl)";
    const ProcessResult made =
        run_process({{openssl.string(), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                      "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                      "/CN=squall test", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                      file("key.pem"), "-out", file("mine.pem")},
                     ".",
                     {},
                     {}});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    squall.folder().write("doors.json", kScenario);
    squall.folder().write("asks.json", kDialect);
    squall.folder().write("users.tsv", "good\tX-Key: open\n");
    server = std::make_unique<ProductCluster>(
        ProductCluster::alone("secure_server.js", {file("mine.pem"), file("key.pem")}));
  }

  std::string file(const char* name) const { return squall.folder().path() / name; }
  std::string port() const { return std::to_string(server->attached().targets[0].at.port); }

  ProcessResult attach(const std::string& url, const Words& more) const {
    Words words{"attach",    "doors.json", "--target", url,   "--dialect",
                "asks.json", "--no-save",  "--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    return squall(words);
  }
  ProcessResult by_name(const Words& more) const {
    return attach("wss://localhost:" + port(), more);
  }

  static std::uint64_t counted(const ProcessResult& result, const char* what) {
    const nlohmann::json document = as_one_document(result.out);
    const nlohmann::json metric = document.at("results").at(0).at("metrics").at(what);
    return metric.contains("mean") ? metric.at("mean").get<std::uint64_t>() : 0;  // or no data
  }

  Squall squall;
  std::unique_ptr<ProductCluster> server;
};

TEST_F(AttachTls, reaches_everybody_when_the_certificate_is_named) {
  const ProcessResult result = by_name({"--ca", "mine.pem", "--users", "users.tsv"});

  EXPECT_GT(counted(result, "pairs.owed"), 50U) << result.err;
  EXPECT_EQ(counted(result, "pairs.lost"), 0U) << result.err;
}

TEST_F(AttachTls, carries_messages_of_many_records_whole) {
  const ProcessResult result =
      by_name({"--ca", "mine.pem", "--users", "users.tsv", "--set", "/traffic/0/size=100KB",
               "--set", "/traffic/0/rate=5/s", "--set", "/people/u/downlink=10Gbit/s"});

  EXPECT_GT(counted(result, "pairs.owed"), 10U) << result.err;
  EXPECT_EQ(counted(result, "pairs.lost"), 0U) << result.err;
}

TEST_F(AttachTls, says_what_to_do_about_a_certificate_that_nobody_vouches_for) {
  const ProcessResult result = by_name({"--users", "users.tsv"});

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("wss://localhost:" + port() +
                                    ": its certificate is not believed: self-signed certificate"));
  EXPECT_THAT(result.err, HasSubstr("in a file: --ca FILE.pem"));
}

TEST_F(AttachTls, says_that_a_certificate_is_for_another_name) {
  const ProcessResult result =
      attach("wss://127.0.0.1:" + port(), {"--ca", "mine.pem", "--users", "users.tsv"});

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("it is not for 127.0.0.1; dial the server by a name"));
}

TEST_F(AttachTls, says_that_a_server_speaks_none) {
  const ProductCluster plain = ProductCluster::alone("lying_server.js", {"drops"});
  const std::string at = std::to_string(plain.attached().targets[0].at.port);

  const ProcessResult result = attach("wss://localhost:" + at, {"--ca", "mine.pem"});

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("it does not speak TLS; dial it as ws://"));
}

TEST_F(AttachTls, has_no_result_for_users_without_their_header_and_says_what_they_were_told) {
  squall.folder().write("users.tsv", "good\n");

  const ProcessResult result = by_name({"--ca", "mine.pem", "--users", "users.tsv"});

  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.out + result.err, HasSubstr("401 Unauthorized"));
}

TEST_F(AttachTls, has_no_result_for_a_wrong_token_and_says_how_it_was_refused) {
  squall.folder().write("users.tsv", "bad\tX-Key: open\n");

  const ProcessResult result = by_name({"--ca", "mine.pem", "--users", "users.tsv"});

  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.out + result.err, HasSubstr("close code 4401"));
}

TEST_F(AttachTls, keeps_out_those_with_a_wrong_token_and_serves_the_others) {
  squall.folder().write("users.tsv", "good\tX-Key: open\ngood\tX-Key: open\nbad\tX-Key: open\n");

  const ProcessResult result = by_name({"--ca", "mine.pem", "--users", "users.tsv"});

  // Who never came is owed nothing; what he meant to say was refused before it left him.
  const nlohmann::json losses = as_one_document(result.out).at("results").at(0).at("loss");
  EXPECT_GT(counted(result, "pairs.owed"), 20U);
  for (const auto& loss : losses) EXPECT_EQ(loss.at("mechanism"), "sender_offline_refused") << loss;
  EXPECT_THAT(result.out + result.err, HasSubstr("close code 4401"));
}

}  // namespace
}  // namespace squall::testing
