// What a dialect carries for squall: an object with the id and the sender of a message, and text
// that fills it up to the planned size.
//
// Most products name neither the sender nor a message's number, so both are part of the payload.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/live/dialects/dialect.hpp"

namespace squall::live {

// {"id":"..","from":"..","pad":"xxxx"}
std::string parcel_text(const Parcel& parcel);
// Nothing: it is no parcel.
std::optional<DialectEvent> parcel_event(std::string_view text);
// The event of what is no parcel: its first characters.
DialectEvent noise_event(std::string_view text);

}  // namespace squall::live
