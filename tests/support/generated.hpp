// Around the generator: mending what the loader refuses, what keys a scenario has, and the smallest
// scenario that still shows a trouble.
//
// The scenarios themselves are made in generator.hpp.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/generator.hpp"

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

// Takes out what the complaint points to: a whole entry of a list, else the key.
inline void take_out(Json& scenario, const std::string& pointer, bool again) {
  std::vector<std::string> steps = language::pointer_keys(pointer);
  if (steps.empty()) return;
  Json* parent = &scenario;
  std::size_t last = 0;
  for (; last + 1 < steps.size(); ++last) {
    const bool list = parent->is_array();
    const bool entry = parent == &scenario ? false : list && steps[0] != "cluster";
    if (entry || (!list && !parent->contains(steps[last]))) break;
    parent = list ? &(*parent)[std::stoul(steps[last])] : &(*parent)[steps[last]];
    if (again && last + 2 == steps.size()) break;
  }
  if (again && last > 0 && last + 1 < steps.size()) {
    scenario.erase(steps[0]);
    return;
  }
  if (parent->is_array())
    parent->erase(std::stoul(steps[last]));
  else if (parent->is_object())
    parent->erase(steps[last]);
}

// Empty when it cannot be mended. `json` becomes what was loaded.
inline std::optional<Scenario> mended(Json& json) {
  std::string before;
  for (int round = 0; round < 80; ++round) {
    LoadResult result = load(json.dump(1));
    if (result.scenario) return result.scenario;
    const Problem& problem = result.problems.front();
    const std::string what = problem.pointer + problem.message;
    take_out(json, problem.pointer, what == before);
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
