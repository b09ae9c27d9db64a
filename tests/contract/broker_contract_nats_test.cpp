// NATS keeps the contract of broker links: a real nats-server, through libnats.
// A server starts in a moment, so every test has its own.
#include "tests/contract/broker_contract.hpp"

namespace squall::testing {
namespace {

std::unique_ptr<BrokerFixture> nats() { return make_spawned("nats", ""); }

// 64 MB is what nats-server lets wait for a client before it cuts it.
constexpr BrokerRow kNats{"nats", nats, {.cuts_readers_at = 64 << 20}};

INSTANTIATE_TEST_SUITE_P(Nats, BrokerContract, ::testing::Values(kNats), row_name);

}  // namespace
}  // namespace squall::testing
