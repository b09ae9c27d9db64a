// The table of built-in properties, and how a word becomes an expectation.
// The metrics they stand on are in report/measure/metrics.cpp.
#include "sim/cli/explore/property.hpp"

#include <algorithm>
#include <array>

namespace squall::explore {
namespace {

const PropertyRow* property_named(std::string_view name) {
  const auto found = std::ranges::find(properties(), name, &PropertyRow::name);
  return found == properties().end() ? nullptr : &*found;
}

}  // namespace

std::span<const PropertyRow> properties() {
  static constexpr std::array<PropertyRow, 4> kRows{{
      {"no_silent_loss", "loss.unnoticed == 0",
       "nobody misses a message while his connection goes on, so that nothing tells him"},
      {"nobody_deaf", "deaf.max <= 30s",
       "nobody believes for longer than 30 s that he is connected when nothing can reach him"},
      {"no_duplicate_surfaced", "dup.surfaced == 0", "no app sees a message twice"},
      {"order_per_sender", "order.fifo_violations == 0",
       "no app sees messages of one sender to one address in another order"},
  }};
  return kRows;
}

Json expectations_of(const std::vector<std::string>& words) {
  Json all = Json::array();
  for (const std::string& word : words) {
    const PropertyRow* row = property_named(word);
    Json one = word.starts_with('{') ? Json::parse(word, nullptr, false) : Json();
    if (!one.is_object()) one = {{"that", row == nullptr ? word : std::string(row->that)}};
    one["seeds"] = "all";
    all.push_back(std::move(one));
  }
  return all;
}

std::string in_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    const PropertyRow* row = property_named(word);
    text += (text.empty() ? "" : " and ") + word;
    if (row != nullptr) text += " (" + std::string(row->that) + ")";
  }
  return text;
}

}  // namespace squall::explore
