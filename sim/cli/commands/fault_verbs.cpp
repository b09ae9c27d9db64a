// The table of verbs, in the order of the enum.
// Their names and keys are scenarios/model/tables_script.cpp; this file only explains.
#include "sim/cli/commands/fault_verbs.hpp"

#include <array>

namespace squall {

namespace {

struct MeaningRow {
  Verb verb;
  std::string_view meaning;
};

constexpr std::array<MeaningRow, 23> kRows{{
    {Verb::crash, "the process of a node dies; its sockets are reset"},
    {Verb::restart, "a crashed or lost node is back, with an empty memory"},
    {Verb::host_loss, "a node's machine vanishes without a word"},
    {Verb::pause, "a node stands still and keeps its connections"},
    {Verb::partition, "two sides cannot reach each other"},
    {Verb::heal, "a partition ends"},
    {Verb::drain, "a node leaves the rotation and says goodbye to its clients"},
    {Verb::undrain, "a drained node is back in the rotation"},
    {Verb::rolling_restart, "nodes are drained and restarted in batches"},
    {Verb::broker_down, "the broker between the nodes is away"},
    {Verb::registry_down, "the route registry is away, and comes back with what it had"},
    {Verb::broker_failover, "a replica takes the broker's place, and lacks what was written last"},
    {Verb::registry_failover,
     "a replica takes the registry's place, and lacks what was written last"},
    {Verb::lb_reload,
     "the balancer has new workers; what the old ones still have is cut in the end"},
    {Verb::slow, "all that a node does takes several times as long; health checks see nothing"},
    {Verb::scale, "nodes are started, or drained and stopped, until so many run"},
    {Verb::disconnect, "clients lose their connection, loudly or silently"},
    {Verb::flash, "a traffic class becomes several times as busy"},
    {Verb::set, "one knob of the cluster has another value, for a time or from then on"},
    {Verb::connect, "a named client logs in"},
    {Verb::join, "a named client enters a room"},
    {Verb::leave, "a named client leaves a room"},
    {Verb::send, "a named client sends messages"},
}};

}  // namespace

std::string_view meaning(Verb verb) {
  for (const MeaningRow& row : kRows) {
    if (row.verb == verb) return row.meaning;
  }
  return {};
}

}  // namespace squall
