// What written conversations are made of: the files, and the words that stand for numbers.
//
// Shared by the transcripts of backplanes (transcript.hpp) and of endpoints
// (endpoint_transcript.hpp). A word that makes no sense fails its stream.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "strategies/core/types.hpp"
#include "tests/support/place.hpp"

namespace squall::testing {

// `kind` and a number: u7, r1, #3.
inline std::uint32_t number_word(std::istream& in, char kind) {
  char first = 0;
  std::uint32_t value = 0;
  in >> first >> value;
  if (first != kind) in.setstate(std::ios::failbit);
  return value;
}

inline Duration duration_word(std::istream& in) {  // whole seconds or milliseconds
  std::int64_t value = 0;
  std::string unit;
  in >> value >> unit;
  if (unit != "s" && unit != "ms") in.setstate(std::ios::failbit);
  return unit == "s" ? Duration{std::chrono::seconds{value}}
                     : Duration{std::chrono::milliseconds{value}};
}

// The conversations of a folder below tests/, by name.
inline std::vector<std::string> conversations_in(const std::string& folder) {
  std::vector<std::string> names;
  const auto path = std::filesystem::path(source_path()) / "tests" / folder;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Plays the inputs of a transcript: lines at the margin, without comments. Comments and inputs are
// kept in `written`; what `understood(words)` cannot make sense of shows up there.
template <typename Understood>
void play_inputs(const std::string& transcript, std::string& written, Understood understood) {
  std::istringstream lines(transcript);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  ")) continue;
    written += line + "\n";
    if (line.empty() || line.starts_with("#")) continue;
    std::istringstream words(line);
    if (!understood(words)) written += "  NOT UNDERSTOOD\n";
  }
}

inline std::string conversation(const std::string& folder, const std::string& name) {
  std::ifstream file(std::filesystem::path(source_path()) / "tests" / folder / (name + ".txt"));
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace squall::testing
