// Random valid scenarios, numbered and always the same: from the schema that the loader prints, so
// that a key that is added to the language is generated on the next day.
//
// Names, references and sizes that keep a run small stand here; every other value is made from its
// type, with extremes now and then. What the loader refuses is taken out where it points to.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/tables.hpp"
#include "strategies/core/rng.hpp"
#include "tests/support/scenario_text.hpp"

namespace squall::testing {

using Json = nlohmann::ordered_json;

class Dice {
 public:
  explicit Dice(std::uint64_t number) : rng_(number, Purpose{1001}, 0) {}

  std::uint64_t roll(std::uint64_t from, std::uint64_t to) {
    return from + below(rng_.at(drawn_++), to - from + 1);
  }
  bool chance(std::uint64_t percent) { return roll(1, 100) <= percent; }
  Json pick(const std::vector<Json>& choices) { return choices[roll(0, choices.size() - 1)]; }

 private:
  Rng rng_;
  std::uint64_t drawn_ = 0;
};

inline const Json& language_schema() {
  static const Json schema = Json::parse(scenario_schema(vocabulary()));
  return schema;
}

// How large a run may become.
struct Bounds {
  std::uint64_t people = 12, nodes = 5, steps = 12;
  std::uint64_t warmup_ms = 4000, measure_ms = 9000, drain_ms = 60'000;
  bool extremes = true;
};

class Generator {
 public:
  Generator(std::uint64_t number, const Bounds& bounds)
      : number_(number), dice_(number), bounds_(bounds) {}

  Json scenario();

 private:
  using Maker = std::function<Json(Generator&)>;
  static const std::map<std::string, Maker>& makers();
  static const std::map<std::string, Maker>& limit_makers();
  static const std::map<std::string, Maker>& place_makers();
  static const std::map<std::string, Maker>& line_makers();

  Json value(const Json& schema, const std::string& path);
  Json text(const std::string& pattern);
  Json object(const Json& schema, const std::string& path);
  Json step(const language::VerbRow& verb);
  void add_steps(const language::VerbRow& verb);
  void add_script();
  void stall_a_link();
  void let_go_of_older();
  void save_a_place();
  void keep_too_little();
  void lose_a_consumer();
  Json step_value(std::string_view verb, const std::string& key);
  Json set_to(const std::string& path);
  Json traffic();
  Json strategies();
  Json expectations();
  Json named(const std::string& section, const std::vector<std::string>& names);
  std::string time(std::uint64_t low_ms, std::uint64_t high_ms) {
    return std::to_string(dice_.roll(low_ms, high_ms)) + "ms";
  }
  std::string duration();
  std::string node() { return "n" + std::to_string(dice_.roll(1, nodes_)); }
  Json nodes();
  Json side();
  Json room();
  Json one_of(const Json& section);

