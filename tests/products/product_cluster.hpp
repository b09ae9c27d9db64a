// Three nodes of a real product on free ports, for a test: started, killed and ended here.
//
// A row per product says how a node of it is started (product_cluster.cpp). What it needs and does
// not find makes the test skip, aloud.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/attach/attach.hpp"
#include "sim/live/net/loopback_port.hpp"
#include "sim/live/servers/child_process.hpp"
#include "sim/live/servers/scratch_folder.hpp"
#include "sim/live/servers/spawned_server.hpp"

namespace squall::testing {

// What a node's configuration may ask for.
struct ProductPlace {
  const live::ScratchFolder& folder;     // of this node
  std::span<const std::uint16_t> ports;  // `ports` of the row for each node, all nodes in turn
  std::size_t node;
  std::uint16_t redis;  // 0: none
};

struct ProductRow {
  std::string_view name;     // letters, digits and _: part of a test's name
  std::string_view dialect;  // a row of dialects(), or "plain"
  std::string_view program, package;
  std::string_view module;  // a file that must be there too; empty: none
  bool npm, redis, one_room;
  bool together;      // the nodes are a cluster: everybody is reached
  std::size_t nodes;  // in the cluster
  std::size_t ports;  // of a node; the first is dialled
  std::chrono::seconds patience;
  // Writes what it needs. Empty, or why it could not.
  std::string (*configure)(const ProductPlace& place, live::ChildCommand& command);
};
inline void PrintTo(const ProductRow& row, std::ostream* out) { *out << row.name; }

std::span<const ProductRow> products();
const ProductRow& product_named(std::string_view name);

class ProductCluster {
 public:
  // Empty, or what is not installed here.
  static std::string missing(const ProductRow& row);
  // Null when it does not start, and then `error` says why.
  static std::unique_ptr<ProductCluster> start(const ProductRow& row, std::string& error);

  // One node of a script that speaks plain.json; aborts when it does not start.
  static ProductCluster alone(const std::string& script, const std::vector<std::string>& arguments);

  std::size_t nodes() const { return nodes_.size(); }
  live::AttachOptions attached() const;  // to all of its nodes
  live::SpawnedServer* redis() { return redis_.get(); }
  pid_t pid(std::size_t node) const { return nodes_[node].process->pid(); }
  void kill(std::size_t node) { nodes_[node].process->kill_hard(); }
  void stop(std::size_t node) { nodes_[node].process->stop(); }  // SIGTERM
  // After that, on the same ports. Returns at once.
  std::string begin_start_again(std::size_t node) { return nodes_[node].process->start_again(); }

 private:
  struct Node {
    std::vector<live::LoopbackPort> ports;
    std::unique_ptr<live::ScratchFolder> folder;
    std::unique_ptr<live::ChildProcess> process;
  };
  explicit ProductCluster(const ProductRow& row) : row_(row) {}
  std::string prepare();
  std::string start_node(std::size_t node);
  std::string wait_for(std::size_t node);
  std::string wait_until(std::size_t node, const std::function<bool(const Node&)>& ready);

  const ProductRow& row_;
  std::unique_ptr<live::SpawnedServer> redis_;
  std::vector<Node> nodes_;
  std::vector<std::uint16_t> ports_;
};

}  // namespace squall::testing
