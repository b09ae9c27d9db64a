// The two complaints every object makes: a key too many, a key too few.
// The rows are in tables_*.cpp.
#include "scenarios/model/table.hpp"

#include <fmt/core.h>

#include "scenarios/model/elsewhere.hpp"

namespace squall::language {

bool unknown_key(Reading& reading, const Member& member, const std::string& object,
                 const std::vector<std::string>& known) {
  const Inside inside(reading, member.key);
  std::string suggestion = called_here(member.key, object);
  if (!suggestion.empty()) suggestion = "here: " + suggestion;
  if (suggestion.empty()) suggestion = did_you_mean(member.key, known);
  if (suggestion.empty()) suggestion = "known: " + joined(known, 24);
  return reading.fail(member.key_place, "S0101",
                      fmt::format("unknown key {} in {}", in_quotes(member.key), object),
                      std::move(suggestion));
}

bool missing_key(Reading& reading, const Json& json, const std::string& object,
                 const std::string& key) {
  return reading.fail(json.place, "S0102", fmt::format("{} needs the key \"{}\"", object, key),
                      key == "squall" ? "\"squall\": 1 says the version of the language" : "");
}

bool not_an_object(Reading& reading, const Json& json, const std::string& object,
                   const std::string& first_key) {
  std::string meant;
  if (json.kind == Json::Kind::number && first_key == "count") meant = number_text(json.number);
  if (json.kind == Json::Kind::string && first_key == "that") meant = in_quotes(json.text);
  if (!meant.empty()) meant = fmt::format("did you mean {{\"{}\": {}}}?", first_key, meant);
  return reading.fail(json.place, "S0201",
                      fmt::format("expected an object for {}, not {}", object, kind_name(json)),
                      std::move(meant));
}

}  // namespace squall::language
