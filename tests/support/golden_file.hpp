// Compares a text with the file that holds what it must be, byte for byte.
//
// SQUALL_REWRITE=1 in the environment writes the file instead; look at the difference before you
// keep it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/place.hpp"

namespace squall::testing {

// `path` is relative to tests/golden/.
inline ::testing::AssertionResult equals_golden_file(const std::string& text,
                                                     const std::string& path) {
  const std::filesystem::path file =
      std::filesystem::path(source_path()) / "tests" / "golden" / path;
  const char* rewrite = std::getenv("SQUALL_REWRITE");
  if (rewrite != nullptr && std::string(rewrite) == "1") {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return ::testing::AssertionSuccess();
  }
  std::ifstream in(file, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(in), {}};
  if (in.is_open() && expected == text) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "differs from tests/golden/" << path << "\n--- got ---\n"
         << text << "--- to accept it: SQUALL_REWRITE=1 and run this test again ---";
}

// A conversation of that folder of tests/, as it was played: all of it was understood, and nothing
// came of it but what is written down.
inline ::testing::AssertionResult goes_as_written(const std::string& played,
                                                  const std::string& folder,
                                                  const std::string& name) {
  if (played.find("NOT UNDERSTOOD") != std::string::npos) {
    return ::testing::AssertionFailure() << played;
  }
  return equals_golden_file(played, "../" + folder + "/" + name + ".txt");
}

}  // namespace squall::testing
