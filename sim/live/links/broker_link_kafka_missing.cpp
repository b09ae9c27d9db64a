// Takes the place of broker_link_kafka.cpp in a build without librdkafka (cmake/brokers.cmake).
// See missing_link.hpp.
#include "sim/live/links/broker_link_libraries.hpp"
#include "sim/live/links/missing_link.hpp"

namespace squall::live {

std::string_view kafka_link_meaning() {
  return "Kafka: this squall was built without librdkafka (Debian package librdkafka-dev)";
}

void forget_kafka_topic(const BrokerLinkOptions&) {}

std::unique_ptr<BrokerLink> make_kafka_link(Loop& loop, const BrokerLinkOptions&,
                                            BrokerLink::Listener& listener) {
  return make_missing_link(loop, listener, kafka_link_meaning());
}

}  // namespace squall::live
