// Attach: squall's users, traffic, faults and ledger on the servers of somebody else.
//
// The counterpart of sim/live/run/engine.hpp without nodes: clients speak a dialect, faults call
// the user's commands, and what happened inside is concluded from what the clients saw
// (foreign_story.hpp). It never starts, stops or signals a server by itself.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "sim/live/attach/hooks.hpp"
#include "sim/live/dialects/dialect.hpp"
#include "sim/live/live_options.hpp"
#include "sim/live/net/cipher.hpp"
#include "sim/live/net/upgrade.hpp"
#include "sim/record/run_record.hpp"
#include "strategies/core/backplane.hpp"
#include "strategies/core/spec.hpp"

namespace squall::live {

// An address that clients dial: a node, or a balancer in front of all.
struct AttachTarget {
  std::string url;   // as the user wrote it
  std::string host;  // its name and port, as the request says them
  std::string name;  // without the port, as its certificate says it
  SocketAddress at;  // where that is
  std::string path;  // with its query; empty: the dialect's own
  bool tls = false;
};

// What a user shows at the door, beside its name.
struct Credentials {
  std::string token;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct AttachOptions {
  std::vector<AttachTarget> targets;  // one per node, or one in front of all of them
  std::shared_ptr<const Dialect> dialect;
  std::vector<Credentials> users;  // by user, from the first again when there are more; empty: none
  Hooks hooks;
  std::shared_ptr<const Trust> trust;  // where a target speaks TLS
};

// The cluster as a strategy: everybody should be reached, and what is not is `foreign_system`.
BackplaneRow foreign_row();

// Throws CannotRun (engine.hpp).
RunRecord attach(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
                 const LiveOptions& options, const AttachOptions& attached);

}  // namespace squall::live
