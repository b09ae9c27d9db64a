// The rows of dialects, each defined in its own file. See dialect.hpp; the table is registry.cpp.
// To add one: its file, a line here, a line there, a contract test.
#pragma once

#include "sim/live/dialects/dialect.hpp"

namespace squall::live {

DialectRow socketio_row();
DialectRow nchan_row();
DialectRow stomp_row();
DialectRow nats_row();
DialectRow centrifugo_row();
DialectRow phoenix_row();

}  // namespace squall::live
