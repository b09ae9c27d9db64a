// The generator of scenarios knows the whole language: a key that is added to it and never
// generated is found here, and not by the long test that plays thousands of them.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/support/generated.hpp"

namespace squall::testing {
namespace {

TEST(Generator, makes_every_key_of_the_language) {
  constexpr std::uint64_t kScenarios = 1500;
  std::set<std::string> made;
  for (std::uint64_t number = 1; number <= kScenarios; ++number) {
    std::vector<std::string> steps;
    used_keys(Generator(number, Bounds{}).scenario(), steps, made);
  }
  for (const std::string& key : keys_that_are_played()) {
    EXPECT_TRUE(made.contains(key)) << "never generated: " << key;
  }
}

}  // namespace
}  // namespace squall::testing
