// The fixtures of the embedded broker and of spawned servers, and the table of those that speak
// RESP. See broker_fixture.hpp.
#include "tests/support/broker_fixture.hpp"

#include <optional>

#include "sim/live/resp/embedded_broker.hpp"
#include "sim/live/servers/spawned_server.hpp"
#include "strategies/core/check.hpp"

namespace squall::testing {
namespace {

live::BrokerAddress address_of(const std::string& url) {
  std::string error;
  const live::BrokerAddress address = live::parse_broker_address(url, error);
  SQUALL_CHECK(error.empty());
  return address;
}

class EmbeddedFixture final : public BrokerFixture {
 public:
  explicit EmbeddedFixture(std::string_view query)
      : query_(query), broker_({.output_hard = 4 << 20, .output_soft = 0}) {}

  std::string start() override {
    std::string error;
    broker_.start(error);
    return error;
  }
  live::BrokerAddress address() const override {
    return address_of("redis://127.0.0.1:" + std::to_string(broker_.port()) + query_);
  }
  void kill() override { broker_.crash(); }
  std::string restart() override {
    std::string error;
    broker_.start_again(error);
    return error;
  }

 private:
  std::string query_;
  live::EmbeddedBroker broker_;
};

class SpawnedFixture final : public BrokerFixture {
 public:
  SpawnedFixture(std::string_view kind, std::string_view query) : kind_(kind), query_(query) {}

  std::string start() override {
    std::string error;
    server_ = live::spawn_server(kind_, error);
    return error;
  }
  live::BrokerAddress address() const override { return address_of(server_->url() + query_); }
  void kill() override { server_->kill_hard(); }
  std::string restart() override { return server_->start_again(); }

 private:
  std::string kind_, query_;
  std::unique_ptr<live::SpawnedServer> server_;
};

std::unique_ptr<BrokerFixture> embedded() { return std::make_unique<EmbeddedFixture>(""); }
std::unique_ptr<BrokerFixture> embedded_sharded() {
  return std::make_unique<EmbeddedFixture>("?mode=sharded");
}
std::unique_ptr<BrokerFixture> embedded_streams() {
  return std::make_unique<EmbeddedFixture>("?mode=streams");
}
std::unique_ptr<BrokerFixture> redis() { return make_spawned("redis", ""); }
std::unique_ptr<BrokerFixture> redis_sharded() { return make_spawned("redis", "?mode=sharded"); }
std::unique_ptr<BrokerFixture> redis_streams() { return make_spawned("redis", "?mode=streams"); }

// Redis comes with 32 MB, and the kernel holds some megabytes more on the way.
constexpr BrokerTraits kEmbedded{.cuts_readers_at = 4 << 20};
constexpr BrokerTraits kRedis{.cuts_readers_at = 32 << 20};
constexpr BrokerTraits kStreams{};

// clang-format off
constexpr BrokerRow kRespBrokers[]{
    {"embedded",         embedded,         kEmbedded},
    {"embedded_sharded", embedded_sharded, kEmbedded},
    {"embedded_streams", embedded_streams, kStreams},
    {"redis",            redis,            kRedis},
    {"redis_sharded",    redis_sharded,    kRedis},
    {"redis_streams",    redis_streams,    kStreams},
};
// clang-format on

}  // namespace

std::span<const BrokerRow> resp_brokers() { return kRespBrokers; }

std::unique_ptr<BrokerFixture> make_spawned(std::string_view kind, std::string_view query) {
  return std::make_unique<SpawnedFixture>(kind, query);
}

}  // namespace squall::testing
