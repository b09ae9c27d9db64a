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

}  // namespace

std::string_view meaning(Verb verb) {
  using enum Verb;
  static constexpr auto kRows = std::to_array<MeaningRow>({
      {crash, "the process of a node dies; its sockets are reset"},
      {restart, "a crashed or lost node is back, with an empty memory"},
      {host_loss, "a node's machine vanishes without a word"},
      {pause, "a node stands still and keeps its connections"},
      {partition, "two sides cannot reach each other"},
      {heal, "a partition ends"},
      {drain, "a node leaves the rotation and says goodbye to its clients"},
      {undrain, "a drained node is back in the rotation"},
      {rolling_restart, "nodes are drained and restarted in batches"},
      {broker_down, "the broker between the nodes is away"},
      {registry_down, "the route registry is away, and comes back with what it had"},
      {broker_failover, "a replica takes the broker's place, and lacks what was written last"},
      {registry_failover, "a replica takes the registry's place, and lacks what was written last"},
      {lb_reload, "the balancer has new workers; what the old ones still have is cut in the end"},
      {slow, "all that a node does takes several times as long; health checks see nothing"},
      {scale, "nodes are started, or drained and stopped, until so many run"},
      {disconnect, "clients lose their connection, loudly or silently"},
      {flash, "a traffic class becomes several times as busy"},
      {set, "one knob of the cluster has another value, for a time or from then on"},
      {connect, "a named client logs in"},
      {join, "a named client enters a room"},
      {leave, "a named client leaves a room"},
      {send, "a named client sends messages"},
  });
  for (const MeaningRow& row : kRows) {
    if (row.verb == verb) return row.meaning;
  }
  return {};
}

}  // namespace squall
