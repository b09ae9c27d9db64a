// What the table of backplanes is made of: one function per row, each beside its algorithm.
//
// A new backplane is a new file that defines its row, a line here and one in registry.cpp. What a
// row says is in strategies/core/backplane.hpp.
#pragma once

#include "strategies/core/backplane.hpp"

namespace squall {

BackplaneRow none_row();
BackplaneRow room_owner_row();
BackplaneRow session_store_row();
BackplaneRow session_mailbox_row();
BackplaneRow broadcast_row();
BackplaneRow interest_row();
BackplaneRow routed_row();
BackplaneRow routed_nack_row();

}  // namespace squall
