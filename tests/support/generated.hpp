// Around the generator: mending what the loader refuses, what keys a scenario has, and the smallest
// scenario that still shows a trouble.
//
// The scenarios themselves are made in generator.hpp and generator_sections.hpp.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/generator_sections.hpp"

namespace squall::testing {

// "/people/u/count" and "/script/3/at" as the schema has them: "/people/*/count", "/script/-/at".
inline std::string general_pointer(const std::vector<std::string>& steps) {
  std::string text;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool number =
        !steps[i].empty() && steps[i].find_first_not_of("0123456789") == steps[i].npos;
    const bool name = i == 1 && (steps[0] == "people" || steps[0] == "rooms" ||
                                 steps[0] == "clients" || steps[0] == "params");
    text += "/" + (number ? "-" : name ? "*" : steps[i]);
  }
  return text;
}

// Takes out what the complaint points to: a whole entry of a list, else the key; one step further
// up when that did not help.
inline void take_out(Json& scenario, const std::string& pointer, int attempt) {
  const std::vector<std::string> steps = language::pointer_keys(pointer);
  std::vector<Json*> path{&scenario};
  for (const std::string& step : steps) {
    Json* here = path.back();
    const bool number = step.find_first_not_of("0123456789") == step.npos;
    if (here->is_object() && here->contains(step)) {
      path.push_back(&(*here)[step]);
    } else if (here->is_array() && number && std::stoul(step) < here->size()) {
      path.push_back(&(*here)[std::stoul(step)]);
    } else {
      break;
    }
    if (here->is_array() && path.size() == 3) break;  // /script/3, /traffic/0 ...
  }
  std::size_t depth = path.size() - 1;
  while (attempt-- > 0 && depth > 1) --depth;
  if (depth == 0) return;
  Json& parent = *path[depth - 1];
  if (parent.is_array())
    parent.erase(std::stoul(steps[depth - 1]));
  else
    parent.erase(steps[depth - 1]);
}

// Empty when it cannot be mended. `json` becomes what was loaded.
inline std::optional<Scenario> mended(Json& json) {
  std::string before;
  int attempt = 0;
  for (int round = 0; round < 80; ++round) {
    LoadResult result = load(json.dump(1));
    if (result.scenario) return result.scenario;
    const Problem& problem = result.problems.front();
    const std::string what = problem.pointer + problem.message;
    attempt = what == before ? attempt + 1 : 0;
    take_out(json, problem.pointer, attempt);
    before = what;
  }
  return std::nullopt;
}

// Every key of the language, as a general pointer.
inline void collect_keys(const Json& schema, const std::string& path, std::set<std::string>& keys) {
  if (schema.contains("anyOf")) {
    for (const Json& one : schema["anyOf"]) collect_keys(one, path, keys);
  }
  if (schema.contains("properties")) {
    for (const auto& [key, inner] : schema["properties"].items()) {
      keys.insert(path + "/" + key);
      collect_keys(inner, path + "/" + key, keys);
    }
  }
  if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) {
    collect_keys(schema["additionalProperties"], path + "/*", keys);
  }
  if (schema.contains("items") && schema["items"].is_object()) {
    collect_keys(schema["items"], path + "/-", keys);
  }
}

// Those that a scenario has when it is played; what it extends has been followed by then.
inline std::set<std::string> keys_that_are_played() {
  std::set<std::string> keys;
  collect_keys(language_schema(), "", keys);
  keys.erase("/extends");
  return keys;
}

// The keys that this scenario uses.
inline void used_keys(const Json& json, std::vector<std::string>& steps,
                      std::set<std::string>& keys) {
  if (!json.is_structured()) return;
  for (std::size_t i = 0; json.is_array() && i < json.size(); ++i) {
    steps.push_back(std::to_string(i));
    used_keys(json[i], steps, keys);
    steps.pop_back();
  }
  if (!json.is_object()) return;
  for (const auto& [key, inner] : json.items()) {
    steps.push_back(key);
    keys.insert(general_pointer(steps));
    used_keys(inner, steps, keys);
    steps.pop_back();
  }
}

// Without the parts that the trouble does not need: entries of lists, then keys, two levels deep.
inline Json shrunk(Json json, const std::function<bool(const Scenario&)>& troubled) {
  const auto still = [&](const Json& less) {
    const LoadResult result = load(less.dump(1));
    return result.scenario && troubled(*result.scenario);
  };
  const std::function<void(Json&, int)> cut = [&](Json& part, int depth) {
    for (std::size_t i = 0; part.is_array() && i < part.size();) {
      const Json kept = part;
      part.erase(i);
      if (still(json)) continue;
      part = kept;
      if (depth > 0) cut(part[i], depth - 1);
      ++i;
    }
    if (!part.is_object()) return;
    std::vector<std::string> keys;
    for (const auto& [key, inner] : part.items()) keys.push_back(key);
    for (const std::string& key : keys) {
      const Json kept = part;
      part.erase(key);
      if (still(json)) continue;
      part = kept;
      if (depth > 0) cut(part[key], depth - 1);
    }
  };
  cut(json, 3);
  return json;
}

}  // namespace squall::testing
