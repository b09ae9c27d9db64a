// Which instants of the script take a node out of service, and into which state: asked by whoever
// wants to know when nodes were away, and whom to blame for it.
//
// The absences themselves, in order of time, are node_spells() of setup.hpp.
#pragma once

#include <optional>

#include "scenarios/model/plan.hpp"
#include "sim/record/run_record.hpp"

namespace squall {

std::optional<NodeSpell::What> spell_begun_by(Stimulus::Kind kind);

// Why the connections of its process end with it; CloseReason::none where the process goes on.
CloseReason end_of_process(Stimulus::Kind kind);

// With it a node leaves the choice of a balancer that is told, or that notices. Who is unlisted is
// still there.
bool takes_a_node_away(Stimulus::Kind kind);

}  // namespace squall
