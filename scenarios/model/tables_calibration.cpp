// How a measured cost profile is written down: the same tables as for a scenario, so that a
// mistake in it is told with file, line, column, field and fix. See calibration.hpp.
#include "scenarios/model/calibration.hpp"
#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/tables.hpp"

namespace squall {
namespace language {
namespace {

constexpr double kMostSeen = 1e15;

const Table<SeenRange>& range_table() {
  static const Table<SeenRange> table{
      "range",
      {
          field("from", &SeenRange::from, decimal_between(0, kMostSeen), std::string(kRequired),
                "The smallest that was seen."),
          field("to", &SeenRange::to, decimal_between(0, kMostSeen), std::string(kRequired),
                "The largest that was seen."),
      }};
  return table;
}

const Table<FitRow>& fit_table() {
  static const Table<FitRow> table{
      "fit",
      {
          field("load", &FitRow::load, free_text(), std::string(kRequired), "What was played."),
          field("measured", &FitRow::measured, decimal_between(0, kMostSeen),
                std::string(kRequired), "Seconds of the servers' CPU in a second."),
          field("fitted", &FitRow::fitted, decimal_between(-kMostSeen, kMostSeen),
                std::string(kRequired), "The same, by the costs."),
      }};
  return table;
}

template <typename V>
Field<Calibration> needed(std::string key, V Calibration::*member, Codec<V> codec,
                          std::string doc) {
  return field(std::move(key), member, std::move(codec), std::string(kRequired), std::move(doc));
}

const Table<Calibration>& calibration_table() {
  using C = Calibration;
  static const Table<C> table{
      "the profile",
      {
          constant<C>("squall_profile", "1", "That this is a cost profile."),
          needed("target", &C::target, free_text(), "Whose servers were measured."),
          needed("host", &C::host, free_text(), "Where."),
          needed("cpu", &C::cpu, free_text(), "On which processor."),
          needed("versions", &C::versions, free_text(), "Of squall and of the system."),
          needed("date", &C::date, free_text(), "When, in UTC."),
          needed("command", &C::command, free_text(), "How it is measured again."),
          needed("base", &C::base, word_from(&Vocabulary::cost_profiles, "cost profile"),
                 "The profile that stands for what was not identified."),
          needed("costs", &C::costs, object(costs_table()), "What was identified."),
          field("plus_minus", &C::plus_minus, object(costs_table()), "not known",
                "Of each: half of its 95 % interval."),
          needed("bytes", &C::bytes, object(range_table()), "Of a message."),
          needed("recipients", &C::recipients, object(range_table()), "Of a message."),
          needed("pushes_per_second", &C::pushes, object(range_table()), "Of one server."),
          field("one_way", &C::one_way, duration_between(0s, kLongest), "not measured",
                "On the way between two processes there: half of what costs do not explain of a "
                "median latency."),
          rare_field("overhead", &C::overhead, object(overhead_table()), "not measured",
                     "What the clients' protocol puts around the payload of a message."),
          needed("fit", &C::fit, list_of(object(fit_table()), "loads", 1000),
                 "Each load, as measured and as the costs say."),
          field("scenarios", &C::scenarios, list_of(free_text(), "names", 1000), "none",
                "Played for it: they do not count when it is judged."),
      }};
  return table;
}

}  // namespace
}  // namespace language

std::optional<Calibration> read_calibration(const std::string& text, const std::string& name,
                                            std::vector<Problem>& problems) {
  Vocabulary vocabulary;
  for (const CostProfile& row : cost_profiles()) vocabulary.cost_profiles.emplace_back(row.name);
  language::Reading reading(vocabulary, name);
  const auto root = language::parse_json(text, name, reading.problems());
  Calibration calibration;
  const bool good =
      root && language::read_object(reading, language::calibration_table(), *root, calibration);
  const std::vector<Problem> found = reading.take_problems();
  problems.insert(problems.end(), found.begin(), found.end());
  if (!good || !found.empty()) return std::nullopt;
  calibration.name = name;
  return calibration;
}

std::string write_calibration(const Calibration& calibration) {
  return language::dump(language::write_object(language::calibration_table(), calibration));
}

}  // namespace squall
