// Threads that nobody waits for while the run goes on: a connection attempt, the end of a library's
// object that takes its time.
//
// A link must be able to close at once, although the library it uses may need seconds to give up.
// It leaves such work here. Not for work of the run itself: that belongs to loops.
#pragma once

#include <functional>

namespace squall::live {

// Runs the task on a thread of its own, which uses the caller's table of file descriptors.
// Thread-safe. The task must end by itself, within seconds.
void run_in_background(std::function<void()> task);

// Returns when all tasks have ended. The end of the process does the same, but then libraries may
// have cleaned up already: whoever opened links calls it before leaving main().
void wait_for_background();

}  // namespace squall::live
