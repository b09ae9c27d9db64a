// How busy each station is, and which one is full first. See demand.hpp for what is counted.
//
// Figures for a metric only where they are exact on average: where every node hears every message,
// or none hears those of another.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "scenarios/model/demand.hpp"
#include "scenarios/model/key_homes.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::predict {
namespace {

struct Station {
  const char* name;
  double Demand::*part;
};
constexpr std::array<Station, 4> kStations{{{"the nodes' event loops", &Demand::loops},
                                            {"the broker or registry", &Demand::broker},
                                            {"the nodes' network cards", &Demand::cards},
                                            {"the fullest client line", &Demand::lines}}};

// Where the balancer's hash brings whole rooms together, one node has more than the mean: by the
// pushes in its rooms. Nothing where nodes relay what is not their own, or a hash does not decide.
std::optional<double> busiest_by_hash(const Case& of) {
  const BackplaneRow& row = *backplane_named(of.strategy.backplane);
  const auto shares = node_shares(of.scenario, policy_of(of));
  const bool at_home = row.reach == Reach::own_node && !row.needs.peers;
  const bool in_rooms = std::ranges::all_of(of.scenario.traffic, [&](const Traffic& traffic) {
    return stays_in_its_room(of.scenario, traffic);
  });
  if (!shares || !at_home || !in_rooms || of.strategy.connections > 1) return std::nullopt;
  return std::ranges::max(shares->pushes) * of.scenario.cluster.nodes.count;
}

}  // namespace

Answer stations(const Case& of) {
  const Demand asked = demand(of.scenario, of.strategy);
  Answer answer;
  std::string fullest = kStations.front().name;
  double most = 0;
  const auto say = [&](const std::string& name, double busy) {
    if (busy > most) most = busy, fullest = name;
    answer.say("utilisation of " + name, busy, "ratio");
  };
  for (const Station& station : kStations) say(station.name, asked.*station.part);
  if (const auto times = busiest_by_hash(of)) {
    say("the busiest node's event loops, as rooms are hashed", *times * asked.loops);
  }
  if (most <= 0) return Answer::nothing("nothing is asked of anybody");
  answer.say("times this traffic until " + fullest + ", the first bottleneck, is full", 1.0 / most,
             "1");
  return answer;
}

}  // namespace squall::predict
