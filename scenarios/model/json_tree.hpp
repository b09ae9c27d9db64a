// A JSON document as a tree whose every value knows its place in the file.
//
// Not a JSON library: load_parse.cpp fills it, the tables read it, and `dump` prints the resolved
// scenario and the schema. Internal to scenarios/model.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace squall::language {

// From 1, columns in bytes, `end_column` one past the last byte. All zero: not in the file, but
// given on the command line.
struct Place {
  int line = 0;
  int column = 0;
  int end_column = 0;
  bool of_base = false;  // in what the file extends; see document.hpp
  bool operator==(const Place&) const = default;
};

struct Member;

struct Json {
  // `unknown` stands where a mistake was reported already; readers pass over it in silence.
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object, unknown };
  Kind kind = Kind::null;
  bool boolean = false;
  double number = 0;
  std::string text;
  std::vector<Json> items;      // of an array
  std::vector<Member> members;  // of an object, in file order
  Place place;                  // of an object or array: its opening bracket

  // Defaulted where Member is complete.
  Json();
  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(const Json&);
  Json& operator=(Json&&) noexcept;
  ~Json();

  static Json of(bool value);
  static Json of(double value);
  static Json of(std::string value);
  static Json of(const char* value) { return of(std::string(value)); }
  static Json array();
  static Json object();
  static Json unknown();

  const Member* find(std::string_view key) const;  // nullptr when absent or not an object
  Member* find(std::string_view key);
  Json& set(std::string key, Json value);  // adds or replaces; returns *this
  Json& push(Json value);
};

struct Member {
  std::string key;
  Place key_place;
  Json value;
};

// "a string", "a number" ... for messages.
std::string_view kind_name(const Json& json);

// Keys sorted, two spaces, lists of plain values on one line: equal trees give equal bytes.
std::string dump(const Json& json);

// The shortest text that reads back as the same number.
std::string number_text(double value);

// JSON pointers (RFC 6901).
std::string pointer_token(std::string_view key);
std::vector<std::string> pointer_keys(std::string_view pointer);

// The members around a value at `pointer`, as they would stand in a file.
Json around(const std::string& pointer, Json value, Place place);

// The place of the value at `pointer`, or of the nearest thing around it that exists.
Place place_at(const Json& root, std::string_view pointer);

}  // namespace squall::language
