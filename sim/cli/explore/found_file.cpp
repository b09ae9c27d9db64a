// A section a line, a fault a line. See found_file.hpp.
// The sections stand in the order of the language's tables.
#include "sim/cli/explore/found_file.hpp"

#include <fmt/core.h>

#include "scenarios/model/tables.hpp"

namespace squall::explore {
namespace {

// {"at": "1s", "do": "crash"}, with a blank after colons and commas.
std::string spaced(const Json& json) {
  std::string text;
  bool quoted = false;
  const std::string dense = json.dump();
  for (std::size_t i = 0; i < dense.size(); ++i) {
    const char c = dense[i];
    if (c == '"' && (i == 0 || dense[i - 1] != '\\')) quoted = !quoted;
    text += c;
    if (!quoted && (c == ',' || c == ':')) text += ' ';
  }
  return text;
}

std::string counted(std::uint64_t count, const std::string& word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

// Without what shrinking left empty.
Json without_empty(Json json) {
  if (!json.is_object()) return json;
  Json full = Json::object();
  for (auto& [key, value] : json.items()) {
    Json inner = without_empty(value);
    const bool individual = key == "clients";  // {} is one that has nothing of its own
    if (inner.is_structured() && inner.empty()) continue;
    full[key] = individual ? value : std::move(inner);
  }
  return full;
}

// In the order of the language's tables.
Json in_order(Json scenario) {
  Json ordered = Json::object();
  for (const language::Field<Scenario>& field : language::scenario_table().fields) {
    const auto found = scenario.find(field.key);
    if (found != scenario.end()) ordered[field.key] = std::move(*found);
  }
  return ordered;
}

std::string script_lines(const Json& script) {
  std::string text;
  for (const Json& step : script) {
    text += (text.empty() ? "[" : ",\n             ") + spaced(step);
  }
  return text + "]";
}

}  // namespace

std::string name_of(const Break& found) {
  std::string name = "found-" + found.way;
  for (char& c : name) {
    if (c == ' ') c = '-';
  }
  return name;
}

std::string file_of(const Break& found, const std::string& property) {
  Json scenario = in_order(without_empty(found.scenario));
  scenario.erase("$schema"), scenario.erase("squall");
  scenario.erase("name"), scenario.erase("why");
  const std::string seed = std::to_string(found.seed);
  const std::string why =
      fmt::format("{} breaks: {}. squall run FILE --seed {} -n 1, found by squall explore",
                  property, found.way, seed);
  std::string text = fmt::format("{{\n  \"squall\": 1, \"name\": {},\n  \"why\": {}",
                                 Json(name_of(found)).dump(), Json(why).dump());
  for (const auto& [key, value] : scenario.items()) {
    const bool beside = key == "expect" && scenario.contains("strategies");
    text += beside ? ", " : ",\n  ";
    text += fmt::format("\"{}\": {}", key, key == "script" ? script_lines(value) : spaced(value));
  }
  return text + "\n}\n";
}

Size size_of(const Break& found) {
  const Json& scenario = found.scenario;
  Size size;
  const Json script = scenario.value("script", Json::array());
  const Json people = scenario.value("people", Json::object());
  for (const Json& step : script) {
    for (const language::VerbRow& verb : language::verbs()) {
      size.faults += verb.has_span && step.value("do", "") == verb.name ? 1 : 0;
    }
  }
  for (const auto& [name, one] : people.items()) size.clients += one.value("count", 0U);
  size.clients += scenario.value("clients", Json::object()).size();
  size.nodes = scenario.value(Json::json_pointer("/cluster/nodes/count"), 3U);
  return size;
}

std::string in_words(const Size& size) {
  return fmt::format("{}, {}, {}", counted(size.faults, "fault"), counted(size.nodes, "node"),
                     counted(size.clients, "client"));
}

}  // namespace squall::explore
