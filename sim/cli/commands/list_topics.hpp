// What `squall list` can show: one row per topic, each read from its registry.
// Only makes the tables; printing them is list.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall {

struct Options;

// A small table of text; the JSON form is a list of objects with the columns as keys.
struct Listing {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

struct ListTopic {
  std::string_view name;
  std::string_view meaning;
  Listing (*make)(const Options& options);
};

std::span<const ListTopic> list_topics();

}  // namespace squall
