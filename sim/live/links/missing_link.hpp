// The link of a broker whose library was not there when squall was built: every attempt fails, and
// the reason names the Debian package.
//
// Not a link that lost its broker: those come back.
#pragma once

#include <memory>
#include <string_view>

#include "sim/live/links/broker_link.hpp"

namespace squall::live {

// `why` lives as long as the program.
std::unique_ptr<BrokerLink> make_missing_link(Loop& loop, BrokerLink::Listener& listener,
                                              std::string_view why);

}  // namespace squall::live
