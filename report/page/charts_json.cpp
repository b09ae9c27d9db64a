// Chart data to JSON columns and back. The rest of the document is in json.cpp and json_read.cpp.
// Reading checks that the columns of one table are equally long.
#include "report/page/charts_json.hpp"

#include <cmath>
#include <limits>

#include "report/measure/statistics.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

void read(const Json& json, double& value) {
  value = json == "infinity" ? std::numeric_limits<double>::infinity() : json.get<double>();
}
void read(const Json& json, std::optional<double>& value) {
  if (!json.is_object()) read(json, value.emplace());
}
template <typename T>
void read(const Json& json, T& value) {
  value = json.get<T>();
}
Json write(double value) { return json_number(value); }
Json write(const std::optional<double>& value) { return json_number(value); }
template <typename T>
Json write(const T& value) {
  return value;
}

// One column: the field of every row under its name.
template <typename Row, typename T>
void put(Json& json, const char* name, const std::vector<Row>& rows, T Row::*field) {
  Json& column = json[name] = Json::array();
  for (const Row& row : rows) column.push_back(write(row.*field));
}

template <typename Row, typename T>
void take(const Json& json, const char* name, std::vector<Row>& rows, T Row::*field) {
  const Json& column = json.at(name);
  if (rows.empty()) rows.resize(column.size());
  for (std::size_t i = 0; i < rows.size(); ++i) read(column.at(i), rows[i].*field);
}

// The tables, each visited once to write and once to read.
template <typename Visit, typename Curve>
void curve_columns(Visit&& visit, Curve& curve) {
  visit("of_million", curve, &LatencyPoint::of_million);
  visit("pooled_ns", curve, &LatencyPoint::pooled);
  visit("lowest_ns", curve, &LatencyPoint::lowest);
  visit("highest_ns", curve, &LatencyPoint::highest);
}
template <typename Visit, typename Bins>
void bin_columns(Visit&& visit, Bins& bins) {
  visit("from_ns", bins, &LatencyBin::from);
  visit("to_ns", bins, &LatencyBin::to);
  visit("pairs", bins, &LatencyBin::pairs);
}
// `traffic`: of one class, which has no connections of its own.
template <typename Visit, typename Slices>
void slice_columns(Visit&& visit, Slices& slices, bool traffic) {
  visit("owed", slices, &TimeSlice::owed);
  visit("lost", slices, &TimeSlice::lost);
  visit("delivered", slices, &TimeSlice::delivered);
  visit("p50_ns", slices, &TimeSlice::p50);
  visit("p99_ns", slices, &TimeSlice::p99);
  if (!traffic) visit("connected", slices, &TimeSlice::connected);
}
template <typename Visit, typename Nodes>
void node_columns(Visit&& visit, Nodes& nodes) {
  visit("pushes", nodes, &NodeLoad::pushes);
  visit("ingress", nodes, &NodeLoad::ingress);
  visit("busy_ns", nodes, &NodeLoad::busy_ns);
  visit("wasted_ns", nodes, &NodeLoad::wasted_ns);
  visit("connections", nodes, &NodeLoad::connections);
}

struct Putter {
  Json& json;
  template <typename Row, typename T>
  void operator()(const char* name, const std::vector<Row>& rows, T Row::*field) const {
    put(json, name, rows, field);
  }
};
struct Taker {
  const Json& json;
  template <typename Row, typename T>
  void operator()(const char* name, std::vector<Row>& rows, T Row::*field) const {
    if (json.contains(name)) take(json, name, rows, field);  // older results have fewer columns
  }
};

Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
Json text() { return {{"type", "string"}}; }
Json whole() { return {{"type", "integer"}, {"minimum", 0}}; }
Json amount() { return {{"$ref", "#/definitions/number"}}; }

Json object(const Json& properties) {
  Json required = Json::array();
  for (const auto& [name, property] : properties.items()) required.push_back(name);
  return {{"type", "object"}, {"properties", properties}, {"required", required}};
}

}  // namespace

Json json_number(double value) {
  const double stored = rounded(value);
  if (std::isinf(stored)) return stored < 0 ? "-infinity" : "infinity";
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::trunc(stored) == stored && std::abs(stored) < kExact) {
    return static_cast<std::int64_t>(stored);
  }
  return stored;
}

Json json_number(const std::optional<double>& value) {
  return value ? json_number(*value) : Json{{"no_data", true}};
}

Json charts_json(const ChartData& charts) {
  Json json;
  Json &curve = json["curve"] = Json::object(), &slices = json["slices"] = Json::object(),
       &nodes = json["nodes"] = Json::object();
  curve_columns(Putter{curve}, charts.curve);
  slice_columns(Putter{slices}, charts.slices, false);
  json["causes"] = Json::array();
  for (const CauseSeries& cause : charts.causes) {
    json["causes"].push_back({{"mechanism", cause.mechanism}, {"pairs", cause.pairs}});
  }
  json["traffic"] = Json::array();
  for (const TrafficSlices& traffic : charts.traffic) {
    Json one = {{"name", traffic.name}};
    slice_columns(Putter{one}, traffic.slices, true);
    json["traffic"].push_back(std::move(one));
  }
  node_columns(Putter{nodes}, charts.nodes);
  json["phases"] = Json::array();
  for (const LatencyPhase& phase : charts.phases) {
    Json one = {{"name", phase.name}, {"owed", phase.owed}, {"lost", phase.lost}};
    bin_columns(Putter{one}, phase.bins);
    json["phases"].push_back(std::move(one));
  }
  json["faults"] = Json::array();
  for (const FaultImpact& fault : charts.faults) {
    json["faults"].push_back({{"label", fault.label},
                              {"disconnects", fault.disconnects},
                              {"pairs_lost", fault.pairs_lost},
                              {"never_again", fault.never_again},
                              {"ready_again_p99_ns", json_number(fault.ready_again_p99)}});
  }
  return json;
}

