// Opens the books of a run: what oracle, ledger and record are told before anything happens.
//
// Both engines start from here, so that they count the same things. It knows plans and books, and
// no engine.
#pragma once

#include <optional>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "sim/record/ledger.hpp"
#include "sim/record/oracle.hpp"
#include "sim/record/run_record.hpp"
#include "strategies/connection/endpoint.hpp"
#include "strategies/core/backplane.hpp"
#include "strategies/core/placement.hpp"
#include "strategies/core/spec.hpp"

namespace squall {

// The strategy with the scenario's own placement where it names none.
StrategySpec with_placement(StrategySpec spec, const Scenario& scenario);

// What a client is told of its links and its queue.
EndpointOptions endpoint_options(const Scenario& scenario, const StrategySpec& spec,
                                 const BackplaneRow& backplane);

OracleSetup oracle_setup(const Plan& plan);
// Where everybody sits; members of populations are joined from the start.
void seat_everybody(Oracle& oracle, const Plan& plan);

// `spec` is one with_placement().
LedgerSetup ledger_setup(const Plan& plan, const StrategySpec& spec, const BackplaneRow& backplane,
                         std::optional<Mechanism> mute, Witness* witness);
// Where everybody belongs (homes.cpp).
Homes homes_of(const Plan& plan, const StrategySpec& spec, const BackplaneRow& backplane);

// When nodes were not simply up, by the script (spells.cpp).
std::vector<NodeSpell> node_spells(const Plan& plan);
// Names, sizes, labelled faults and spells.
RunRecord begin_record(const Plan& plan, const StrategySpec& spec);

// ---- what the plan does not make but the script ------------------------------------------------
// Whose connections break with a `disconnect` step of the script: a client, or a share of a
// population. `item`: the step's number.
std::vector<EndpointId> hit_by(const Plan& plan, std::uint32_t item);
// What a `send` step of the script says, and to whom.
Send scripted_send(const Plan& plan, const ScriptStep& step, Time at);

}  // namespace squall
