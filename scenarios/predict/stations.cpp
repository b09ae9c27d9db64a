// How busy each station is, and which one is full first. See demand.hpp for what is counted.
//
// Figures for a metric only where they are exact on average: where every node hears every message,
// or none hears those of another.
#include <algorithm>
#include <array>

#include "scenarios/model/demand.hpp"
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

}  // namespace

Answer stations(const Case& of) {
  const Demand asked = demand(of.scenario, of.strategy);
  Answer answer;
  const Station* fullest = &kStations.front();
  for (const Station& station : kStations) {
    if (asked.*station.part > asked.*(fullest->part)) fullest = &station;
    answer.say(std::string("utilisation of ") + station.name, asked.*station.part, "ratio");
  }
  if (asked.*(fullest->part) <= 0) return Answer::nothing("nothing is asked of anybody");
  answer.say(
      std::string("times this traffic until ") + fullest->name + ", the first bottleneck, is full",
      1.0 / asked.*(fullest->part), "1");
  return answer;
}

}  // namespace squall::predict
