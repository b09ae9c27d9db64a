// Where keys land, how full that makes each server, and what moves when the servers change.
//
// Pure functions of the two lists and a placement policy; the policy is the same code that the
// engines run. How it is shown: hash_output.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/cli/hash/hash_files.hpp"
#include "strategies/core/placement.hpp"

namespace squall {

// For each key an index into the servers; empty when no server can be picked.
using Landing = std::vector<std::optional<std::size_t>>;

Landing land(const PlacementRow& policy, std::span<const HashServer> servers,
             std::span<const std::string> keys);

struct HashLoad {
  std::size_t keys = 0;
  double share = 0;        // of all keys, 0 to 1
  double ideal_share = 0;  // its weight among all servers that are up, 0 to 1
};

// One row per server, in their order.
std::vector<HashLoad> loads(std::span<const HashServer> servers, const Landing& landing);

// The largest keys / ideal keys of any server that is up: 1 is even, 1.2 is 20 % too much.
double fullest_factor(std::span<const HashLoad> loads);

enum class HashEvent : std::uint8_t {
  join,   // one more line in the list
  die,    // it stays in the list, and is skipped because it failed
  leave,  // its line is taken out of the list
};

struct HashMove {
  std::size_t key;       // index
  std::string from, to;  // addresses; empty: none
};

struct HashChange {
  HashEvent event;
  std::size_t place = 0;  // of the server in the list that it joins or leaves
  Backend server;
  std::size_t moved = 0;     // keys
  std::size_t needless = 0;  // moves that neither end at the joining nor begin at the lost server
  std::vector<HashMove> moves = {};  // where they were asked for
  double ideal_share = 0;            // of the keys that have to move in any case, by weight
  double fullest_factor = 0;         // afterwards
};

struct HashQuestion {
  const PlacementRow& policy;
  std::span<const HashServer> servers;
  std::span<const std::string> keys;
  const Landing& before;
  bool list_moves = false;  // each key that moves, not only how many
};

HashChange joined_by(const HashQuestion& question, const HashServer& newcomer);

// `event`: die or leave. Not for the only server.
HashChange without(const HashQuestion& question, std::size_t server, HashEvent event);

// The same of one that leaves, where it is known what its death does: with some policies that is no
// other question.
HashChange left(const HashQuestion& question, const HashChange& died);

}  // namespace squall
