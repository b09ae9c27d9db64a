// Dialects of templates: frames of JSON with $names in them, read from a file of a few lines (an
// example: tests/products/plain.json).
//
// A template to say is filled in; one to hear matches what has all of its fields, and takes the
// values that stand where its $names do; $any is whatever. Names: $user $token $room $rooms $id
// $sender $pad, $ref, another number in each frame ("$ref#": not in quotes): what is heard with the
// same $ref is the answer to that frame, and $joined, the $ref with which the room was joined.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace squall::live {

using Names = std::map<std::string, std::string>;

// The template with its names filled in; a name that is not there stays as it is.
nlohmann::ordered_json filled(const nlohmann::ordered_json& form, const Names& names);
std::string filled_text(const std::string& form, const Names& names);

// What the names of the form stand for in `said`; nothing: it does not match.
std::optional<Names> matched(const nlohmann::ordered_json& form,
                             const nlohmann::ordered_json& said);

}  // namespace squall::live
