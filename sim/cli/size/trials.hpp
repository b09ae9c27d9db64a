// Whether so many nodes meet a scenario's expectations, as it is and with one node lost.
//
// "One lost" is the scenario with one crash more, in the middle of measure and for good: of the
// node that had the most work without it. What closed forms say cannot settle is not played. Each
// question is answered once; the search that asks is fewest.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/load.hpp"
#include "scenarios/model/scenario.hpp"
#include "sim/cli/flags/options.hpp"

namespace squall {

struct SizeRequest {
  std::string path, text;           // of the scenario
  std::vector<Override> overrides;  // --set, --prices
  std::vector<std::uint64_t> seeds;
  std::uint64_t max_events = 0;
  unsigned threads = 1;
};

struct Trial {
  std::uint16_t nodes = 0;
  bool one_lost = false;
  bool meets = false;
  bool played = false;
  std::string lost;             // "n2"; empty: none
  std::string why;              // it does not meet them: one sentence
  std::optional<double> month;  // what it costs, where there are prices
};

// The busiest station of so many nodes, 1 = all there is: what `squall predict` says.
double predicted_utilisation(Scenario scenario, const StrategySpec& spec, std::uint16_t nodes);

// The trials of one strategy.
class Trials {
 public:
  // `scenario`: as it was asked for, with all its strategies.
  Trials(const SizeRequest& request, const Vocabulary& vocabulary, const Scenario& scenario,
         std::string strategy);

  // Null: it was stopped, or failed, and failure() says why. Lives until the trials end.
  const Trial* ask(std::uint16_t nodes, bool one_lost);

  // In the order of nodes, as it is before one lost.
  std::vector<Trial> all() const;
  const std::string& failure() const { return failure_; }

 private:
  struct Point {
    std::optional<Scenario> scenario;  // of one strategy
    std::string why;                   // it is missing
    std::string lost;                  // the node that the step takes away
  };
  Point as_it_is(std::uint16_t nodes) const;
  Point with_one_lost(std::uint16_t nodes) const;
  Point load(const std::string& text, std::uint16_t nodes) const;
  bool play(const Scenario& scenario, Trial& trial);

  const SizeRequest& request_;
  const Vocabulary& vocabulary_;
  std::string strategy_;
  std::vector<Override> overrides_;  // of the request, and those that leave one strategy
  std::map<std::pair<std::uint16_t, bool>, Trial> trials_;
  std::map<std::uint16_t, std::vector<std::uint16_t>> busiest_first_;  // of runs as it is
  std::string failure_;
};

}  // namespace squall
