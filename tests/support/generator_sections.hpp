// The sections of a generated scenario: script, traffic, strategies, expectations, and the whole.
//
// Values, names and sizes are made in generator.hpp; a section that is new to the language and not
// named here is made from its schema like any other value.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/generator.hpp"

namespace squall::testing {

// Zones a and b have nodes, when there are any; clients may come from farther away.
inline const std::map<std::string, Generator::Maker>& Generator::place_makers() {
  const auto zone = [](Generator& g) { return g.dice_.pick({"a", "b", "far"}); };
  const auto card = [](Generator& g) { return g.dice_.pick({"none", "2Mbit/s", "1Gbit/s"}); };
  static const std::map<std::string, Maker> table{
      {"/cluster/net/zones",
       [](Generator& g) {
         Json pairs = Json::array();
         for (const Json& pair : {Json{"a", "b"}, Json{"a", "far"}, Json{"b", "far"}}) {
           if (g.dice_.chance(30)) continue;
           pairs.push_back({{"between", pair}, {"delay", g.dice_.pick({"0s", "1ms", "80ms"})}});
           if (g.dice_.chance(30)) pairs.back()["jitter"] = g.dice_.pick({"exp(5ms)", "20ms"});
           if (g.dice_.chance(30)) pairs.back()["loss"] = g.dice_.pick({0.001, 0.1});
         }
         return pairs;
       }},
      {"/cluster/net/client_bandwidth", card},
      {"/cluster/net/broker_bandwidth", card},
      {"/traffic/-/shape",
       [](Generator& g) {
         return g.dice_.pick(
             std::vector<Json>{Json("const"), Json("diurnal(24s)"), Json("diurnal(24h)"),
                               Json::parse(R"([["0s", 0.5], ["2s", 3]])"),
                               Json::parse(R"([["-1s", 2], ["1s", 0], ["4s", 1.5]])")});
       }},
      {"/cluster/broker/zone", zone},
      {"/cluster/registry/zone", zone},
      {"/people/*/zone", zone},
      {"/clients/*/zone", zone},
      {"/people/*/node", [](Generator& g) { return Json(g.node()); }},
      {"/people/*/rooms",
       [](Generator& g) {
         return g.dice_.pick({Json::array({"live"}), Json::array({"live", "team"})});
       }},
  };
  return table;
}

// What lies between a client and its node.
inline const std::map<std::string, Generator::Maker>& Generator::line_makers() {
  static const std::map<std::string, Maker> table{
      {"/cluster/nodes/deflate",
       [](Generator& g) {
         return Json{{"ratio", g.dice_.pick({0.01, 0.4, 1})},
                     {"push_per_kib", g.dice_.pick({"0s", "65us", "1ms"})},
                     {"read_per_kib", g.dice_.pick({"0s", "10us"})},
                     {"per_connection", g.dice_.pick({"0B", "2KiB"})},
                     {"from", g.dice_.pick({"0B", "200B", "1KiB"})}};
       }},
      {"/client/overhead/answer",
       [](Generator& g) {
         return g.dice_.pick({"0B", "1B", "16B", "90B", "3000B"});
       }},
      {"/cluster/lb/source_ports",
       [](Generator& g) {
         return g.dice_.pick({0, 1, 4, 100});
       }},
  };
  return table;
}

inline Json Generator::step_value(std::string_view verb, const std::string& key) {
  if (key == "on" && verb == "disconnect") return one_of(made_["people"]);
  if (key == "on" && verb == "flash") {
    return made_["traffic"].empty() ? Json("none") : made_["traffic"][0]["as"];
  }
  if (key == "on" || key == "nodes") return nodes();
  if (key == "by") return one_of(made_["clients"]);
  if (key == "room") return room();
  if (key == "between") return Json::array({side(), side()});
  if (key == "to" && verb == "scale") return dice_.roll(1, nodes_);
  if (key == "to") {
    return dice_.chance(50) ? "room:" + room().get<std::string>()
                            : "user:" + one_of(made_["clients"]).get<std::string>();
  }
  if (key == "path" && !made_["traffic"].empty() && dice_.chance(20)) return "/traffic/0/rate";
  if (key == "times") return dice_.pick({0.001, 0.5, 2, 10, 50});
  if (key == "repeat") return dice_.pick({1, 2, 10, 50});
  if (key == "every") return dice_.pick({"1us", "1ms", "20ms", "100ms"});
  if (key == "share") return dice_.pick({0, 0.1, 0.5, 1});
  if (key == "for" || key == "drain" || key == "down" || key == "pause" || key == "pre_stop") {
    return dice_.chance(20) ? dice_.pick({"1ms", "0s", "20ms"}) : Json(time(100, 6000));
  }
  return value(language_schema()["properties"]["script"]["items"]["properties"][key],
               "/script/-/" + key);
}

// What stands at this pointer of the schema takes.
inline Json Generator::set_to(const std::string& path) {
  if (path.starts_with("/traffic/")) return dice_.pick({"1/m", "5/s", "50/s"});
  Json schema = language_schema();
  for (const std::string& key : language::pointer_keys(path)) {
    const Json inner = schema["properties"][key];
    schema = inner;
  }
  return value(schema, path);
}

inline Json Generator::step(const language::VerbRow& verb) {
  const std::int64_t from = -static_cast<std::int64_t>(bounds_.warmup_ms) / 2;
  const auto last = bounds_.measure_ms + bounds_.warmup_ms;
  const std::int64_t at = from + static_cast<std::int64_t>(dice_.roll(0, last));
  Json step{{"at", std::to_string(at) + "ms"}, {"do", verb.name}};
  for (const std::string& key : verb.required) step[key] = step_value(verb.name, key);
  if (verb.name == "set") step["to"] = set_to(step["path"]);
  const bool by = dice_.chance(50);
  for (const std::string& key : verb.optional) {
    const bool other_way = verb.name == "disconnect" && (key == "by" ? !by : key != "how" && by);
    if (other_way) continue;
    const bool needed = verb.name == "disconnect" && key == (by ? "by" : "on");
    if (needed || dice_.chance(key == "for" || key == "every" ? 80 : 40)) {
      step[key] = step_value(verb.name, key);
    }
  }
  if (verb.has_span && dice_.chance(10)) step["per"] = dice_.pick({"5/day", "2/week", "0.5/hour"});
  if (dice_.chance(25)) step["as"] = "s" + std::to_string(dice_.roll(0, 99));
  return step;
}

// A verb that ends something comes after one that begins it, of the same nodes, client and room.
inline void Generator::add_steps(const language::VerbRow& verb) {
  static const std::map<std::string_view, std::string_view> beginnings{
      {"restart", "crash"}, {"heal", "partition"}, {"undrain", "drain"}, {"leave", "join"}};
  Json last = step(verb);
  const auto beginning = beginnings.find(verb.name);
  if (beginning != beginnings.end() && dice_.chance(80)) {
    const auto verbs = language::verbs();
    const auto row = std::ranges::find(verbs, beginning->second, &language::VerbRow::name);
    Json first = step(*row);
    first.erase("for");
    for (const char* key : {"on", "by", "room"}) {
      if (last.contains(key)) last[key] = first[key];
    }
    const std::int64_t at = std::stoll(first["at"].get<std::string>());
    last["at"] = std::to_string(at + static_cast<std::int64_t>(dice_.roll(1, 3000))) + "ms";
    made_["script"].push_back(first);
  }
  made_["script"].push_back(last);
}

// Every pair of verbs has its turn; the rest is chance.
inline void Generator::add_script() {
  const auto verbs = language::verbs();
  if (dice_.chance(70)) {
    add_steps(verbs[number_ % verbs.size()]);
    add_steps(verbs[number_ / verbs.size() % verbs.size()]);
  }
  for (std::uint64_t n = dice_.roll(0, bounds_.steps); n > 0; --n) {
    add_steps(verbs[dice_.roll(0, verbs.size() - 1)]);
  }
}

inline Json Generator::traffic() {
  const Json& schema = language_schema()["properties"]["traffic"]["items"];
  Json classes = Json::array();
  for (std::uint64_t n = dice_.roll(0, 3); n > 0; --n) {
    Json one = object(schema, "/traffic/-");
    one["as"] = "c" + std::to_string(n);
    if (one.contains("rate") == one.contains("rate_per_user")) {
      one.erase("rate_per_user");
      one["rate"] = dice_.pick({"1/m", "0.5/s", "5/s", "20/s"});
    }
    std::vector<Json> to{"user:any", "user:online", "user:roommate", "all"};
    for (const auto& [name, set] : made_["rooms"].items()) {
      to.insert(to.end(), 3, "room:" + name);
    }
    one["to"] = dice_.pick(to);
    if (dice_.chance(70))
      one["from"] = dice_.pick({"any", "member", "server", one_of(made_["people"])});
    else
      one.erase("from");
    classes.push_back(one);
  }
  return classes;
}

inline Json Generator::strategies() {
  const Json& schema = language_schema()["properties"]["strategies"]["items"]["anyOf"];
  Json list = Json::array();
  if (dice_.chance(50)) {
    list.push_back(value(schema[0], ""));
    return list;
  }
  Json composed = object(schema[1], "/strategies/-");
  composed["as"] = "mine";
  if (!composed.contains("use") && dice_.chance(50)) {
    composed["backplane"] = value(schema[1]["properties"]["backplane"], "");
  }
  list.push_back(composed);
  return list;
}

inline Json Generator::expectations() {
  Json list = Json::array();
  for (std::uint64_t n = dice_.roll(0, 2); n > 0; --n) {
    Json one{{"that", dice_.pick({"ledger.unattributed == 0", "loss.intent <= 100%",
                                  "latency.obliged.p99 < 500ms", "loss.intent ~ closed_form"})}};
    if (dice_.chance(30)) one["of"] = "c1";
    for (const char* key : {"during", "outside"}) {
      if (dice_.chance(30)) one[key] = "s" + std::to_string(dice_.roll(0, 99));
      if (dice_.chance(30) && !made_["script"].empty()) {
        const auto number = dice_.roll(0, made_["script"].size() - 1);
        const Json& step = made_["script"][number];
        one[key] = step.contains("as")
                       ? step["as"]
                       : Json(step["do"].get<std::string>() + "-" + std::to_string(number));
      }
    }
    if (dice_.chance(30)) one["for"] = dice_.pick({"*", Json::array({"*"})});
    if (dice_.chance(30)) one["seeds"] = dice_.pick({"all", "mean"});
    if (dice_.chance(30)) one["on_no_data"] = dice_.pick({"pass", "fail"});
    list.push_back(one);
  }
  return list;
}

// Too rare by chance: a link of two nodes that is cut, not given up, and has more to say than it
// holds.
inline void Generator::stall_a_link() {
  made_["cluster"]["nodes"]["count"] = std::max<std::uint64_t>(2, nodes_);
  made_["cluster"]["net"]["peer_queue"] = "1B";
  made_["cluster"]["net"]["peer_timeout"] = "10m";
  made_["script"].push_back({{"at", "1ms"}, {"do", "partition"}, {"between", {"n1", "n2"}}});
  made_["traffic"].push_back({{"as", "stalled"}, {"to", "user:any"}, {"rate", "20/s"}});
  made_["strategies"] = {"routed"};
}

// And a queue that lets go of older messages: it goes neither with memory nor with a card.
inline void Generator::let_go_of_older() {
  made_["cluster"]["nodes"].erase("memory");  // `nodes` is always there
  made_["cluster"]["nodes"]["egress_queue"] = {
      {"limit", "2KB"}, {"on_full", dice_.pick({"drop_oldest", "coalesce"})}};
  made_["cluster"]["net"]["client_bandwidth"] = "none";
  for (auto& [name, people] : made_["people"].items()) people["downlink"] = "8kbit/s";
  made_["traffic"].push_back({{"as", "prices"}, {"to", "room:live"}, {"rate", "100/s"}});
  made_["script"] = made_["expect"] = Json::array();
  made_["strategies"] = {"broadcast"};
}

// And a node that saves its place in a log: the broker's, and no group's.
inline void Generator::save_a_place() {
  made_["cluster"].erase("broker");
  made_["script"] = made_["expect"] = Json::array();
  made_["script"].push_back({{"at", "1ms"}, {"do", "broker_down"}, {"for", duration()}});
  made_["strategies"] = {{{"use", "broadcast:streams"},
                          {"as", "mine"},
                          {"start_at", "saved"},
                          {"commit", dice_.pick({"1ms", "50ms", "1s"})}}};
}

// And a log that has forgotten what a node has missed.
inline void Generator::keep_too_little() {
  made_["time"]["measure"] = "9s";
  made_["cluster"]["nodes"]["count"] = std::max<std::uint64_t>(2, nodes_);
  made_["cluster"]["broker"] = {{"keep_alive", "1s"}};
  made_["script"] = made_["expect"] = Json::array();
  made_["script"].push_back(
      {{"at", "1ms"}, {"do", "partition"}, {"between", {"n2", "broker"}}, {"for", "4s"}});
  made_["traffic"].push_back({{"as", "missed"}, {"to", "user:any"}, {"rate", "50/s"}});
  made_["strategies"] = {
      {{"use", "broadcast:streams"}, {"as", "mine"}, {"resume_messages", dice_.roll(1, 3)}}};
}

// And a group that is dealt out again what a dead member has not saved.
inline void Generator::lose_a_consumer() {
  made_["cluster"]["nodes"]["count"] = std::max<std::uint64_t>(2, nodes_);
  made_["cluster"]["broker"] = {{"group", "shared"},
                                {"queue", "durable"},
                                {"rebalance", dice_.pick({"1ms", "300ms"})},
                                {"session_timeout", dice_.pick({"1ms", "300ms", "2s"})},
                                {"commit", dice_.pick({"1ms", "500ms", "5s"})},
                                {"persistent", dice_.chance(50)}};
  made_["script"] = made_["expect"] = Json::array();
  made_["script"].push_back({{"at", duration()}, {"do", "crash"}, {"on", "n2"}, {"for", "1s"}});
  if (dice_.chance(30)) {
    made_["script"].push_back({{"at", duration()}, {"do", "broker_down"}, {"for", duration()}});
  }
  made_["traffic"].push_back({{"as", "dealt"}, {"to", "user:any"}, {"rate", "50/s"}});
  made_["strategies"] = {"broadcast"};
}

inline Json Generator::scenario() {
  const Json& sections = language_schema()["properties"];
  nodes_ = dice_.roll(1, bounds_.nodes);
  made_ = {{"squall", 1}, {"name", "generated"}};
  if (dice_.chance(10)) made_["why"] = "to see what happens";
  if (dice_.chance(5)) made_["$schema"] = "./squall.schema.json";
  made_["time"] = {{"warmup", time(0, bounds_.warmup_ms)},
                   {"measure", time(1, bounds_.measure_ms)},
                   {"drain", time(bounds_.drain_ms / 2, bounds_.drain_ms)}};
  if (dice_.chance(50)) made_["time"]["deadline"] = duration();
  made_["cluster"] = object(sections["cluster"], "/cluster");
  made_["cluster"]["nodes"]["count"] = nodes_;
  made_["people"] = named("people", {"desktop", "mobile", "bots"});
  made_["rooms"] = named("rooms", {"live", "team"});
  made_["clients"] = named("clients", {"alice", "bob", "eve"});
  made_["client"] = object(sections["client"], "/client");
  made_["traffic"] = traffic();
  made_["script"] = Json::array();
  add_script();
  made_["strategies"] = strategies();
  made_["expect"] = expectations();
  if (dice_.chance(10)) {
    made_["gates"] = Json::array({object(sections["gates"]["items"], "/gates/-")});
    made_["gates"][0]["metric"] = "loss.intent";
  }
  if (dice_.chance(10)) {
    made_["params"] = {{"p", made_["time"]["measure"]}};
    made_["time"]["measure"] = "$p";
  }
  for (const auto& [key, schema] : sections.items()) {  // sections that are new to this file
    if (!made_.contains(key) && key != "gates" && key != "params" && key != "why" &&
        key != "$schema" && key != "extends" && dice_.chance(50)) {
      made_[key] = value(schema, "/" + key);
    }
  }
  for (const auto& [key, schema] : sections["time"]["properties"].items()) {
    if (!made_["time"].contains(key) && dice_.chance(10)) {
      made_["time"][key] = value(schema, "/time/" + key);
    }
  }
  if (number_ % 40 == 0) stall_a_link();
  if (number_ % 40 == 13) let_go_of_older();
  if (number_ % 40 == 7) lose_a_consumer();
  if (number_ % 40 == 27) save_a_place();
  if (number_ % 40 == 33) keep_too_little();
  return made_;
}

}  // namespace squall::testing
