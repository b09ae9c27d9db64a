// The answer of `squall hash` as text for people and as one JSON document.
// Pure text; what the numbers mean is said in hash_moves.hpp.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/cli/hash/hash_moves.hpp"

namespace squall {

struct HashAnswer {
  const PlacementRow& policy;
  std::span<const HashServer> servers;
  std::span<const std::string> keys;
  Landing landing;
  std::vector<HashChange> changes;
  bool list_moves = false;  // each key that moves, not only how many
};

std::string hash_text(const HashAnswer& answer);

// {"schema": "squall.hash/1", "policy", "servers", "assignments", "changes"}. Shares are 0 to 1.
std::string hash_json(const HashAnswer& answer);

}  // namespace squall
