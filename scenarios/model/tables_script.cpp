// The script: one table of verbs, one table of keys, and the keys that mean different things to
// different verbs.
#include "scenarios/model/tables.hpp"

#include <fmt/core.h>

#include "scenarios/model/tables_set.hpp"
#include "scenarios/model/volume.hpp"

namespace squall::language {
namespace {

using Keys = std::vector<std::string>;

const std::vector<VerbRow>& verb_rows() {
  static const std::vector<VerbRow> rows{
      {Verb::crash, "crash", {"on"}, {"for"}, true},
      {Verb::restart, "restart", {"on"}, {}, false},
      {Verb::host_loss, "host_loss", {"on"}, {"for"}, true},
      {Verb::pause, "pause", {"on", "for"}, {}, true},
      {Verb::partition, "partition", {"between"}, {"for"}, true},
      {Verb::heal, "heal", {}, {}, false},
      {Verb::drain, "drain", {"on"}, {"drain", "for"}, true},
      {Verb::undrain, "undrain", {"on"}, {}, false},
      {Verb::rolling_restart,
       "rolling_restart",
       {"on"},
       {"batch", "pre_stop", "drain", "down", "pause", "close_code"},
       true},
      {Verb::broker_down, "broker_down", {}, {"for"}, true},
      {Verb::registry_down, "registry_down", {}, {"for"}, true},
      {Verb::broker_failover, "broker_failover", {"for"}, {"lag"}, true},
      {Verb::registry_failover, "registry_failover", {"for"}, {"lag"}, true},
      {Verb::lb_reload, "lb_reload", {}, {"for"}, true},
      {Verb::slow, "slow", {"on", "times"}, {"for"}, true},
      {Verb::scale, "scale", {"to"}, {"drain"}, true},
      {Verb::disconnect, "disconnect", {}, {"on", "share", "by", "how"}, true},
      {Verb::flash, "flash", {"on", "times", "for"}, {}, true},
      {Verb::set, "set", {"path", "to"}, {"for"}, true},
      {Verb::connect, "connect", {"by"}, {}, false},
      {Verb::join, "join", {"by", "room"}, {}, false},
      {Verb::leave, "leave", {"by", "room"}, {}, false},
      {Verb::send, "send", {"by", "to"}, {"size", "repeat", "every"}, false},
  };
  return rows;
}

bool contains(const Keys& keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

bool owns(const VerbRow& verb, std::string_view key) {
  if (key == "per") return verb.has_span;  // of every fault
  return key == "at" || key == "do" || key == "as" || contains(verb.required, key) ||
         contains(verb.optional, key);
}

Words<Verb> verb_words() {
  Words<Verb> words;
  for (const VerbRow& verb : verb_rows()) words.emplace_back(std::string(verb.name), verb.verb);
  return words;
}

// ---- Keys whose meaning depends on the verb ----------------------------------------------------

bool read_on(Reading& reading, const Json& json, ScriptStep& step) {
  const bool people = step.verb == Verb::disconnect;
  if (!people && step.verb != Verb::flash) return read_nodes(reading, json, step.nodes);
  if (json.kind != Json::Kind::string) {
    return wrong_type(reading, json, people ? "a population" : "a traffic class");
  }
  (people ? step.population : step.traffic) = json.text;
  return people ? known_name(reading, json, "S0311", "population", reading.scenario.people,
                             &Population::name)
                : known_name(reading, json, "S0313", "traffic class", reading.scenario.traffic,
                             &Traffic::name);
}

std::optional<Json> write_on(const ScriptStep& step) {
  if (!step.population.empty()) return Json::of(step.population);
  if (!step.traffic.empty()) return Json::of(step.traffic);
  if (step.nodes.empty()) return std::nullopt;
  return write_nodes(step.nodes);
}

bool read_between(Reading& reading, const Json& json, ScriptStep& step) {
  if (json.kind != Json::Kind::array || json.items.size() != 2) {
    return reading.fail(json.place, "S0201", "expected a list of the two sides");
  }
  bool good = true;
  for (std::size_t i = 0; i < 2; ++i) {
    const Inside inside(reading, i);
    good = read_side(reading, json.items[i], i == 0 ? step.side_a : step.side_b) && good;
  }
  return good;
}

bool read_by(Reading& reading, const Json& json, ScriptStep& step) {
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "an individual");
  step.client = json.text;
  return known_name(reading, json, "S0314", "individual", reading.scenario.clients,
                    &ScriptedClient::name);
}

bool read_to(Reading& reading, const Json& json, ScriptStep& step) {
  if (step.verb == Verb::scale) {
    return count_between<std::uint16_t>(1, kMostNodes).read(reading, json, step.to_nodes);
  }
  if (step.verb == Verb::set) return read_set_to(reading, json, step);
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "an address");
  if (json.text.starts_with("room:") && json.text.size() > 5) {
    step.to_room = json.text.substr(5);
    return true;
  }
  if (!json.text.starts_with("user:")) {
    return reading.fail(
        json.place, "S0214",
        "bad address " + in_quotes(json.text) + ": must be user:<individual> or room:<room>");
  }
  Json name = Json::of(json.text.substr(5));
  name.place = json.place;
  step.to_user = name.text;
  return known_name(reading, name, "S0314", "individual", reading.scenario.clients,
                    &ScriptedClient::name);
}

bool read_close_code(Reading& reading, const Json& json, ScriptStep&) {
  std::int64_t code = 0;
  return read_whole(reading, json, 1012, 1012, code);
}

Field<ScriptStep> step_key(std::string key, std::string doc,
                           std::function<bool(Reading&, const Json&, ScriptStep&)> read,
                           std::function<std::optional<Json>(const ScriptStep&)> write,
                           Json schema) {
  return {std::move(key),   "",
          std::move(doc),   std::move(read),
          std::move(write), [schema = std::move(schema)](const Vocabulary&) { return schema; }};
}

std::optional<Json> write_to(const ScriptStep& step) {
  if (step.verb == Verb::scale) return Json::of(double(step.to_nodes));
  if (step.verb == Verb::set) return write_set_to(step);
  if (!step.to_user.empty()) return Json::of("user:" + step.to_user);
  return Json::of("room:" + step.to_room);
}

Json schema_of_to() {
  Json choices = Json::array();
  choices.push(schema_pattern("(user|room):[A-Za-z][A-Za-z0-9_.-]{0,63}"));
  choices.push(schema_whole(1, kMostNodes));
  choices.push(Json::object());  // of set: what the path takes
  return Json::object().set("anyOf", std::move(choices));
}

Field<ScriptStep> between_field() {
  Json schema = schema_type("array");
  schema.set("items", schema_selectors());
  schema.set("minItems", Json::of(2.0)).set("maxItems", Json::of(2.0));
  return step_key(
      "between", "partition: the two sides, of nodes, \"broker\" and \"registry\".", read_between,
      [](const ScriptStep& step) {
        return std::optional(
            Json::array().push(write_side(step.side_a)).push(write_side(step.side_b)));
      },
      std::move(schema));
}

Field<ScriptStep> by_field() {
  return step_key(
      "by", "The individual who does it, or to whom it happens.", read_by,
      [](const ScriptStep& step) {
        return step.client.empty() ? std::nullopt : std::optional(Json::of(step.client));
      },
      schema_type("string"));
}

// How often a day brings it; a run plays it once, and reports multiply.
Field<ScriptStep> per_field() {
  const Codec<std::int64_t> codec = frequency_micro();
  return {"per",
          "",
          "Of a fault: how often it happens, like 5/day; makes the loss per day.",
          [codec](Reading& reading, const Json& json, ScriptStep& step) {
            std::int64_t micro = 0;
            if (!read_value(reading, codec, json, micro)) return false;
            step.per_day_micro = static_cast<std::uint32_t>(micro);
            return true;
          },
          [codec](const ScriptStep& step) {
            return step.per_day_micro == 0 ? std::nullopt
                                           : std::optional(codec.write(step.per_day_micro));
          },
          codec.schema};
}

std::vector<Field<ScriptStep>> step_fields();

}  // namespace

