// The keys of the verb `set`: which knobs may change while a run plays, and what they take.
//
// Internal to scenarios/model. What an engine does with it is its own (World::set_now).
#pragma once

#include <span>
#include <string_view>

#include "scenarios/model/tables.hpp"

namespace squall::language {

// JSON pointers of what every part of the engine looks up when it needs it, and keeps no copy of.
std::span<const std::string_view> settable_paths();

Field<ScriptStep> path_field();
bool read_set_to(Reading& reading, const Json& json, ScriptStep& step);
Json write_set_to(const ScriptStep& step);

}  // namespace squall::language
