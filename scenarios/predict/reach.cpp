// Who is lost by design although nothing fails: what a node serves alone, sets of nodes that miss.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include "scenarios/model/calm.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::predict {

// Without a backplane two clients meet where both hold a connection.
Answer reach(const Case& of) {
  Answer answer;
  const std::uint16_t nodes = of.scenario.cluster.nodes.count;
  const BackplaneRow& row = *backplane_named(of.strategy.backplane);
  const bool own = row.reach == Reach::own_node && !row.needs.peers;  // who has peers may relay
  if (own && of.strategy.connections > 1 && policy_of(of) == "random" &&
      of.strategy.connections <= nodes) {
    answer.say("lost because sender and recipient share no node",
               1.0 - laws::bare_meeting({nodes, of.strategy.connections}), "ratio", "loss.intent");
    return answer;
  }
  const auto loss = closed_form("loss.intent", of.scenario, of.strategy);
  if (!loss) return Answer::nothing("where its clients sit decides, and that is not said");
  const std::string_view why = *loss == 0 ? "lost"
                               : in_shared_group(of.scenario, of.strategy)
                                   ? "lost because one node of the group hears each message"
                                   : "lost because sender and recipient share no node";
  answer.say(std::string(why), *loss, "ratio", "loss.intent");
  return answer;
}

}  // namespace squall::predict
