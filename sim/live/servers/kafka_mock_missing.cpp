// Takes the place of kafka_mock.cpp in a build without librdkafka (cmake/brokers.cmake).
// See kafka_mock.hpp.
#include <string_view>

#include "sim/live/links/broker_link_libraries.hpp"
#include "sim/live/servers/kafka_mock.hpp"

namespace squall::live {

struct KafkaMock::Cluster {};

KafkaMock::KafkaMock() = default;
KafkaMock::~KafkaMock() = default;

bool KafkaMock::start(std::string& error) {
  error = kafka_link_meaning();
  return false;
}

std::string KafkaMock::address() const { return "kafka://127.0.0.1:0"; }

void KafkaMock::crash() {}

bool KafkaMock::start_again(std::string& error) { return start(error); }

}  // namespace squall::live
