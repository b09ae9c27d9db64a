// A small cluster of which one node after another is restarted, and nothing else goes wrong.
//
// For tests of what a deploy does to clients, in both engines: times are short enough for real
// sockets, and long enough that whoever is asked to move can. A node that starts is linked to the
// broker at once: whoever moved to it before that would be deaf, whatever the client does.
#pragma once

#include <string>

#include "tests/support/play.hpp"

namespace squall::testing {

inline constexpr int kDeployedNodes = 3, kDeployedUsers = 60;

inline Scenario deploy() {
  return loaded(R"json({"squall": 1, "name": "deploy", "why": "Nodes are restarted.",
    "time": {"warmup": "1s", "measure": "6s", "drain": "2s", "deadline": "1s"},
    "cluster": {"nodes": {"count": 3}, "lb": {"policy": "round_robin"},
                "broker": {"reconnect": "1ms"},
                "net": {"client_node": "1ms", "node_broker": "1ms"}},
    "client": {"backoff": {"kind": "fixed", "first": "300ms"}, "connect_timeout": "1s"},
    "people": {"user": {"count": 60, "arrive": "uniform(0s,500ms)"}},
    "rooms": {"room": {"count": 6, "popularity": "uniform"}},
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "200/s",
                 "size": "128B"}],
    "script": [{"at": "500ms", "as": "deploy", "do": "rolling_restart", "on": "node[*]",
                "drain": "1s", "down": "300ms", "pause": "300ms"}]})json");
}

}  // namespace squall::testing
