// RabbitMQ keeps the contract of broker links: a real rabbitmq-server, through librabbitmq.
// It takes many seconds to start, so all its tests share one, also to ctest (cmake/tests.cmake).
#include "tests/contract/broker_contract.hpp"

namespace squall::testing {
namespace {

// The server lives as long as the program; a test that killed it leaves it to the next one to start
// it again. Links of different tests never meet: their queues go with them.
class RabbitmqFixture final : public BrokerFixture {
 public:
  std::string start() override {
    if (server_ == nullptr) {
      server_ = make_spawned("rabbitmq", "");
      problem_ = server_->start();
    } else if (killed_) {
      return restart();
    }
    return problem_;
  }
  live::BrokerAddress address() const override { return server_->address(); }
  void kill() override {
    server_->kill();
    killed_ = true;
  }
  std::string restart() override {
    killed_ = false;
    return problem_ = server_->restart();
  }

 private:
  static inline std::unique_ptr<BrokerFixture> server_;
  static inline std::string problem_;
  static inline bool killed_ = false;
};

std::unique_ptr<BrokerFixture> rabbitmq() { return std::make_unique<RabbitmqFixture>(); }

constexpr BrokerRow kRabbitmq{"rabbitmq", rabbitmq, {}};

INSTANTIATE_TEST_SUITE_P(Rabbitmq, BrokerContract, ::testing::Values(kRabbitmq), row_name);

}  // namespace
}  // namespace squall::testing
