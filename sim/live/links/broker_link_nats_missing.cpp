// Takes the place of broker_link_nats.cpp in a build without libnats (cmake/brokers.cmake).
// See missing_link.hpp.
#include "sim/live/links/broker_link_libraries.hpp"
#include "sim/live/links/missing_link.hpp"

namespace squall::live {

std::string_view nats_link_meaning() {
  return "NATS: this squall was built without libnats (Debian package libnats-dev)";
}

std::unique_ptr<BrokerLink> make_nats_link(Loop& loop, const BrokerLinkOptions&,
                                           BrokerLink::Listener& listener) {
  return make_missing_link(loop, listener, nats_link_meaning());
}

}  // namespace squall::live
