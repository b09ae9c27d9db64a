// What happens to a document before it is checked: --set overrides, then "$name" parameters.
//
// Works on the tree; knows no scenario. Internal to scenarios/model.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "scenarios/model/json_tree.hpp"
#include "scenarios/model/load.hpp"
#include "scenarios/model/reading.hpp"

namespace squall::language {

// Adds the names of the parameters that stand in a value.
void collect_references(const Json& json, std::set<std::string>& names);

// A pointer that names no possible place is an error (S0108). Values from an override have no
// place in the file. Returns the parameters that stood where a value was replaced.
std::set<std::string> apply_overrides(Reading& reading, Json& root,
                                      const std::vector<Override>& overrides);

// Every string value "$name" becomes the value of /params/name, with the place of that value.
// Unknown (S0301), unused (S0302) and ill-formed (S0303) parameters are errors; one that is unused
// because it was `replaced` is a warning.
void substitute_parameters(Reading& reading, Json& root, const std::set<std::string>& replaced);

}  // namespace squall::language
