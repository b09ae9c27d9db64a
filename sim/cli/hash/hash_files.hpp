// The two lists that `squall hash` reads: servers as in an nginx upstream, and keys.
//
// One entry per line; # begins a comment among servers, and is a letter like others in a key. What
// is wrong is told with its place, all in one pass.
// What is done with the lists: hash_moves.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/problem.hpp"
#include "strategies/core/placement.hpp"

namespace squall {

struct HashServer {
  Backend backend;
  bool down = false;  // listed and not in rotation
};

struct HashServers {
  std::vector<HashServer> servers;  // in the order of the file, no address twice
  std::vector<Problem> problems;    // errors and warnings
};

struct HashKeys {
  std::vector<std::string> keys;  // in the order of the file; a repeated key counts again
  std::vector<Problem> problems;
};

// Lines as `10.0.0.1:8080 weight=2`, or copied from nginx with `server` before and `;` behind.
// `path` is what problems call the text.
HashServers parse_hash_servers(std::string_view text, const std::string& path);

// A whole line is a key, without blanks around it; "#general" is one too.
HashKeys parse_hash_keys(std::string_view text, const std::string& path);

}  // namespace squall
