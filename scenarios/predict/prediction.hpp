// What a scenario must come out at for a strategy, said without playing it: laws and their figures.
//
// A law states its figures, each with the metric that measures it if there is one, or keeps silent
// and says why. The table of laws is predict.cpp; each law has a file of its own. The formulas are
// those of scenarios/model/laws.hpp. Nothing here is called while a run is played.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/scenario.hpp"
#include "strategies/core/spec.hpp"

namespace squall::predict {

// Of whom something is said.
struct Case {
  const Scenario& scenario;
  const StrategySpec& strategy;
};

struct Figure {
  std::string what;  // in words
  double value = 0;
  std::string unit;    // as of metrics: ratio, ns, bytes/s, 1
  std::string metric;  // what measures it in a run; empty: nothing does
};

// What a law takes for granted. The first condition that does not hold is why it keeps silent.
struct Condition {
  std::string_view otherwise;  // "the script has a fault"
  bool (*holds)(const Case& of);
};

// What a law says, or why it says nothing.
struct Answer {
  std::vector<Figure> figures;
  std::string silent;  // empty: it speaks

  void say(std::string what, double value, std::string unit, std::string metric = {}) {
    figures.push_back({std::move(what), value, std::move(unit), std::move(metric)});
  }
  static Answer nothing(std::string because) { return {{}, std::move(because)}; }
};

struct LawRow {
  std::string_view name;     // one word
  std::string_view meaning;  // what it says
  std::string_view assumes;  // beside its conditions
  std::span<const Condition> conditions;
  Answer (*state)(const Case& of);
};

std::span<const LawRow> law_rows();

struct Statement {
  const LawRow* law;
  Answer answer;
};
// Every law, in the order of the table.
std::vector<Statement> predict(const Case& of);

// What this metric of a whole run must come out at; nothing where no law speaks.
std::optional<double> predicted(std::string_view metric, const Case& of);

}  // namespace squall::predict