  std::uint64_t number_;
  Dice dice_;
  Bounds bounds_;
  std::uint64_t nodes_ = 1;
  bool zones_ = false;
  Json made_;
};

// ---- Values by type -----------------------------------------------------------------------------

inline std::string Generator::duration() {
  if (!bounds_.extremes || dice_.chance(70)) {
    return dice_.pick({"5ms", "50ms", "300ms", "1s", "2s", "5s"});
  }
  return dice_.pick({"0s", "1ns", "1us", "100us", "1ms", "10ms", "30s", "10m", "24h", "168h"});
}

inline Json Generator::text(const std::string& pattern) {
  const auto has = [&](std::string_view part) { return pattern.find(part) != pattern.npos; };
  const bool extreme = bounds_.extremes && dice_.chance(20);
  if (has("lognormal") && has("KiB")) {
    if (extreme)
      return dice_.pick({"lognormal(16MiB,5)", "1MiB", "lognormal(1KiB,5)", "exp(64KiB)"});
    return dice_.pick(
        {"1B", "200B", "fixed(500B)", "uniform(1B,2KiB)", "exp(300B)", "lognormal(300B,0.6)"});
  }
  if (has("lognormal")) {
    if (has("never") && dice_.chance(15)) return "never";
    if (extreme) {
      return dice_.pick({"0s", "1ns", "lognormal(1m,5)", "lognormal(1ms,5)", "8760h", "exp(24h)",
                         "uniform(0s,8760h)", "exp(1ns)"});
    }
    return dice_.pick({"300us", "1ms", "45ms", "300ms", "2s", "uniform(0s,1s)", "uniform(1ms,90ms)",
                       "exp(200ms)", "exp(4s)", "exp(10s)", "lognormal(45ms,0.4)"});
  }
  if (has("KiB")) {
    if (extreme) return dice_.pick({"0B", "1B", "1GiB", "1024GiB"});
    return dice_.pick({"600B", "4000B", "64KiB", "1MiB", "32MiB"});
  }
  if (has("Mbit")) {
    if (extreme) return dice_.pick({"100bit/s", "1kbit/s", "700Gbit/s", "1bit/s"});
    return dice_.pick({"8kbit/s", "64kbit/s", "1Mbit/s", "20Mbit/s", "1Gbit/s"});
  }
  if (has("(ns|us|ms|s|m|h)")) return duration();
  if (has("/(s|m|h)")) return dice_.pick({"1/m", "0.5/s", "5/s", "20/s", "40/s"});
  if (has("zipf")) return dice_.pick({"uniform", "zipf(0.5)", "zipf(1.0)", "zipf(5)"});
  return dice_.pick({"a", "b", "c.d", "e-f"});
}

inline Json Generator::value(const Json& schema, const std::string& path) {
  if (path.starts_with("/cluster/nodes/costs/")) {  // a loop is to keep up, most of the time
    return dice_.pick({"0s", "1us", "20us", "500us", "5ms"});
  }
  const auto named = makers().find(path);
  if (named != makers().end()) return named->second(*this);
  const auto limit = limit_makers().find(path);
  if (limit != limit_makers().end()) return limit->second(*this);
  const auto place = place_makers().find(path);
  if (place != place_makers().end()) return place->second(*this);
  const auto line = line_makers().find(path);
  if (line != line_makers().end()) return line->second(*this);
  const bool own = path.starts_with("/people/*/client/") || path.starts_with("/clients/*/client/");
  if (own) {  // as that of all
    const std::string of_all = path.substr(path.find("*/") + 1);
    if (makers().contains(of_all)) return makers().at(of_all)(*this);
  }
  if (schema.contains("anyOf")) return value(schema["anyOf"][0], path);
  if (schema.contains("const")) return schema["const"];
  if (schema.contains("enum")) {
    return schema["enum"][dice_.roll(0, schema["enum"].size() - 1)];
  }
  const Json type = schema.value("type", Json("string"));
  if (type == "object") return object(schema, path);
  if (type == "boolean") return dice_.chance(50);
  if (type == "array") {
    Json list = Json::array();
    for (std::uint64_t n = dice_.roll(0, 2); n > 0; --n) {
      list.push_back(value(schema["items"], path + "/-"));
    }
    return list;
  }
  if (type == "integer" || type == "number") {
    const double low = schema.value("minimum", 0.0), high = schema.value("maximum", 10.0);
    const double near = std::min(high, low + double(dice_.roll(0, 4)));
    if (bounds_.extremes && dice_.chance(10)) return dice_.chance(50) ? low : std::min(high, 1e5);
    if (type == "integer" || dice_.chance(50)) return static_cast<std::int64_t>(near);
    return low + (std::min(high, low + 4) - low) * double(dice_.roll(0, 10)) / 10;
  }
  return text(schema.value("pattern", ""));
}

inline Json Generator::object(const Json& schema, const std::string& path) {
  Json made = Json::object();
  if (!schema.contains("properties")) return made;
  const Json required = schema.value("required", Json::array());
  for (const auto& [key, inner] : schema["properties"].items()) {
    const bool needed = std::find(required.begin(), required.end(), Json(key)) != required.end();
    const bool section = inner.value("type", Json("")) == "object";
    if (!needed && !dice_.chance(section ? 60 : 25)) continue;
    made[key] = value(inner, path + "/" + key);
  }
  return made;
}

// ---- Names and references -----------------------------------------------------------------------

inline Json Generator::one_of(const Json& section) {
  if (section.empty()) return "nobody";
  auto found = section.begin();
  std::advance(found, static_cast<std::ptrdiff_t>(dice_.roll(0, section.size() - 1)));
  return found.key();
}

inline Json Generator::room() {
  if (!made_["rooms"].empty() && dice_.chance(50)) {
    return one_of(made_["rooms"]).get<std::string>() + "-" + std::to_string(dice_.roll(0, 2));
  }
  return dice_.pick({"lobby", "attic", "den"});
}

inline Json Generator::nodes() {
  if (zones_ && dice_.chance(20)) return dice_.pick({"node[zone=a]", "node[zone=b]"});
  if (dice_.chance(20)) return "node[*]";
  if (dice_.chance(15)) return Json::array({node(), node()});
  return node();
}

inline Json Generator::side() {
  if (dice_.chance(30)) return dice_.pick({"broker", "registry"});
  if (dice_.chance(10)) return Json::array({"broker", "registry"});
  return nodes();
}

inline Json Generator::named(const std::string& section, const std::vector<std::string>& names) {
  Json all = Json::object();
  const Json& schema = language_schema()["properties"][section]["additionalProperties"];
  for (const std::string& name : names) {
    if (dice_.chance(60)) all[name] = object(schema, "/" + section + "/*");
  }
  return all;
}

inline const std::map<std::string, Generator::Maker>& Generator::limit_makers() {
  const auto few = [](Generator& g) { return g.dice_.pick({1, 1, 2, 3, 6}); };
  static const std::map<std::string, Maker> table{
      {"/cluster/nodes/running",
       [](Generator& g) {
         return g.dice_.pick({0, g.dice_.roll(1, g.nodes_)});
       }},
      {"/cluster/nodes/max_age",
       [](Generator& g) {
         return g.dice_.pick({"never", "exp(4s)", "uniform(2s,6s)", "20s"});
       }},
      {"/cluster/nodes/memory",
       [](Generator& g) {
         return Json{{"limit", g.dice_.pick({"none", "150KiB", "300KiB"})},
                     {"base", "64KiB"},
                     {"per_connection", g.dice_.pick({"0B", "1KiB"})},
                     {"per_frame", g.dice_.pick({"0B", "256B"})},
                     {"restart", g.dice_.pick({"none", "1ms", "500ms", "5s"})}};
       }},
      {"/cluster/nodes/max_connections",
       [](Generator& g) {
         return g.dice_.pick({0, 1, 3, 100});
       }},
      {"/cluster/nodes/admission",
       [](Generator& g) {
         return g.dice_.pick({0, 1, 2, 100});
       }},
      {"/cluster/lb/max_connections",
       [](Generator& g) {
         return g.dice_.pick({0, 1, 8, 100});
       }},
      {"/cluster/nodes/egress_queue",  // one frame fits, or two: else it hardly ever is full
       [](Generator& g) {
         return Json{{"limit", g.dice_.pick({"none", "300B", "2KB", "64KB"})},
                     {"on_full", g.dice_.pick({"disconnect", "drop_newest", "block"})}};
       }},
      {"/cluster/lb/replicas", few},
      {"/cluster/lb/health",
       [](Generator& g) {
         return Json{{"every", g.dice_.pick({"100ms", "500ms", "2s"})},
                     {"fall", g.dice_.pick({1, 3})},
                     {"rise", g.dice_.pick({1, 2})}};
       }},
      {"/cluster/lb/dns_ttl",
       [](Generator& g) {
         return g.dice_.pick({"none", "none", "1s", "60s"});
       }},
      {"/client/requests", few},
      {"/cluster/broker/masters", few},
      {"/cluster/lb/idle_timeout",
       [](Generator& g) {
         return g.dice_.pick({"none", "300ms", "2s", "5s", "60s"});
       }},
      {"/cluster/database/connect",
       [](Generator& g) {
         return g.dice_.pick({"none", "1us", "5ms", "200ms"});
       }},
      {"/cluster/database/servers",
       [](Generator& g) {
         return g.dice_.pick({1, 2, 10});
       }},
  };
  return table;
}

// Where a value made from its type would be too large, or would mean nothing.
inline const std::map<std::string, Generator::Maker>& Generator::makers() {
  static const std::map<std::string, Maker> table{
      {"/cluster/nodes/count", [](Generator& g) { return Json(g.nodes_); }},
      {"/cluster/nodes/loops",
       [](Generator& g) {
         return g.dice_.pick({1, 2, 3, 16});
       }},
      {"/cluster/nodes/zones",
       [](Generator& g) {
         g.zones_ = g.nodes_ > 1;
         return g.zones_ ? Json::array({"a", "b"}) : Json::array({"a"});
       }},
      {"/people/*/count", [](Generator& g) { return Json(g.dice_.roll(1, g.bounds_.people)); }},
      {"/rooms/*/count", [](Generator& g) { return Json(g.dice_.roll(1, 6)); }},
      {"/rooms/*/joined_per_user", [](Generator& g) { return Json(g.dice_.roll(1, 4)); }},
      {"/rooms/*/sizes",
       [](Generator& g) {
         Json sizes = Json::array();
         for (std::uint64_t n = g.dice_.roll(1, 3); n > 0; --n) {
           sizes.push_back(Json::array({g.dice_.roll(1, 12), g.dice_.roll(1, 3)}));
         }
         return sizes;
       }},
      {"/clients/*/on", [](Generator& g) { return Json(g.node()); }},
      {"/clients/*/rooms",
       [](Generator& g) {
         Json rooms = Json::array();
         for (std::uint64_t n = g.dice_.roll(0, 3); n > 0; --n) rooms.push_back(g.room());
         return rooms;
       }},
      {"/cluster/net/peer_queue",
       [](Generator& g) {
         return g.dice_.pick({"1B", "1B", "600B", "16MiB"});
       }},
      {"/cluster/net/peer_timeout",
       [](Generator& g) {
         return g.dice_.pick({"1ms", "1s", "3s", "30s", "10m"});
       }},
      {"/gates/-/for",
       [](Generator& g) {
         return g.dice_.pick({"*", Json::array({"*"})});
       }},
      {"/gates/-/margin",
       [](Generator& g) {
         return g.dice_.pick({"0%", "5%", "100%"});
       }},
      {"/gates/-/margin_abs",
       [](Generator& g) {
         return g.dice_.pick({"0%", "0.02%"});
       }},
      {"/client/nat_timeout",
       [](Generator& g) {
         return g.dice_.pick({"none", "none", "300ms", "2s", "60s"});
       }},
      {"/client/offline_queue",
       [](Generator& g) {
         return g.dice_.pick({0, 1, 3, 64, 100000});
       }},
      {"/client/heartbeat/every",
       [](Generator& g) {
         return g.dice_.pick({"10ms", "300ms", "1s", "3s", "25s", "1h"});
       }},
      {"/client/heartbeat/timeout",
       [](Generator& g) {
         return g.dice_.pick({"1ms", "9ms", "200ms", "900ms", "2s", "10s"});
       }},
  };
  return table;
}

}  // namespace squall::testing
