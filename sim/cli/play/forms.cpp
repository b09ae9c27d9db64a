// The row of a strategy, as words of its result. See forms.hpp.
// The sentence about a rigged duel is that of strategies/presets.cpp.
#include "sim/cli/play/forms.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "strategies/presets.hpp"

namespace squall {
namespace {

bool is_said(const std::vector<std::string>& sentences, const std::string& beginning) {
  return std::ranges::any_of(
      sentences, [&](const std::string& sentence) { return sentence.starts_with(beginning); });
}

}  // namespace

void add_form(const Scenario& scenario, std::size_t place, StrategyResult& result) {
  const StrategySpec& spec = scenario.strategies[place];
  const Form form = form_of(spec);
  result.form = word_of(form);
  if (form == Form::textbook) return;
  const std::string what = form == Form::hardened ? "a hardened form" : "a product";
  if (is_said(result.warnings, what) || is_said(result.notes, what)) return;
  const std::string remark = rigged_duel(spec, scenario.strategies);
  if (remark.empty()) {  // who reads the result may know no presets
    result.notes.push_back(what);
  } else {
    result.warnings.push_back(remark);
  }
}

void add_forms(const Scenario& scenario, Result& result) {
  for (StrategyResult& strategy : result.strategies) {
    const auto spec =
        std::ranges::find(scenario.strategies, strategy.strategy, &StrategySpec::name);
    if (spec == scenario.strategies.end()) continue;
    add_form(scenario, static_cast<std::size_t>(spec - scenario.strategies.begin()), strategy);
  }
}

}  // namespace squall