Json timeline_json(const Timeline& timeline) {
  Json spans = Json::array();
  for (const TimelineSpan& span : timeline.spans) {
    spans.push_back({{"label", span.label},
                     {"begin_s", json_number(span.begin_s)},
                     {"end_s", json_number(span.end_s)}});
  }
  Json spells = Json::array();
  for (const TimelineSpell& spell : timeline.spells) {
    spells.push_back({{"node", spell.node},
                      {"what", spell.what},
                      {"begin_s", json_number(spell.begin_s)},
                      {"end_s", json_number(spell.end_s)}});
  }
  return {{"measure_s", json_number(timeline.measure_s)},
          {"slice_s", json_number(timeline.slice_s)},
          {"loops", timeline.loops},
          {"spans", std::move(spans)},
          {"spells", std::move(spells)}};
}

ChartData charts_of(const Json& json) {
  ChartData charts;
  curve_columns(Taker{json.at("curve")}, charts.curve);
  slice_columns(Taker{json.at("slices")}, charts.slices, false);
  for (const Json& one : json.value("causes", Json::array())) {
    charts.causes.push_back({one.at("mechanism"), one.at("pairs")});
  }
  for (const Json& one : json.value("traffic", Json::array())) {
    TrafficSlices traffic{one.at("name"), {}};
    slice_columns(Taker{one}, traffic.slices, true);
    charts.traffic.push_back(std::move(traffic));
  }
  node_columns(Taker{json.at("nodes")}, charts.nodes);
  for (const Json& one : json.at("phases")) {
    LatencyPhase phase{one.at("name"), one.at("owed"), one.at("lost"), {}};
    bin_columns(Taker{one}, phase.bins);
    charts.phases.push_back(std::move(phase));
  }
  for (const Json& one : json.at("faults")) {
    FaultImpact fault{
        one.at("label"), one.at("disconnects"), one.at("pairs_lost"), one.at("never_again"), {}};
    const Json& ready = one.at("ready_again_p99_ns");
    if (!ready.is_object()) read(ready, fault.ready_again_p99.emplace());
    charts.faults.push_back(std::move(fault));
  }
  return charts;
}

Timeline timeline_of(const Json& json) {
  Timeline timeline;
  timeline.measure_s = json.at("measure_s").get<double>();
  timeline.slice_s = json.at("slice_s").get<double>();
  timeline.loops = json.at("loops").get<std::uint32_t>();
  for (const Json& span : json.at("spans")) {
    timeline.spans.push_back({span.at("label"), span.at("begin_s"), span.at("end_s")});
  }
  for (const Json& spell : json.value("spells", Json::array())) {
    timeline.spells.push_back(
        {spell.at("node"), spell.at("what"), spell.at("begin_s"), spell.at("end_s")});
  }
  return timeline;
}

Json charts_schema() {
  Json counts = list_of(whole()), amounts = list_of(amount());
  Json phase = object({{"name", text()},
                       {"owed", whole()},
                       {"lost", whole()},
                       {"from_ns", counts},
                       {"to_ns", counts},
                       {"pairs", counts}});
  Json fault = object({{"label", text()},
                       {"disconnects", whole()},
                       {"pairs_lost", whole()},
                       {"never_again", whole()},
                       {"ready_again_p99_ns", amount()}});
  return object({{"curve", object({{"of_million", counts},
                                   {"pooled_ns", amounts},
                                   {"lowest_ns", amounts},
                                   {"highest_ns", amounts}})},
                 {"slices", object({{"owed", counts},
                                    {"lost", counts},
                                    {"delivered", counts},
                                    {"p50_ns", amounts},
                                    {"p99_ns", amounts},
                                    {"connected", counts}})},
                 {"causes", list_of(object({{"mechanism", text()}, {"pairs", counts}}))},
                 {"traffic", list_of(object({{"name", text()},
                                             {"owed", counts},
                                             {"lost", counts},
                                             {"delivered", counts},
                                             {"p50_ns", amounts},
                                             {"p99_ns", amounts}}))},
                 {"nodes", object({{"pushes", counts},
                                   {"ingress", counts},
                                   {"busy_ns", counts},
                                   {"wasted_ns", counts},
                                   {"connections", amounts}})},
                 {"phases", list_of(std::move(phase))},
                 {"faults", list_of(std::move(fault))}});
}

Json timeline_schema() {
  Json span = object({{"label", text()}, {"begin_s", amount()}, {"end_s", amount()}});
  Json spell =
      object({{"node", whole()}, {"what", text()}, {"begin_s", amount()}, {"end_s", amount()}});
  return object({{"measure_s", amount()},
                 {"slice_s", amount()},
                 {"loops", whole()},
                 {"spans", list_of(std::move(span))},
                 {"spells", list_of(std::move(spell))}});
}

}  // namespace squall
