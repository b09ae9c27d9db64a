// What every live run does with its clients and at its end, whoever serves them: squall's own nodes
// (engine.cpp) or servers of others (attach/attach.cpp).
//
// Called by the thread that conducts the run.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "sim/live/books/books.hpp"
#include "sim/live/books/engine_facts.hpp"
#include "sim/live/clients/clients.hpp"
#include "sim/live/cluster.hpp"

namespace squall::live {

using ClientsByLoop = std::span<const std::unique_ptr<Clients>>;

// So long before measure its counters are read, for that takes a while: what is said at its first
// instant, as all is that comes once in a round number of seconds, has its bytes in it.
inline constexpr Duration kAskedBefore = std::chrono::milliseconds{10};

// What went through channels of this loop, a few at a time: a socket is asked in microseconds, and
// thousands that are asked at once would stop the loop, and be seen in the latency.
Traffic traffic_of(Loop& loop, std::vector<std::shared_ptr<Channel>> channels);

void add_progress(const Cluster& cluster, ClientsByLoop clients, LiveProgress& progress);

// The run is stopped from outside: nothing new begins, what is under way may still arrive. Calls
// `at_cut` when nothing begins any more. Gives when the run is over, and returns then.
Time cut_short(Cluster& cluster, Time end, const std::function<void()>& at_cut);

void finish_clients(const Cluster& cluster, ClientsByLoop clients);
void stop_loops(const Cluster& cluster);
std::vector<const Facts*> logs_of(const Cluster& cluster);  // of loops that have stopped

// Replays what the loops have written down; `facts` is completed by what clients know.
RunRecord close_books(Cluster& cluster, const FactIndex& index, ClientsByLoop clients,
                      EngineFacts& facts, Time end);

}  // namespace squall::live
