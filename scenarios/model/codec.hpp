// A codec is one kind of value of the scenario language in three directions: reading it with a
// complaint, writing it back, and describing it in the schema.
//
// Objects are made of codecs in table.hpp. Internal to scenarios/model.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/model/grammar.hpp"
#include "scenarios/model/json_tree.hpp"
#include "scenarios/model/reading.hpp"
#include "scenarios/model/suggest.hpp"

namespace squall::language {

template <typename T>
struct Codec {
  std::function<bool(Reading&, const Json&, T&)> read;  // false: complained, the value unchanged
  std::function<Json(const T&)> write;
  std::function<Json(const Vocabulary&)> schema;
};

// The one door for reading a value: what was complained about already is passed over in silence.
template <typename T>
bool read_value(Reading& reading, const Codec<T>& codec, const Json& json, T& value) {
  return json.kind != Json::Kind::unknown && !reading.full() && codec.read(reading, json, value);
}

// ---- Schema pieces -----------------------------------------------------------------------------

Json schema_type(std::string_view type);
Json schema_pattern(std::string_view pattern);             // a string that matches, or a "$param"
Json schema_words(const std::vector<std::string>& words);  // one of them, or a "$param"
Json schema_or_param(Json schema);

// ---- Plain values ------------------------------------------------------------------------------

bool wrong_type(Reading& reading, const Json& json, std::string_view expected);
bool unknown_word(Reading& reading, const Json& json, std::string_view code, std::string_view what,
                  const std::vector<std::string>& known);

Codec<double> decimal_between(double low, double high);
Codec<bool> flag();
Codec<std::string> free_text();
// Letters, digits, _ . - and `extra`, beginning with a letter, at most 64.
Codec<std::string> fresh_name(std::string_view extra = "");
Codec<std::string> word_from(std::vector<std::string> Vocabulary::*words, std::string_view what);

Codec<Duration> duration_between(Duration low, Duration high);
Codec<Duration> duration_or_none(Duration low, Duration high);  // none: zero
Codec<Time> point_in_time();
Codec<Bytes> size_between(Bytes low, Bytes high);
Codec<Bytes> size_or(std::string no_limit, Bytes low, Bytes high);  // that word: kUnlimited
Codec<std::int64_t> bit_rate();
Codec<std::int64_t> bit_rate_or_none();  // 0: as much as comes
Codec<std::int64_t> rate_nano();
Codec<std::int64_t> frequency_micro();
Codec<Distribution> durations(Never never);
Codec<Distribution> sizes(Bytes low, Bytes high);
Codec<double> popularity();

// A whole number within the bounds; written as a bare JSON number.
bool read_whole(Reading& reading, const Json& json, std::int64_t low, std::int64_t high,
                std::int64_t& value);
Json schema_whole(std::int64_t low, std::int64_t high);

template <typename Int>
Codec<Int> count_between(std::int64_t low, std::int64_t high) {
  Codec<Int> codec;
  codec.read = [=](Reading& reading, const Json& json, Int& value) {
    std::int64_t whole = 0;
    if (!read_whole(reading, json, low, high, whole)) return false;
    value = static_cast<Int>(whole);
    return true;
  };
  codec.write = [](const Int& value) { return Json::of(static_cast<double>(value)); };
  codec.schema = [=](const Vocabulary&) { return schema_whole(low, high); };
  return codec;
}

// One word of a closed list.
template <typename E>
using Words = std::vector<std::pair<std::string, E>>;

template <typename E>
Codec<E> one_word_of(std::string what, Words<E> words) {
  std::vector<std::string> known;
  for (const auto& [word, value] : words) known.push_back(word);
  Codec<E> codec;
  codec.read = [=](Reading& reading, const Json& json, E& value) {
    if (json.kind != Json::Kind::string) {
      return wrong_type(reading, json, "one of " + joined(known, 20));
    }
    for (const auto& [word, meaning] : words) {
      if (word != json.text) continue;
      value = meaning;
      return true;
    }
    return unknown_word(reading, json, "S0203", what, known);
  };
  codec.write = [=](const E& value) {
    for (const auto& [word, meaning] : words) {
      if (meaning == value) return Json::of(word);
    }
    return Json{};
  };
  codec.schema = [=](const Vocabulary&) { return schema_words(known); };
  return codec;
}

// ---- Lists -------------------------------------------------------------------------------------

// More than `most` are refused before the first of them is read.
bool too_many(Reading& reading, const Json& json, std::size_t count, std::size_t most,
              std::string_view what);

template <typename T>
Codec<std::vector<T>> list_of(Codec<T> item, std::string what, std::size_t most = 1'000'000) {
  Codec<std::vector<T>> codec;
  codec.read = [=](Reading& reading, const Json& json, std::vector<T>& values) {
    if (json.kind != Json::Kind::array) return wrong_type(reading, json, "a list of " + what);
    if (too_many(reading, json, json.items.size(), most, what)) return false;
    bool good = true;
    values.clear();
    for (std::size_t i = 0; i < json.items.size() && !reading.full(); ++i) {
      const Inside inside(reading, i);
      values.emplace_back();  // kept even when broken, so that indices and names stay true
      good = read_value(reading, item, json.items[i], values.back()) && good;
    }
    return good;
  };
  codec.write = [=](const std::vector<T>& values) {
    Json list = Json::array();
    for (const T& value : values) list.push(item.write(value));
    return list;
  };
  codec.schema = [=](const Vocabulary& vocabulary) {
    Json schema = schema_type("array");
    return schema.set("items", item.schema(vocabulary));
  };
  return codec;
}

}  // namespace squall::language
