// A number that whoever runs a test by hand may ask for: SQUALL_SEEDS=20 and the like. Of a night
// they are in CMakePresets.json.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace squall::testing {

// The number in the environment variable, else `usual`. A word that is no number is an error:
// a night that plays the usual size would look as if it had been one.
inline std::uint64_t asked(const char* variable, std::uint64_t usual) {
  const char* const text = std::getenv(variable);
  if (text == nullptr) return usual;
  std::size_t read = 0;
  const std::uint64_t number = std::stoull(text, &read);
  if (text[read] != '\0') throw std::invalid_argument(std::string(variable) + ": " + text);
  return number;
}

}  // namespace squall::testing
