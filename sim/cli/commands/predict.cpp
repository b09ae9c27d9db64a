// squall predict SCENARIO: what laws say of it, for each strategy, before anything is played.
// The laws are scenarios/predict/; here they only become a table or a document.
#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"
#include "scenarios/predict/prediction.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/input/asked_scenario.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"

namespace squall {
namespace {

using Json = nlohmann::ordered_json;
using predict::Figure;
using predict::Statement;

struct Forecast {
  std::string strategy;
  std::vector<Statement> statements;  // one per law
};

std::vector<Forecast> forecasts(const Scenario& scenario) {
  std::vector<Forecast> all;
  for (const StrategySpec& spec : scenario.strategies) {
    all.push_back({spec.name, predict::predict({scenario, spec})});
  }
  return all;
}

const Figure* figure_named(const Statement& statement, const std::string& what) {
  const auto& figures = statement.answer.figures;
  const auto found = std::ranges::find(figures, what, &Figure::what);
  return found == figures.end() ? nullptr : &*found;
}

// One law: a line for each of its figures, a column for each strategy.
std::string law_text(const std::vector<Forecast>& all, std::size_t law, const Glyphs& glyphs) {
  std::vector<std::string> lines;
  for (const Forecast& forecast : all) {
    for (const Figure& figure : forecast.statements[law].answer.figures) {
      if (std::ranges::find(lines, figure.what) == lines.end()) lines.push_back(figure.what);
    }
  }
  if (lines.empty()) return {};
  const predict::LawRow& row = *all.front().statements[law].law;
  std::vector<std::vector<std::string>> table{{std::string(row.name)}};
  for (const Forecast& forecast : all) table.front().push_back(printable(forecast.strategy));
  for (const std::string& what : lines) {
    table.push_back({"  " + printable(what)});
    for (const Forecast& forecast : all) {
      const Figure* const figure = figure_named(forecast.statements[law], what);
      table.back().push_back(figure == nullptr ? "-"
                                               : with_unit(figure->value, figure->unit, glyphs));
    }
  }
  return text_table(table, 1) + fmt::format("  assuming: {}\n\n", row.assumes);
}

std::string silence_text(const std::vector<Forecast>& all) {
  std::string text = "Silent:\n";
  for (const Forecast& forecast : all) {
    for (const Statement& statement : forecast.statements) {
      if (statement.answer.silent.empty()) continue;
      text += fmt::format("  {}, {}: {}\n", printable(forecast.strategy), statement.law->name,
                          statement.answer.silent);
    }
  }
  return text;
}

std::string as_text(const Scenario& scenario, const std::vector<Forecast>& all,
                    const Options& options) {
  const Glyphs& glyphs = options.ascii ? ascii_glyphs() : unicode_glyphs();
  std::string text = printable(scenario.name) + ", predicted and not played\n\n";
  for (std::size_t law = 0; law < predict::law_rows().size(); ++law) {
    text += law_text(all, law, glyphs);
  }
  if (options.verbose > 0) return text + silence_text(all);
  return text + "-: no law speaks; -v says why.\n";
}

Json as_json(const Statement& statement) {
  Json law{{"law", statement.law->name},
           {"meaning", statement.law->meaning},
           {"assumes", statement.law->assumes}};
  if (!statement.answer.silent.empty()) {
    law["silent"] = statement.answer.silent;
    return law;
  }
  law["figures"] = Json::array();
  for (const Figure& figure : statement.answer.figures) {
    Json one{{"what", figure.what}, {"value", figure.value}, {"unit", figure.unit}};
    if (!figure.metric.empty()) one["metric"] = figure.metric;
    law["figures"].push_back(std::move(one));
  }
  return law;
}

std::string as_json(const Scenario& scenario, const std::vector<Forecast>& all) {
  Json document{{"predict", 1}, {"scenario", scenario.name}, {"strategies", Json::array()}};
  for (const Forecast& forecast : all) {
    Json laws = Json::array();
    for (const Statement& statement : forecast.statements) laws.push_back(as_json(statement));
    document["strategies"].push_back({{"strategy", forecast.strategy}, {"laws", laws}});
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Exit predict_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  Exit exit;
  const std::optional<Scenario> scenario = asked_scenario(
      invocation, make_vocabulary(), "bad command line; nothing was predicted", exit);
  if (!scenario) return exit;
  const std::vector<Forecast> all = forecasts(*scenario);
  invocation.console.out << (options.json ? as_json(*scenario, all)
                                          : as_text(*scenario, all, options));
  return {};
}

}  // namespace squall
