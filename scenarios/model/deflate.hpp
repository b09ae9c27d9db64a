// What permessage-deflate makes of messages between clients and nodes: fewer bytes, more work, and
// windows for each connection. Without nodes.deflate all of it is nothing.
#pragma once

#include "scenarios/model/scenario.hpp"

namespace squall {

// Of a message between client and node, on the line.
inline Bytes on_client_line(const NodeConfig& nodes, Bytes payload) {
  return nodes.deflate ? nodes.deflate->left_of(payload) : payload;
}
// Work of a node's loop, on top: of a push, and of a message that is read.
inline Duration deflating(const NodeConfig& nodes, Bytes payload) {
  const bool does = nodes.deflate && nodes.deflate->takes(payload);
  return does ? nodes.deflate->push_per_kib * payload / 1024 : Duration{0};
}
inline Duration inflating(const NodeConfig& nodes, Bytes payload) {
  const bool does = nodes.deflate && nodes.deflate->takes(payload);
  return does ? nodes.deflate->read_per_kib * payload / 1024 : Duration{0};
}
// Of a connection, where memory is counted.
inline Bytes memory_per_connection(const NodeConfig& nodes) {
  return nodes.memory->per_connection + (nodes.deflate ? nodes.deflate->per_connection : 0);
}

}  // namespace squall
