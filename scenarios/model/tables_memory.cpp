// Who kills a node's process: its memory, what it needs for whom and what becomes of it when it has
// no more (sim/kernel/memory.hpp); and somebody who asks whether it lives (supervisor.hpp).
#include "scenarios/model/tables.hpp"

namespace squall::language {

const Table<MemoryConfig>& memory_table() {
  using M = MemoryConfig;
  constexpr Bytes kMost = 1LL << 50;
  static const Table<M> table{
      "cluster.nodes.memory",
      {
          field("limit", &M::limit, size_or("none", 1, kMost), "counted only",
                "Of one node's process; over it, it is killed, as in a crash. none: it is counted "
                "and has no limit."),
          field("base", &M::base, size_between(1, kMost), "uncalibrated",
                "What a process needs before anybody is connected."),
          field("per_connection", &M::per_connection, size_between(0, 1LL << 40),
                "Centrifugo with a million connections; Phoenix",
                "From the handshake to the end of the session, beside what waits for it."),
          field("per_frame", &M::per_frame, size_between(0, 1LL << 30), "uncalibrated",
                "What each frame or message that waits takes beside its own bytes."),
          field("restart", &M::restart, duration_or_none(1ms, kLongest), "uncalibrated",
                "After a kill, until whoever supervises the process has it running again; none: "
                "nobody does."),
      }};
  return table;
}

const Table<LivenessConfig>& liveness_table() {
  using L = LivenessConfig;
  static const Table<L> table{
      "cluster.nodes.liveness",
      {
          field("every", &L::every, duration_between(10ms, kLongest), "Kubernetes",
                "From one question to the next; the first comes so long after a start."),
          field("timeout", &L::timeout, duration_between(1ms, kLongest), "Kubernetes",
                "An answer that takes longer is none; at most `every`. The question waits in the "
                "accept queue, and then for the loop."),
          field("failed", &L::failed, count_between<std::uint32_t>(1, 1000), "Kubernetes",
                "Questions in a row without an answer until the process is killed, as in a "
                "crash."),
          field("restart", &L::restart, duration_or_none(1ms, kLongest), "uncalibrated",
                "After a kill, until it runs again; none: nobody starts it."),
      }};
  return table;
}

const Table<DeflateConfig>& deflate_table() {
  using D = DeflateConfig;
  static const Table<D> table{
      "cluster.nodes.deflate",
      {
          field("ratio", &D::ratio, decimal_between(0.001, 1),
                "JSON of chats, windows kept: measured",
                "What is left of a message on the line between client and node."),
          field("push_per_kib", &D::push_per_kib, duration_between(0s, 1s),
                "zlib, level 6, a core at 2.5 GHz: measured",
                "Work of a node's loop on top of each push: each connection has a window of its "
                "own, so a message to many is deflated for each."),
          field("read_per_kib", &D::read_per_kib, duration_between(0s, 1s), "the same",
                "The same of a message from a client."),
          field("per_connection", &D::per_connection, size_between(0, 1LL << 40),
                "websockets of Python: 316 KiB with zlib's defaults",
                "Memory of its windows, beside memory.per_connection."),
          field("from", &D::from, size_between(0, 1LL << 30), "Centrifugo; ws: 1024B",
                "Shorter messages go as they are."),
      }};
  return table;
}

}  // namespace squall::language
