// What a live run is asked for beyond the scenario: brokers, balancer, threads.
//
// Plain values, as the command line gives them; interface of `squall run --engine live`.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/record/witness.hpp"
#include "strategies/core/types.hpp"

namespace squall::live {

enum class Forwarding : std::uint8_t { websocket, http };

struct LiveProgress {
  std::string strategy;
  Time now, end;
  std::uint64_t connected = 0, sent = 0, delivered = 0;
  std::vector<std::uint64_t> sessions;    // by node, as our balancer counts; of another: empty
  std::vector<std::uint16_t> node_ports;  // of 127.0.0.1, by node
  std::string broker, topic;              // its address; empty: the strategy has none
};

struct LiveOptions {
  std::string broker = "embedded";  // or an address, or spawn:<kind>
  bool nginx = false;               // a real nginx in front of the nodes
  Forwarding forwarding = Forwarding::websocket;
  unsigned loops = 0;            // threads; 0: as many as processors, at most one per node
  bool own_descriptors = false;  // a table of descriptors per loop
  const std::atomic<bool>* stop = nullptr;
  Witness* witness = nullptr;  // told everything when the books are closed
  std::function<void(const LiveProgress&)> on_progress;  // once a second, from one thread
};

}  // namespace squall::live
