// Overrides first, because they may change parameters; then parameters, by walking the tree once.
// What the values mean is not known here; the tables find out.
#include "scenarios/model/parameters.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/suggest.hpp"

namespace squall::language {
namespace {

// JSON, or a bare word taken as a string. Without places: it is not in the file.
void forget_places(Json& json) {
  json.place = {};
  for (Json& item : json.items) forget_places(item);
  for (Member& member : json.members) {
    member.key_place = {};
    forget_places(member.value);
  }
}

Json override_value(const std::string& text) {
  std::vector<Problem> ignored;
  std::optional<Json> json = parse_json(text, "<set>", ignored);
  if (!json || !ignored.empty()) return Json::of(text);
  forget_places(*json);
  return std::move(*json);
}

// One step down, made if it can be; nullptr when there can be no such place.
Json* step_into(Json& json, const std::string& key) {
  if (json.kind == Json::Kind::array) {
    std::size_t i = json.items.size();
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), i);
    const bool whole = error == std::errc{} && end == key.data() + key.size() && !key.empty();
    if (key == "-" || (whole && i == json.items.size())) json.items.emplace_back();
    if (key == "-") return &json.items.back();
    return whole && i < json.items.size() ? &json.items[i] : nullptr;
  }
  if (json.kind == Json::Kind::null && json.place == Place{}) json.kind = Json::Kind::object;
  if (json.kind != Json::Kind::object) return nullptr;
  if (json.find(key) == nullptr) json.set(key, Json{});
  return &json.find(key)->value;
}

bool is_reference(const Json& json) {
  const std::string& text = json.text;
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return json.kind == Json::Kind::string && text.size() > 1 && text[0] == '$' && letter(text[1]) &&
         std::all_of(text.begin() + 1, text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

void apply(Reading& reading, Json& root, const Override& change, std::set<std::string>& replaced) {
  const bool pointer = change.pointer.starts_with('/');
  const std::vector<std::string> steps =
      pointer ? pointer_keys(change.pointer) : std::vector<std::string>{};
  const bool deep = steps.size() > static_cast<std::size_t>(kDeepest);  // and no file has such
  Json* json = pointer && !deep ? &root : nullptr;
  for (const std::string& key : steps) json = json == nullptr ? nullptr : step_into(*json, key);
  if (json == nullptr) {
    reading.problems().push_back(
        {"S0108", Severity::error, "<set>", 0, 0, 0, deep ? "" : change.pointer,
         "--set " + in_quotes(change.pointer) + ": no such place in a scenario",
         deep      ? fmt::format("nested deeper than {} levels", kDeepest)
         : pointer ? ""
                   : "a pointer begins with /, like /cluster/nodes/count"});
    return;
  }
  collect_references(*json, replaced);
  *json = override_value(change.value);
}

class Substitution {
 public:
  Substitution(Reading& reading, const Json& parameters)
      : reading_(reading), parameters_(parameters) {
    for (const Member& member : parameters.members) known_.emplace(member.key, &member.value);
  }

  void visit(Json& json) {
    for (std::size_t i = 0; i < json.items.size(); ++i) {
      const Inside inside(reading_, i);
      visit(json.items[i]);
    }
    for (Member& member : json.members) {
      const Inside inside(reading_, member.key);
      visit(member.value);
    }
    if (is_reference(json)) json = value_of(json);
  }

  const std::set<std::string>& used() const { return used_; }

 private:
  Json value_of(const Json& reference) {
    const std::string name = reference.text.substr(1);
    used_.insert(name);
    const auto found = known_.find(name);
    if (found != known_.end()) return *found->second;
    std::vector<std::string> known;
    for (const Member& member : parameters_.members) {
      if (known.size() < 1000 && !reading_.full()) known.push_back("$" + member.key);
    }
    reading_.fail(reference.place, "S0301",
                  fmt::format("unknown parameter {}; params: {}", in_quotes(reference.text),
                              known.empty() ? "none" : joined(known)),
                  did_you_mean(reference.text, known));
    Json unknown = Json::unknown();
    unknown.place = reference.place;
    return unknown;
  }

  Reading& reading_;
  const Json& parameters_;
  std::map<std::string, const Json*> known_;
  std::set<std::string> used_;
};

// Parameters are plain values and refer to nothing; a bad one becomes `unknown`.
void check_parameters(Reading& reading, Json& parameters) {
  for (Member& member : parameters.members) {
    const Inside inside(reading, member.key);
    const bool compound = member.value.kind == Json::Kind::array ||
                          member.value.kind == Json::Kind::object ||
                          member.value.kind == Json::Kind::null;
    if (compound) {
      reading.fail(member.value.place, "S0303",
                   "a parameter is a string, a number, true or false, not " +
                       std::string(kind_name(member.value)));
    } else if (is_reference(member.value)) {
      reading.fail(member.value.place, "S0303", "a parameter cannot stand for another one");
    } else if (!is_reference(Json::of("$" + member.key))) {
      reading.fail(member.key_place, "S0303",
                   "bad parameter name " + in_quotes(member.key) + ": letters, digits and _");
    } else {
      continue;
    }
    member.value.kind = Json::Kind::unknown;
  }
}

}  // namespace

void collect_references(const Json& json, std::set<std::string>& names) {
  if (is_reference(json)) names.insert(json.text.substr(1));
  for (const Json& item : json.items) collect_references(item, names);
  for (const Member& member : json.members) collect_references(member.value, names);
}

std::set<std::string> apply_overrides(Reading& reading, Json& root,
                                      const std::vector<Override>& overrides) {
  std::set<std::string> replaced;
  for (const Override& change : overrides) apply(reading, root, change, replaced);
  return replaced;
}

void substitute_parameters(Reading& reading, Json& root, const std::set<std::string>& replaced) {
  Json none = Json::object();
  Member* section = root.find("params");
  if (section != nullptr && section->value.kind != Json::Kind::object) {
    const Inside inside(reading, "params");
    reading.fail(section->value.place, "S0201", "expected an object of parameters");
    section = nullptr;
  }
  Json parameters = section == nullptr ? none : section->value;
  {
    const Inside inside(reading, "params");
    check_parameters(reading, parameters);
  }
  Substitution substitution(reading, parameters);
  for (Member& member : root.members) {
    if (member.key == "params") continue;
    const Inside inside(reading, member.key);
    substitution.visit(member.value);
  }
  for (const Member& member : parameters.members) {
    if (substitution.used().contains(member.key)) continue;
    if (member.value.kind == Json::Kind::unknown) continue;
    const std::string sentence = "parameter " + in_quotes(member.key) + " is used nowhere";
    if (replaced.contains(member.key)) {
      reading.note_at(root, "/params/" + pointer_token(member.key), "S0302",
                      sentence + " any more: --set replaced what it stood for");
      continue;
    }
    const Inside inside(reading, "params");
    const Inside inside_name(reading, member.key);
    reading.fail(member.key_place, "S0302", sentence);
  }
}

}  // namespace squall::language
