// The tree's small change: building, finding, printing, JSON pointers.
// Who fills it from text: load_parse.cpp.
#include "scenarios/model/json_tree.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace squall::language {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[static_cast<unsigned char>(c) & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

bool plain(const Json& json) {
  return json.kind != Json::Kind::array && json.kind != Json::Kind::object;
}

void append(std::string& out, const Json& json, std::size_t depth);

void append_array(std::string& out, const Json& json, std::size_t depth) {
  const bool one_line = std::ranges::all_of(json.items, plain);
  const std::string inner = one_line ? "" : "\n" + std::string(2 * depth + 2, ' ');
  out += '[';
  for (std::size_t i = 0; i < json.items.size(); ++i) {
    if (i > 0) out += one_line ? ", " : ",";
    out += inner;
    append(out, json.items[i], depth + 1);
  }
  if (!one_line) out += "\n" + std::string(2 * depth, ' ');
  out += ']';
}

void append_object(std::string& out, const Json& json, std::size_t depth) {
  if (json.members.empty()) {
    out += "{}";
    return;
  }
  std::vector<const Member*> sorted;
  for (const Member& member : json.members) sorted.push_back(&member);
  std::ranges::sort(sorted, {}, [](const Member* member) { return member->key; });
  out += '{';
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    out += i > 0 ? ",\n" : "\n";
    out.append(2 * depth + 2, ' ');
    append_quoted(out, sorted[i]->key);
    out += ": ";
    append(out, sorted[i]->value, depth + 1);
  }
  out += '\n';
  out.append(2 * depth, ' ');
  out += '}';
}

void append(std::string& out, const Json& json, std::size_t depth) {
  switch (json.kind) {
    case Json::Kind::unknown:
    case Json::Kind::null: out += "null"; break;
    case Json::Kind::boolean: out += json.boolean ? "true" : "false"; break;
    case Json::Kind::number: out += number_text(json.number); break;
    case Json::Kind::string: append_quoted(out, json.text); break;
    case Json::Kind::array: append_array(out, json, depth); break;
    case Json::Kind::object: append_object(out, json, depth); break;
  }
}

}  // namespace

Json::Json() = default;
Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json Json::of(bool value) {
  Json json;
  json.kind = Kind::boolean;
  json.boolean = value;
  return json;
}

Json Json::of(double value) {
  Json json;
  json.kind = Kind::number;
  json.number = value;
  return json;
}

Json Json::of(std::string value) {
  Json json;
  json.kind = Kind::string;
  json.text = std::move(value);
  return json;
}

Json Json::array() {
  Json json;
  json.kind = Kind::array;
  return json;
}

Json Json::object() {
  Json json;
  json.kind = Kind::object;
  return json;
}

Json Json::unknown() {
  Json json;
  json.kind = Kind::unknown;
  return json;
}

const Member* Json::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &Member::key);
  return found == members.end() ? nullptr : &*found;
}

Member* Json::find(std::string_view key) {
  return const_cast<Member*>(std::as_const(*this).find(key));
}

Json& Json::set(std::string key, Json value) {
  if (Member* member = find(key)) {
    member->value = std::move(value);
  } else {
    members.push_back({std::move(key), Place{}, std::move(value)});
  }
  return *this;
}

Json& Json::push(Json value) {
  items.push_back(std::move(value));
  return *this;
}

std::string_view kind_name(const Json& json) {
  switch (json.kind) {
    case Json::Kind::null: return "null";
    case Json::Kind::boolean: return "true or false";
    case Json::Kind::number: return "a number";
    case Json::Kind::string: return "a string";
    case Json::Kind::array: return "a list";
    case Json::Kind::object: return "an object";
    case Json::Kind::unknown: break;
  }
  return "a mistake";
}

std::string dump(const Json& json) {
  std::string out;
  append(out, json, 0);
  out += '\n';
  return out;
}

std::string number_text(double value) {
  char buffer[32];
  if (std::floor(value) == value && std::fabs(value) < 9007199254740992.0) {
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, static_cast<long long>(value)).ptr;
    return {buffer, end};
  }
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

std::string pointer_token(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~')
      token += "~0";
    else if (c == '/')
      token += "~1";
    else
      token += c;
  }
  return token;
}

std::vector<std::string> pointer_keys(std::string_view pointer) {
  std::vector<std::string> keys;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // the slash
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::string key;
    for (std::size_t i = 0; i < end; ++i) {
      const bool escape = pointer[i] == '~' && i + 1 < end;
      if (escape && pointer[i + 1] == '0')
        key += '~', ++i;
      else if (escape && pointer[i + 1] == '1')
        key += '/', ++i;
      else
        key += pointer[i];
    }
    keys.push_back(std::move(key));
    pointer.remove_prefix(end);
  }
  return keys;
}

Json around(const std::string& pointer, Json value, Place place) {
  const std::vector<std::string> keys = pointer_keys(pointer);
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    Json object = Json::object();
    object.place = place;
    object.members.push_back({*key, place, std::move(value)});
    value = std::move(object);
  }
  return value;
}

Place place_at(const Json& root, std::string_view pointer) {
  const Json* json = &root;
  for (const std::string& key : pointer_keys(pointer)) {
    if (json->kind == Json::Kind::array) {
      std::size_t i = json->items.size();
      std::from_chars(key.data(), key.data() + key.size(), i);
      if (i >= json->items.size()) break;
      json = &json->items[i];
    } else {
      const Member* member = json->find(key);
      if (member == nullptr) break;
      json = &member->value;
    }
  }
  return json->place;
}

}  // namespace squall::language
