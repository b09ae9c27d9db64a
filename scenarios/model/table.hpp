// A table describes one object of the scenario file, one row per key. Reading, defaults, the
// resolved scenario and the schema all come from the same rows.
//
// The rows themselves are in tables_*.cpp. Internal to scenarios/model.
#pragma once

#include <fmt/core.h>
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/model/codec.hpp"

namespace squall::language {

template <typename T>
struct Field {
  std::string key;
  std::string source;  // of the default; "required" when there is none
  std::string doc;
  std::function<bool(Reading&, const Json&, T&)> read;
  std::function<std::optional<Json>(const T&)> write;  // empty: left out of the resolved scenario
  std::function<Json(const Vocabulary&)> schema;
};

template <typename T>
struct Table {
  std::string name;  // what messages call the object
  std::vector<Field<T>> fields;

  const Field<T>* find(std::string_view key) const {
    for (const Field<T>& field : fields) {
      if (field.key == key) return &field;
    }
    return nullptr;
  }
};

inline constexpr std::string_view kRequired = "required";

// ---- Rows --------------------------------------------------------------------------------------

template <typename T, typename V>
Field<T> field(std::string key, V T::*member, Codec<V> codec, std::string source, std::string doc) {
  return {std::move(key),
          std::move(source),
          std::move(doc),
          [=](Reading& reading, const Json& json, T& object) {
            return read_value(reading, codec, json, object.*member);
          },
          [=](const T& object) { return std::optional<Json>(codec.write(object.*member)); },
          codec.schema};
}

// Written only when it differs from an empty value: the file may leave it out, and that means
// "none".
template <typename T, typename V>
Field<T> optional_field(std::string key, V T::*member, Codec<V> codec, std::string doc) {
  Field<T> made = field(std::move(key), member, codec, "", std::move(doc));
  made.write = [=](const T& object) {
    return object.*member == V{} ? std::nullopt : std::optional<Json>(codec.write(object.*member));
  };
  return made;
}

// Written only when it says something else than the default: scenarios that do not say it keep
// their text, and their hash.
template <typename T, typename V>
Field<T> rare_field(std::string key, V T::*member, Codec<V> codec, std::string source,
                    std::string doc) {
  Field<T> made =
      field(std::move(key), member, std::move(codec), std::move(source), std::move(doc));
  made.write = [member, plain = std::move(made.write)](const T& object) {
    return object.*member == T{}.*member ? std::nullopt : plain(object);
  };
  return made;
}

// A key with only one allowed value: it names the model behind the section.
template <typename T>
Field<T> constant(std::string key, std::string value, std::string doc) {
  const Codec<int> codec = one_word_of<int>(key, {{value, 1}});
  return {std::move(key),
          "the only one",
          std::move(doc),
          [=](Reading& reading, const Json& json, T&) {
            int ignored = 0;
            return read_value(reading, codec, json, ignored);
          },
          [=](const T&) { return std::optional<Json>(Json::of(value)); },
          codec.schema};
}

// ---- Objects -----------------------------------------------------------------------------------

template <typename T>
std::vector<std::string> keys_of(const Table<T>& table) {
  std::vector<std::string> keys;
  for (const Field<T>& field : table.fields) keys.push_back(field.key);
  return keys;
}

bool unknown_key(Reading& reading, const Member& member, const std::string& object,
                 const std::vector<std::string>& known);
bool missing_key(Reading& reading, const Json& json, const std::string& object,
                 const std::string& key);
bool not_an_object(Reading& reading, const Json& json, const std::string& object,
                   const std::string& first_key);

template <typename T>
bool check_keys(Reading& reading, const Table<T>& table, const Json& json) {
  bool good = true;
  for (const Member& member : json.members) {
    if (reading.full()) return false;
    if (table.find(member.key) != nullptr) continue;
    good = unknown_key(reading, member, table.name, keys_of(table));
  }
  for (const Field<T>& field : table.fields) {
    if (field.source != kRequired || json.find(field.key) != nullptr) continue;
    good = missing_key(reading, json, table.name, field.key);
  }
  return good;
}

template <typename T>
bool read_fields(Reading& reading, const Table<T>& table, const Json& json, T& object) {
  bool good = true;
  for (const Field<T>& field : table.fields) {
    const Member* member = json.find(field.key);
    if (member == nullptr || member->value.kind == Json::Kind::unknown) continue;
    const Inside inside(reading, field.key);
    good = field.read(reading, member->value, object) && good;
  }
  return good;
}

template <typename T>
bool read_object(Reading& reading, const Table<T>& table, const Json& json, T& object) {
  if (json.kind != Json::Kind::object) {
    return not_an_object(reading, json, table.name,
                         table.fields.empty() ? "" : table.fields.front().key);
  }
  const bool good = check_keys(reading, table, json);
  return read_fields(reading, table, json, object) && good;
}

template <typename T>
Json write_object(const Table<T>& table, const T& object) {
  Json json = Json::object();
  for (const Field<T>& field : table.fields) {
    if (std::optional<Json> value = field.write(object)) json.set(field.key, std::move(*value));
  }
  return json;
}

template <typename T>
Json describe_field(const Field<T>& field, const Vocabulary& vocabulary) {
  std::string text = field.doc;
  const std::optional<Json> value = field.write(T{});
  const bool small = value && value->kind != Json::Kind::object;
  if (field.source != kRequired && !field.source.empty() && small) {
    std::string printed = dump(*value);
    printed.pop_back();  // the line end
    text += fmt::format(" Default {} ({}).", printed, field.source);
  }
  Json schema = field.schema(vocabulary);
  return schema.set("description", Json::of(std::move(text)));
}

template <typename T>
Json describe_object(const Table<T>& table, const Vocabulary& vocabulary) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Field<T>& field : table.fields) {
    properties.set(field.key, describe_field(field, vocabulary));
    if (field.source == kRequired) required.push(Json::of(field.key));
  }
  Json schema = schema_type("object");
  schema.set("additionalProperties", Json::of(false)).set("properties", std::move(properties));
  if (!required.items.empty()) schema.set("required", std::move(required));
  return schema;
}

