// What shall never happen: the words of --property as expectations of the scenario language.
//
// A name of the table below stands for an expectation; everything else is one already. To add a
// property: one row in property.cpp.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall::explore {

using Json = nlohmann::ordered_json;

struct PropertyRow {
  std::string_view name, that, meaning;
};
std::span<const PropertyRow> properties();

// As the "expect" of a scenario, of each seed; whether they are well formed says the loader.
Json expectations_of(const std::vector<std::string>& words);

// "no_silent_loss (loss.unnoticed == 0)", for a reader.
std::string in_words(const std::vector<std::string>& words);

}  // namespace squall::explore
