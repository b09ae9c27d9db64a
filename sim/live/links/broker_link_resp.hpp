// The link to Redis and to the embedded broker; its rows are in broker_links.cpp.
//
// Three modes: pubsub and sharded forget what nobody hears; streams keep the youngest messages, and
// the same link object goes on after a cut where it had been.
#pragma once

#include <memory>

#include "sim/live/links/broker_link.hpp"

namespace squall::live {

std::unique_ptr<BrokerLink> make_redis_pubsub(Loop& loop, const BrokerLinkOptions& options,
                                              BrokerLink::Listener& listener);
std::unique_ptr<BrokerLink> make_redis_sharded(Loop& loop, const BrokerLinkOptions& options,
                                               BrokerLink::Listener& listener);
std::unique_ptr<BrokerLink> make_redis_streams(Loop& loop, const BrokerLinkOptions& options,
                                               BrokerLink::Listener& listener);

}  // namespace squall::live
