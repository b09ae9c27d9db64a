// Which instants of the script take a node out of service, and into which state: asked by whoever
// wants to know when nodes were away, and whom to blame for it.
//
// The absences themselves, in order of time, are node_spells() of setup.hpp.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

std::optional<NodeSpell::What> spell_begun_by(Stimulus::Kind kind);

// Why the connections of its process end with it; CloseReason::none where the process goes on.
CloseReason end_of_process(Stimulus::Kind kind);

// With it a node leaves the choice of a balancer that is told, or that notices. Who is unlisted is
// still there.
bool takes_a_node_away(Stimulus::Kind kind);

// With who did it, node by node.
struct BlamedSpell {
  NodeSpell spell;
  TriggerId trigger;
};
std::vector<BlamedSpell> blamed_spells(const Plan& plan);

// An attempt to connect that came to nothing in [from, to]: the last that took this node away, or
// kept it from answering; of a balancer that chose none (kNoNode), the last that took any away.
TriggerId kept_out_by(std::span<const BlamedSpell> spells, NodeId node, Time from, Time to);

// How far behind the replica is that takes the place of the broker or the registry when this fault
// takes it away; none: no replica does. Asked by fault, as that of a live run is away a moment
// later.
std::optional<Duration> failover_lag(const Plan& plan, TriggerId fault);
// The furthest behind that a replica of the registry is in this script.
Duration longest_lag_of_registry(const Scenario& scenario);

}  // namespace squall
