// L1: how many hear a message. Effective rooms govern it: a few large ones weigh more than many.
// What it takes for granted is in its row, predict.cpp; the formulas are in laws.hpp.
#include "scenarios/model/demand.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"

namespace squall::predict {

Answer fan_out(const Case& of) {
  const double seconds = static_cast<double>(of.scenario.time.measure.count()) * 1e-9;
  double messages = 0, pairs = 0;
  for (const Traffic& traffic : of.scenario.traffic) {
    if (traffic.to == TrafficTo::room && of.scenario.rooms.front().count == 0) continue;
    const double sent = messages_per_second(traffic) * seconds;
    messages += sent;
    pairs += sent * recipients_of(of, traffic);
  }
  Answer answer;
  answer.say("effective rooms, by popularity", effective_rooms_of(of), "1");
  if (messages > 0) answer.say("recipients of a message, on average", pairs / messages, "1");
  answer.say("pairs to be delivered in measure", pairs, "1", "pairs.owed");
  return answer;
}

}  // namespace squall::predict
