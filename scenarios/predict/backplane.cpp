// L2 and L3: to how many nodes a message goes, and whether that is much beside the last mile.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include "strategies/core/backplane.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"

namespace squall::predict {

Answer backplane(const Case& of) {
  Answer answer;
  const double nodes = of.scenario.cluster.nodes.count;
  const double members = recipients_in_room(of) + 1.0;
  answer.say("nodes that hold a member of a room of mean size",
             laws::distinct_nodes({.members = members, .nodes = nodes}), "1");
  const auto copies = closed_form("bytes.broker_copies", of.scenario, of.strategy);
  if (!copies) return answer;
  answer.say("bytes out of the broker per byte into it", *copies, "1");
  if (recipients_in_room(of) > 0 && has_traffic_to_rooms(of.scenario)) {
    answer.say("copies between nodes per copy to a client, of room messages",
               laws::backplane_per_last_mile({.nodes = *copies, .fanout = recipients_in_room(of)}),
               "1");
  }
  return answer;
}

}  // namespace squall::predict