template <typename T>
Codec<T> object(const Table<T>& table) {
  return {[&table](Reading& reading, const Json& json, T& value) {
            return read_object(reading, table, json, value);
          },
          [&table](const T& value) { return write_object(table, value); },
          [&table](const Vocabulary& vocabulary) { return describe_object(table, vocabulary); }};
}

// An object inside the file that is no object of its own in the model: "heartbeat" of the client.
template <typename T>
Field<T> group(std::string key, const Table<T>& table, std::string doc) {
  const Codec<T> codec = object(table);
  return {std::move(key),
          "",
          std::move(doc),
          [=](Reading& reading, const Json& json, T& value) {
            return read_value(reading, codec, json, value);
          },
          [=](const T& value) { return std::optional<Json>(codec.write(value)); },
          codec.schema};
}

// {"<name>": {...}, ...}, ordered by name because the order of keys means nothing in JSON;
// `prepare` may fill defaults that depend on what was read before.
template <typename T>
Codec<std::vector<T>> named(const Table<T>& table, std::string T::*name, std::string what,
                            std::size_t most,
                            std::function<void(const Reading&, T&)> prepare = {}) {
  const Codec<std::string> names = fresh_name();
  return {[=, &table](Reading& reading, const Json& json, std::vector<T>& values) {
            if (json.kind != Json::Kind::object) {
              return wrong_type(reading, json, "an object of named entries");
            }
            if (too_many(reading, json, json.members.size(), most, what)) return false;
            bool good = true;
            for (const Member& member : json.members) {
              if (reading.full()) return false;
              const Inside inside(reading, member.key);
              T& value = values.emplace_back();
              if (prepare) prepare(reading, value);
              Json key = Json::of(member.key);
              key.place = member.key_place;
              good = names.read(reading, key, value.*name) && good;
              if (member.value.kind == Json::Kind::unknown) continue;
              good = read_object(reading, table, member.value, value) && good;
            }
            std::ranges::stable_sort(values, {}, name);
            return good;
          },
          [=, &table](const std::vector<T>& values) {
            Json json = Json::object();
            for (const T& value : values) {  // set() would look for each name among all others
              json.members.push_back({value.*name, Place{}, write_object(table, value)});
            }
            return json;
          },
          [&table](const Vocabulary& vocabulary) {
            Json schema = schema_type("object");
            return schema.set("additionalProperties", describe_object(table, vocabulary));
          }};
}

}  // namespace squall::language
