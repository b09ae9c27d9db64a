// What a live engine says about itself: bytes on its sockets, CPU, and how late it was.
//
// The books of messages are in books.hpp; this adds what no message knows, and says whether the
// run may be believed.
#pragma once

#include <string>
#include <vector>

#include "sim/live/cluster.hpp"
#include "sim/live/node/node.hpp"
#include "sim/record/histogram.hpp"
#include "sim/record/run_record.hpp"

namespace squall::live {

struct TrafficSample {
  std::vector<Node::LinkTraffic> nodes;  // or, of nodes that are not ours, what clients saw
  Duration cpu{0};
  Duration node_cpu{0};  // of the loops that nodes are on
};

struct EngineFacts {
  TrafficSample window_begin, window_end;  // at the two ends of measure
  Histogram lateness;                      // of planned sends, ns
  std::uint64_t sent = 0;                  // messages that the generator came to
  Time end{0};                             // of the run
};

Duration process_cpu();
Duration thread_cpu();               // of the calling thread
std::string seconds(Duration time);  // "1.250 s"

// Fills RunRecord::bytes and RunRecord::live.
void add_engine_facts(const Cluster& cluster, const EngineFacts& facts, RunRecord& record);

}  // namespace squall::live
