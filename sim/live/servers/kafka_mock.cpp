// librdkafka's mock cluster with one broker. See kafka_mock.hpp.
// It belongs to a client handle that is never used for anything else.
#include "sim/live/servers/kafka_mock.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>

namespace squall::live {
namespace {

constexpr int kBroker = 1;  // its id in the cluster

}  // namespace

struct KafkaMock::Cluster {
  rd_kafka_t* client = nullptr;
  rd_kafka_mock_cluster_t* mock = nullptr;

  ~Cluster() {
    if (mock != nullptr) rd_kafka_mock_cluster_destroy(mock);
    if (client != nullptr) rd_kafka_destroy(client);
  }
};

KafkaMock::KafkaMock() = default;
KafkaMock::~KafkaMock() = default;

bool KafkaMock::start(std::string& error) {
  auto cluster = std::make_unique<Cluster>();
  std::array<char, 256> reason{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, nullptr);
  cluster->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
  if (cluster->client == nullptr) {
    rd_kafka_conf_destroy(conf);
    error = std::string("Kafka's mock cluster cannot start: ") + reason.data();
    return false;
  }
  cluster->mock = rd_kafka_mock_cluster_new(cluster->client, 1);
  if (cluster->mock == nullptr) {
    error = "Kafka's mock cluster cannot listen on a port of 127.0.0.1";
    return false;
  }
  cluster_ = std::move(cluster);
  return true;
}

std::string KafkaMock::address() const {
  return std::string("kafka://") + rd_kafka_mock_cluster_bootstraps(cluster_->mock);
}

void KafkaMock::crash() { rd_kafka_mock_broker_set_down(cluster_->mock, kBroker); }

bool KafkaMock::start_again(std::string& error) {
  const rd_kafka_resp_err_t result = rd_kafka_mock_broker_set_up(cluster_->mock, kBroker);
  if (result != RD_KAFKA_RESP_ERR_NO_ERROR) {
    error = std::string("Kafka's mock cluster cannot start again: ") + rd_kafka_err2str(result);
  }
  return result == RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace squall::live
