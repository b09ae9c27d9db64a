// The links that need a library: NATS, RabbitMQ (AMQP 0-9-1) and Kafka.
//
// Each maker is defined in its own file, or in the file of the same name with `_missing`, when the
// library was not found at build time (cmake/brokers.cmake chooses). Then the link exists, says so
// in the table, and cannot be opened.
#pragma once

#include <memory>
#include <string_view>

#include "sim/live/links/broker_link.hpp"

namespace squall::live {

// What the table says about the scheme, or which Debian package was missing.
std::string_view nats_link_meaning();
std::string_view amqp_link_meaning();
std::string_view kafka_link_meaning();

std::unique_ptr<BrokerLink> make_nats_link(Loop& loop, const BrokerLinkOptions& options,
                                           BrokerLink::Listener& listener);
std::unique_ptr<BrokerLink> make_amqp_link(Loop& loop, const BrokerLinkOptions& options,
                                           BrokerLink::Listener& listener);
std::unique_ptr<BrokerLink> make_kafka_link(Loop& loop, const BrokerLinkOptions& options,
                                            BrokerLink::Listener& listener);
void forget_kafka_topic(const BrokerLinkOptions& options);  // deletes it, if the broker lets us

}  // namespace squall::live