std::span<const VerbRow> verbs() { return verb_rows(); }

const VerbRow& row(Verb verb) { return *std::ranges::find(verb_rows(), verb, &VerbRow::verb); }

const Table<ScriptStep>& step_table() {
  static const Table<ScriptStep> table{"a script step", step_fields()};
  return table;
}

namespace {

std::vector<Field<ScriptStep>> step_fields() {
  const Words<DisconnectHow> how{{"close", DisconnectHow::close},
                                 {"abort", DisconnectHow::abort},
                                 {"silent", DisconnectHow::silent}};
  const std::string required(kRequired);
  return {
      field("do", &ScriptStep::verb, one_word_of<Verb>("verb", verb_words()), required,
            "What happens."),
      field("at", &ScriptStep::at, point_in_time(), required,
            "When; 0s is the start of measure, the warm-up is negative."),
      optional_field("as", &ScriptStep::label, fresh_name(),
                     "The label of the step. Default <verb>-<index>."),
      optional_field("for", &ScriptStep::lasts, duration_between(1ms, kLongest),
                     "How long; without it until the opposite verb, or for good."),
      step_key("on", "Nodes; for disconnect a population, for flash a traffic class.", read_on,
               write_on, schema_selectors()),
      field("batch", &ScriptStep::batch, count_between<std::uint16_t>(1, kMostNodes),
            "uncalibrated", "rolling_restart: nodes at once."),
      field("pre_stop", &ScriptStep::pre_stop, duration_between(0s, kLongest), "no preStop hook",
            "rolling_restart: out of the rotation and still accepting, before the drain."),
      field("drain", &ScriptStep::drain, duration_between(0s, kLongest), "uncalibrated",
            "rolling_restart, drain, scale: closes are spread over it."),
      field("down", &ScriptStep::down, duration_between(1ms, kLongest), "uncalibrated",
            "rolling_restart: from the end of the drain to the new process."),
      field("pause", &ScriptStep::pause_between, duration_between(0s, kLongest), "uncalibrated",
            "rolling_restart: between two batches."),
      step_key(
          "close_code", "rolling_restart: 1012, the goodbye that clients are given.",
          read_close_code, [](const ScriptStep&) { return std::optional(Json::of(1012.0)); },
          schema_whole(1012, 1012)),
      between_field(),
      field("share", &ScriptStep::share, decimal_between(0, 1), "all",
            "disconnect: which part of the population."),
      by_field(),
      field("how", &ScriptStep::how, one_word_of<DisconnectHow>("way", how), "politely",
            "disconnect: with a close frame, a reset, or silence."),
      field("room", &ScriptStep::room, fresh_name(), "", "join, leave: the room."),
      path_field(),
      step_key("to",
               "send: user:<individual> or room:<room>; scale: nodes that run; set: the value.",
               read_to, write_to, schema_of_to()),
      field("size", &ScriptStep::size, size_between(1, kLargestMessage), "uncalibrated",
            "send: the payload."),
      field("times", &ScriptStep::times, decimal_between(0.001, kMostTimes), "",
            "flash: the rate is multiplied by this; slow: all costs of the node."),
      field("repeat", &ScriptStep::repeat, count_between<std::uint32_t>(1, 1'000'000), "once",
            "send: how often."),
      optional_field("every", &ScriptStep::every, duration_between(1us, kLongest),
                     "send: between repeats."),
      field("lag", &ScriptStep::lag, duration_between(0s, kLongest), "nothing is lost",
            "broker_failover, registry_failover: how far the replica is behind; what was written "
            "since then is gone."),
      per_field(),
  };
}

bool check_step_keys(Reading& reading, const VerbRow& verb, const Json& json) {
  bool good = check_keys(reading, step_table(), json);
  for (const Member& member : json.members) {
    if (step_table().find(member.key) == nullptr || owns(verb, member.key)) continue;
    Keys own = verb.required;
    own.insert(own.end(), verb.optional.begin(), verb.optional.end());
    if (verb.has_span) own.emplace_back("per");
    const Inside inside(reading, member.key);
    good = reading.fail(member.key_place, "S0103",
                        fmt::format("\"{}\" does not belong to {}", member.key, verb.name),
                        own.empty() ? "it takes no keys of its own" : "its keys: " + joined(own));
  }
  for (const std::string& key : verb.required) {
    if (json.find(key) != nullptr) continue;
    good = missing_key(reading, json, std::string(verb.name), key);
  }
  return good;
}

bool read_step(Reading& reading, const Json& json, ScriptStep& step) {
  if (json.kind != Json::Kind::object) return wrong_type(reading, json, "an object with at and do");
  const std::size_t number = reading.scenario.script.size() - 1;  // the last one is being read
  const Member* verb = json.find("do");
  if (verb == nullptr || verb->value.kind != Json::Kind::string ||
      std::ranges::find(verb_rows(), verb->value.text, &VerbRow::name) == verb_rows().end()) {
    step.label = fmt::format("step-{}", number);
    const bool good = check_keys(reading, step_table(), json);
    Json only_verb = Json::object();
    if (verb != nullptr) only_verb.members.push_back(*verb);
    return read_fields(reading, step_table(), only_verb, step) && good;
  }
  const VerbRow& known = *std::ranges::find(verb_rows(), verb->value.text, &VerbRow::name);
  step.label = fmt::format("{}-{}", verb->value.text, number);
  const bool good = check_step_keys(reading, known, json);
  Json own = Json::object();
  for (const Member& member : json.members) {
    if (owns(known, member.key)) own.members.push_back(member);
  }
  return read_fields(reading, step_table(), own, step) && good;
}

Json write_step(const ScriptStep& step) {
  Json json = write_object(step_table(), step);
  std::erase_if(json.members,
                [&](const Member& member) { return !owns(row(step.verb), member.key); });
  if (step.verb == Verb::disconnect && step.population.empty()) {
    std::erase_if(json.members, [](const Member& member) { return member.key == "share"; });
  }
  return json;
}

// {"if": {do is crash}, "then": {only these keys, at least those}}.
Json schema_of_verb(const VerbRow& verb) {
  Json names = Json::array();
  for (const Field<ScriptStep>& field : step_table().fields) {
    if (owns(verb, field.key)) names.push(Json::of(field.key));
  }
  Json required = Json::array();
  for (const std::string& key : verb.required) required.push(Json::of(key));
  Json then = Json::object();
  then.set("propertyNames", Json::object().set("enum", std::move(names)));
  if (!required.items.empty()) then.set("required", std::move(required));
  Json is_verb = Json::object().set("const", Json::of(std::string(verb.name)));
  Json condition = Json::object();
  condition.set("properties", Json::object().set("do", std::move(is_verb)));
  Json rule = Json::object();
  return rule.set("if", std::move(condition)).set("then", std::move(then));
}

}  // namespace

Codec<ScriptStep> step_codec() {
  return {read_step, write_step, [](const Vocabulary& vocabulary) {
            Json schema = describe_object(step_table(), vocabulary);
            Json rules = Json::array();
            for (const VerbRow& verb : verb_rows()) rules.push(schema_of_verb(verb));
            return schema.set("allOf", std::move(rules));
          }};
}

}  // namespace squall::language
