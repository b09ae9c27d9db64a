// Kafka keeps the contract of broker links: through librdkafka, with the mock cluster as broker.
// A real Kafka is not in Debian; what the mock cannot show is not tested.
#include "sim/live/servers/kafka_mock.hpp"
#include "strategies/core/check.hpp"
#include "tests/contract/broker_contract.hpp"

namespace squall::testing {
namespace {

class KafkaFixture final : public BrokerFixture {
 public:
  std::string start() override {
    std::string error;
    broker_.start(error);
    return error;
  }
  live::BrokerAddress address() const override {
    std::string error;
    const live::BrokerAddress address = live::parse_broker_address(broker_.address(), error);
    SQUALL_CHECK(error.empty());
    return address;
  }
  void kill() override { broker_.crash(); }
  std::string restart() override {
    std::string error;
    broker_.start_again(error);
    return error;
  }

 private:
  live::KafkaMock broker_;
};

std::unique_ptr<BrokerFixture> kafka_mock() { return std::make_unique<KafkaFixture>(); }

constexpr BrokerRow kKafka{"kafka_mock", kafka_mock, {}};

INSTANTIATE_TEST_SUITE_P(Kafka, BrokerContract, ::testing::Values(kKafka), row_name);

}  // namespace
}  // namespace squall::testing
