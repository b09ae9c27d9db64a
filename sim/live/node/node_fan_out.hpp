// One message to the local clients that it is for: a frame that is encoded once, on each channel.
//
// Facts are stamped before the bytes leave: whoever reads them stamps them later. Who is too slow
// loses frames or is kicked here; when the kernel has taken one is seen in node_hearing.hpp.
#pragma once

#include <optional>
#include <span>

#include "sim/live/node/node_process.hpp"
#include "sim/live/node/node_sessions.hpp"
#include "sim/live/node/node_work.hpp"

namespace squall::live {

class NodeFanOut {
 public:
  NodeFanOut(NodeProcess& process, NodeSessions& sessions, NodeWork& work)
      : process_(process), sessions_(sessions), work_(work) {}

  void push(const Push& what);
  void replay(const Replay& again);
  // To who has said it: no fact of the books.
  void echo(NodeSession& session, const Message& message);

 private:
  FramePtr frame_of(const Message& message, const std::optional<LogPlace>& place) const;
  void push_to(std::span<NodeSession* const> recipients, const Message& message, bool replayed,
               const std::optional<LogPlace>& place);
  void push_one(NodeSession& session, const FramePtr& frame, const Message& message);
  // False: its queue is full, and what becomes of it is done. `never_queued` tells the books of a
  // failure that they have heard of no push before.
  bool put_into_queue(NodeSession& session, const FramePtr& frame, const Message& message,
                      bool never_queued);
  void push_failed(const NodeSession& session, std::uint32_t message, Mechanism mechanism,
                   bool never_queued);

  NodeProcess& process_;
  NodeSessions& sessions_;
  NodeWork& work_;
};

}  // namespace squall::live
