// The measured cost profile that a scenario names is read from its file and registered, so that the
// loader knows it (scenarios/model/calibration.hpp). A profile of the table needs none of this.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/document.hpp"
#include "scenarios/model/load.hpp"

namespace squall {

inline constexpr const char* kProfileFile = "profile.json";  // in the folder of a run

// Beside the scenario's file, or else from here. What is wrong is told at the place where the
// scenario names it, with the place inside the profile.
std::vector<Problem> register_profile_of(const language::Document& document,
                                         const std::string& path,
                                         const std::vector<Override>& overrides);
// The same from the one file; a sentence when it is not right.
std::string register_profile(const std::string& name, const std::filesystem::path& file);

// The name of a file in /cluster/nodes/cost_profile; empty: it names none.
std::string profile_named_by(const std::string& text, const std::vector<Override>& overrides);

}  // namespace squall
