// A look at the doors of servers of others, before a run: is somebody there, and is it believed?
//
// Dials each target once, says nothing but what TLS needs, and leaves. Waits for seconds at most.
#pragma once

#include "sim/live/attach/attach.hpp"

namespace squall::live {

// Throws CannotRun (engine.hpp): nobody listens anywhere, where no command could start a server, or
// the certificate of one of them is not believed.
void look_at_doors(const AttachOptions& attached);

}  // namespace squall::live
