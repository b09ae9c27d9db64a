// Making and changing recipes. See recipe.hpp.
// Times are drawn near each other as often as anywhere: races are about what is almost at once.
#include "sim/cli/explore/recipe.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>

#include "scenarios/model/grammar.hpp"

namespace squall::explore {
namespace {

using namespace std::chrono_literals;

std::string ms(std::uint64_t time) { return language::format_duration(Duration{time * 1ms}); }

std::uint64_t ms_of(const Json& step, const char* key) {
  const auto parsed = language::parse_duration(step.value(key, "0s"));
  return parsed.value ? static_cast<std::uint64_t>(*parsed.value / 1ms) : 0;
}

std::string node(Dice& dice, const Ground& ground) {
  return fmt::format("n{}", dice.roll(1, ground.nodes));
}

std::string some_time(Dice& dice) {
  if (dice.chance(50)) return dice.pick({"100ms", "1s", "2s", "5s", "10s", "20s", "40s"});
  return ms(dice.roll(1, 20'000));
}

template <typename Things>
auto& one_of(Dice& dice, Things& things) {
  return things[dice.roll(0, things.size() - 1)];
}

// ---- Kinds of faults ----------------------------------------------------------------------------

bool always(const Ground&) { return true; }

void on_a_node(Json& step, Dice& dice, const Ground& ground) {
  step["on"] = node(dice, ground);
  step["for"] = some_time(dice);
}

void lasting(Json& step, Dice& dice, const Ground&) { step["for"] = some_time(dice); }

void slow(Json& step, Dice& dice, const Ground& ground) {
  on_a_node(step, dice, ground);
  step["times"] = dice.chance(50) ? 100 : 10'000;
}

void deploy(Json& step, Dice& dice, const Ground&) {
  step["on"] = "node[*]";
  step["drain"] = dice.pick({"1s", "5s"});
  step["down"] = dice.pick({"500ms", "2s", "5s"});
  step["pause"] = dice.pick({"1s", "5s"});
}

void partition(Json& step, Dice& dice, const Ground& ground) {
  std::vector<std::string> others;
  if (ground.broker) others.emplace_back("broker");
  if (ground.registry) others.emplace_back("registry");
  const std::uint64_t cut = dice.roll(1, ground.nodes);
  for (std::uint64_t other = 1; ground.peers && other <= ground.nodes; ++other) {
    if (other != cut) others.push_back(fmt::format("n{}", other));
  }
  step["between"] = {fmt::format("n{}", cut), one_of(dice, others)};
  step["for"] = some_time(dice);
}

void disconnect(Json& step, Dice& dice, const Ground& ground) {
  const std::uint64_t groups = ground.populations.size() + ground.individuals.size();
  const std::uint64_t who = dice.roll(0, groups - 1);
  if (who < ground.populations.size()) {
    step["on"] = ground.populations[who];
    if (dice.chance(70)) step["share"] = static_cast<double>(dice.roll(2, 8)) / 10;
  } else {
    step["by"] = ground.individuals[who - ground.populations.size()];
  }
  step["how"] = dice.pick({"close", "abort", "silent"});
}

void flash(Json& step, Dice& dice, const Ground& ground) {
  step["on"] = one_of(dice, ground.classes);
  step["times"] = dice.roll(2, 20);
  step["for"] = dice.pick({"1s", "5s"});
}

bool has_somebody(const Ground& ground) {
  return !ground.populations.empty() || !ground.individuals.empty();
}
bool has_links(const Ground& ground) {
  return ground.broker || ground.registry || (ground.peers && ground.nodes > 1);
}

Json a_fault(Dice& dice, const Ground& ground, const Verbs& verbs) {
  std::vector<const FaultKind*> fit;
  for (const FaultKind& kind : fault_kinds()) {
    const bool asked = verbs.empty() || std::ranges::find(verbs, kind.verb) != verbs.end();
    if (asked && kind.fits(ground)) fit.push_back(&kind);
  }
  if (fit.empty()) return {};
  const FaultKind& kind = *fit[dice.roll(0, fit.size() - 1)];
  Json step{{"at", ms(dice.roll(0, ground.measure_ms * 4 / 5))}, {"do", kind.verb}};
  kind.fill(step, dice, ground);
  return step;
}

// Near the beginning or the end of another fault, in a distance that is small as often as large.
void move_near(Json& step, const Json& other, Dice& dice, const Ground& ground) {
  const std::uint64_t end = ms_of(other, "at") + (dice.chance(50) ? ms_of(other, "for") : 0);
  const std::uint64_t apart = dice.roll(0, std::uint64_t{1} << dice.roll(0, 15));
  const std::uint64_t at = dice.chance(50) || apart > end ? end + apart : end - apart;
  step["at"] = ms(std::min(at, ground.measure_ms - 1));
}

void move(Json& step, Dice& dice, const Ground& ground) { move_near(step, step, dice, ground); }

void add_fault(Recipe& recipe, Dice& dice, const Ground& ground, const Verbs& verbs) {
  Json step = a_fault(dice, ground, verbs);
  if (step.is_null()) return;
  if (!recipe.faults.empty() && dice.chance(60)) {
    move_near(step, one_of(dice, recipe.faults), dice, ground);
  }
  recipe.faults.push_back(std::move(step));
}

void other_link(Recipe& recipe, Dice& dice) {
  recipe.net[dice.pick({"node_node", "node_broker", "node_registry"})] =
      dice.pick({"5ms", "50ms", "400ms"});
}

}  // namespace

std::span<const FaultKind> fault_kinds() {
  static constexpr std::array<FaultKind, 11> kRows{{
      {"crash", always, on_a_node},
      {"host_loss", always, on_a_node},
      {"pause", always, on_a_node},
      {"drain", always, on_a_node},
      {"slow", always, slow},
      {"rolling_restart", always, deploy},
      {"disconnect", has_somebody, disconnect},
      {"partition", has_links, partition},
      {"broker_down", [](const Ground& ground) { return ground.broker; }, lasting},
      {"registry_down", [](const Ground& ground) { return ground.registry; }, lasting},
      {"flash", [](const Ground& ground) { return !ground.classes.empty(); }, flash},
  }};
  return kRows;
}

Recipe fresh(Dice& dice, const Ground& ground, const Verbs& verbs) {
  Recipe recipe;
  recipe.seed = dice.roll(1, kSeeds);
  if (dice.chance(25)) other_link(recipe, dice);
  for (std::uint64_t more = dice.roll(1, 3); more > 0; --more) {
    add_fault(recipe, dice, ground, verbs);
  }
  return recipe;
}

Recipe changed(Dice& dice, const Ground& ground, const Verbs& verbs, Recipe recipe,
               const Recipe& other) {
  for (std::uint64_t more = dice.roll(1, 3); more > 0; --more) {
    const std::uint64_t what = dice.roll(1, 10);
    const bool any = !recipe.faults.empty();
    if (what <= 3 && recipe.faults.size() < kMostFaults) {
      add_fault(recipe, dice, ground, verbs);
    } else if (what <= 6 && any) {
      move(one_of(dice, recipe.faults), dice, ground);
    } else if (what == 7 && any) {
      const std::size_t out = dice.roll(0, recipe.faults.size() - 1);
      recipe.faults.erase(out);
    } else if (what == 8 && !other.faults.empty() && recipe.faults.size() < kMostFaults) {
      recipe.faults.push_back(one_of(dice, other.faults));
    } else if (what == 9) {
      recipe.seed = dice.roll(1, kSeeds);
    } else if (dice.chance(50)) {
      other_link(recipe, dice);
    } else if (any) {
      Json& step = one_of(dice, recipe.faults);
      if (step.contains("for")) step["for"] = some_time(dice);
    }
  }
  return recipe;
}

Json scenario_of(const Ground& ground, const Recipe& recipe) {
  Json scenario = ground.scenario;
  for (const auto& [key, value] : recipe.net.items()) scenario["cluster"]["net"][key] = value;
  if (!scenario.contains("script")) scenario["script"] = Json::array();
  for (const Json& step : recipe.faults) scenario["script"].push_back(step);
  return scenario;
}

void mend(Recipe& recipe, const Ground& ground, const Vocabulary& vocabulary) {
  const std::size_t own = ground.scenario.contains("script") ? ground.scenario["script"].size() : 0;
  while (!recipe.faults.empty()) {
    const LoadResult result = load(scenario_of(ground, recipe), vocabulary);
    if (result.scenario) return;
    std::size_t out = recipe.faults.size() - 1;
    for (const Problem& problem : result.problems) {
      if (problem.severity != Severity::error || !problem.pointer.starts_with("/script/")) continue;
      const std::size_t number = std::stoul(problem.pointer.substr(8));
      if (number >= own && number - own < recipe.faults.size()) out = number - own;
      break;
    }
    recipe.faults.erase(out);
  }
}

Json to_json(const Recipe& recipe) {
  return {{"seed", recipe.seed}, {"net", recipe.net}, {"faults", recipe.faults}};
}

Recipe recipe_from(const Json& json) {
  return {json.at("seed").get<std::uint64_t>(), json.at("net"), json.at("faults")};
}

}  // namespace squall::explore
