// What a live run is asked for beyond the scenario: brokers, balancer, threads.
//
// Plain values, as the command line gives them; interface of `squall run --engine live`.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/record/histogram.hpp"
#include "sim/record/owed_log.hpp"
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

// Pieces of dilated work that came during measure, ns.
struct DilatedWork {
  Histogram asked, slept, wait;
  void merge(const DilatedWork& other) {
    asked.merge(other.asked), slept.merge(other.slept), wait.merge(other.wait);
  }
};

// What the nodes worked, for whoever fits costs or compares waits. Filled when the run is over.
struct NodeMeter {
  Duration cpu{0};  // of their threads during measure, if they are `apart`
  DilatedWork dilated;
};

struct LiveOptions {
  std::string broker = "embedded";  // or an address, or spawn:<kind>
  bool nginx = false;               // a real nginx in front of the nodes
  Forwarding forwarding = Forwarding::websocket;
  unsigned loops = 0;            // threads; 0: as many as processors, at most one per node
  bool own_descriptors = false;  // a table of descriptors per loop
  bool apart = false;            // the first loop is the nodes' alone: what it burns is theirs
  bool dilate = false;           // a node sleeps what the scenario's costs say; see work_queue.hpp
  NodeMeter* meter = nullptr;
  std::function<void(bool begins)> on_measure;  // called at both ends of it, by one thread
  const std::atomic<bool>* stop = nullptr;
  const OwedLog* owed_elsewhere = nullptr;  // of virtual time, to owe the same pairs
  Witness* witness = nullptr;               // told everything when the books are closed
  std::function<void(const LiveProgress&)> on_progress;  // once a second, from one thread
};

}  // namespace squall::live
