// The whole file: its sections in reading order, so that each finds what it refers to.
// The sections themselves are in the other tables_*.cpp.
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

Field<Scenario> version_field() {
  return {"squall",
          std::string(kRequired),
          "The version of the language: 1.",
          [](Reading& reading, const Json& json, Scenario&) {
            if (json.kind == Json::Kind::number && json.number == 1) return true;
            return reading.fail(json.place, "S0106",
                                "\"squall\" must be 1, the version of the language");
          },
          [](const Scenario&) { return std::optional(Json::of(1.0)); },
          [](const Vocabulary&) { return Json::object().set("const", Json::of(1.0)); }};
}

// Read before the tables are (parameters.cpp), and gone from the resolved scenario.
Field<Scenario> parameters_field() {
  return {"params",
          "",
          "Values that \"$name\" stands for elsewhere; --set changes them.",
          [](Reading&, const Json&, Scenario&) { return true; },
          [](const Scenario&) { return std::optional<Json>(); },
          [](const Vocabulary&) {
            Json types = Json::array();
            for (const char* type : {"string", "number", "boolean"}) types.push(Json::of(type));
            Json schema = schema_type("object");
            schema.set("propertyNames",
                       Json::object().set("pattern", Json::of("^[A-Za-z_][A-Za-z0-9_]*$")));
            return schema.set("additionalProperties", Json::object().set("type", std::move(types)));
          }};
}

// A text that the tables do not read, and that is gone from the resolved scenario.
Field<Scenario> text_for_others(std::string key, std::string doc) {
  return {std::move(key),
          "",
          std::move(doc),
          [](Reading&, const Json&, Scenario&) { return true; },
          [](const Scenario&) { return std::optional<Json>(); },
          [](const Vocabulary&) { return schema_type("string"); }};
}

// Left out of the resolved scenario when empty, so that files without it keep their bytes.
Field<Scenario> gates_field() {
  Field<Scenario> made =
      field("gates", &Scenario::gates, gates_codec(), "",
            "How much worse than a baseline it may get; judged by `squall compare`.");
  made.write = [write = made.write](const Scenario& scenario) {
    return scenario.gates.empty() ? std::nullopt : write(scenario);
  };
  return made;
}

// Left out like gates, at its default: it changes no number but those of the curves.
Field<TimeWindows> series_field() {
  return rare_field(
      "series", &TimeWindows::series, duration_between(100ms, kLongest), "",
      "The width of one point of the curves over measure, 100ms or more. Default 1s.");
}

Field<TimeWindows> stretch(std::string key, Duration TimeWindows::*member, Duration least,
                           std::string doc) {
  return field(std::move(key), member, duration_between(least, kLongest), "uncalibrated",
               std::move(doc));
}

Distribution spread_over_a_third(const TimeWindows& time) {
  return {Distribution::Kind::uniform, 0, time.warmup.count() / 3, 0};
}

}  // namespace

const Table<TimeWindows>& time_table() {
  static const Table<TimeWindows> table{
      "time",
      {
          stretch("warmup", &TimeWindows::warmup, 0s,
                  "Before t = 0: people arrive, caches fill, nothing is counted."),
          stretch("measure", &TimeWindows::measure, 1ms, "Messages born here count."),
          stretch("drain", &TimeWindows::drain, 0s,
                  "After measure: sources off, clients still reconnect and retry."),
          stretch("deadline", &TimeWindows::deadline, 1ms, "A delivery after it counts as late."),
          series_field(),
      }};
  return table;
}

namespace {

// The results of a scenario stand in a folder of its name, and the last run is called `latest`.
Codec<std::string> scenario_name() {
  Codec<std::string> codec = fresh_name();
  codec.read = [read = codec.read](Reading& reading, const Json& json, std::string& value) {
    if (!read(reading, json, value)) return false;
    if (value != "latest") return true;
    return reading.fail(json.place, "S0215",
                        "the name \"latest\" is that of the last run; choose another one");
  };
  return codec;
}

}  // namespace

const Table<Scenario>& scenario_table() {
  static const Table<Scenario> table{
      "the scenario",
      {
          text_for_others("$schema", "For editors; ignored."),
          version_field(),
          field("name", &Scenario::name, scenario_name(), std::string(kRequired),
                "The scenario's name; the file's, by custom."),
          field("why", &Scenario::why, free_text(), "",
                "What the scenario is for and what it should show."),
          // Followed before (document.cpp): tables see one whole scenario.
          text_for_others("extends",
                          "Another scenario, built in or a file beside this one, over which this "
                          "one is laid."),
          parameters_field(),
          field("time", &Scenario::time, object(time_table()), "",
                "The phases of a run; t = 0 is the start of measure."),
          field("cluster", &Scenario::cluster, object(cluster_table()), "", "The machines."),
          field("people", &Scenario::people,
                named<Population>(population_table(), &Population::name, "populations", 1000,
                                  [](const Reading& reading, Population& population) {
                                    population.arrive = spread_over_a_third(reading.scenario.time);
                                  }),
                "", "Statistical populations by name."),
          field("client", &Scenario::client, object(client_table()), "",
                "How every client behaves."),
          field("rooms", &Scenario::rooms,
                named<RoomSet>(room_table(), &RoomSet::name, "sets of rooms", 1000), "",
                "Sets of rooms by name."),
          field("clients", &Scenario::clients,
                named<ScriptedClient>(individual_table(), &ScriptedClient::name, "individuals",
                                      100'000),
                "", "Individuals by name; what they do stands in the script."),
          field("traffic", &Scenario::traffic, list_of(object(traffic_table()), "classes", 1000),
                "", "Who sends what to whom, and how often."),
          field("script", &Scenario::script, list_of(step_codec(), "steps"), "",
                "What happens, and when."),
          field("strategies", &Scenario::strategies, list_of(strategy_codec(), "strategies", 1000),
                "", "The designs to compare. Default: the five."),
          field("expect", &Scenario::expect, expectations_codec(), "",
                "What the run must show; all of them."),
          gates_field(),
          optional_field("prices", &Scenario::prices, object(prices_table()),
                         "What machines and bytes cost; money stands beside loss and latency."),
      }};
  return table;
}

}  // namespace squall::language
