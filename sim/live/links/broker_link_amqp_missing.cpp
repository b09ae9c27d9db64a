// Takes the place of broker_link_amqp.cpp in a build without librabbitmq (cmake/brokers.cmake).
// See missing_link.hpp.
#include "sim/live/links/broker_link_libraries.hpp"
#include "sim/live/links/missing_link.hpp"

namespace squall::live {

std::string_view amqp_link_meaning() {
  return "RabbitMQ: this squall was built without librabbitmq (Debian package librabbitmq-dev)";
}

std::unique_ptr<BrokerLink> make_amqp_link(Loop& loop, const BrokerLinkOptions&,
                                           BrokerLink::Listener& listener) {
  return make_missing_link(loop, listener, amqp_link_meaning());
}

}  // namespace squall::live
