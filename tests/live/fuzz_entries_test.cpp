// The fuzzers' entry functions, without libFuzzer: every seed, and thousands of mutations that are
// the same on every machine. What libFuzzer finds becomes a seed, and is played here for ever.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "strategies/core/rng.hpp"
#include "tests/fuzz/entries.hpp"
#include "tests/support/asked.hpp"
#include "tests/support/place.hpp"

namespace squall::testing {
namespace {

struct Door {
  std::string name;
  void (*play)(fuzz::Data);
};
std::ostream& operator<<(std::ostream& out, const Door& door) { return out << door.name; }

std::vector<std::string> seeds_of(const std::string& name) {
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path folder = source_path("tests/fuzz/corpus/") + name;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<std::string> seeds;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

// Bytes that protocols care about.
constexpr std::string_view kTelling{"\x00\x01\x7f\x80\xff\r\n*$:+-0129%&=? ", 20};

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : rng_(seed, Purpose::placement, 0) {}

  std::string mutate(std::string bytes, const std::string& other) {
    for (std::uint64_t i = below(4) + 1; i > 0; --i) once(bytes, other);
    return bytes;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return rng_.at(drawn_++) % limit; }

  void once(std::string& bytes, const std::string& other) {
    const std::size_t at = bytes.empty() ? 0 : below(bytes.size());
    const char telling = kTelling[below(kTelling.size())];
    switch (below(6)) {
      case 0: bytes.insert(at, 1, telling); break;
      case 1: bytes.erase(at, below(8) + 1); break;
      case 2: bytes.resize(at); break;
      case 3: bytes.insert(at, bytes.substr(at, below(40) + 1)); break;
      case 4: bytes += other.substr(other.empty() ? 0 : below(other.size())); break;
      default:
        if (!bytes.empty()) bytes[at] = below(2) == 0 ? telling : static_cast<char>(below(256));
    }
  }

  Rng rng_;
  std::uint64_t drawn_ = 0;
};

class FuzzEntries : public ::testing::TestWithParam<Door> {};

TEST_P(FuzzEntries, TakeEverySeedAndItsMutations) {
  const std::uint64_t mutations = asked("SQUALL_FUZZ_MUTATIONS", 3000);
  const std::vector<std::string> seeds = seeds_of(GetParam().name);
  ASSERT_FALSE(seeds.empty());

  for (const std::string& seed : seeds) GetParam().play(live::bytes_of(seed));
  Mutator mutator(asked("SQUALL_FUZZ_SEED", 1));
  for (std::uint64_t i = 0; i < mutations; ++i) {
    const std::string& seed = seeds[i % seeds.size()];
    const std::string& other = seeds[(i * 7 + 3) % seeds.size()];
    GetParam().play(live::bytes_of(mutator.mutate(seed, other)));
  }
}

const Door kDoors[] = {{"frames", fuzz::play_frames},
                       {"http", fuzz::play_http},
                       {"resp", fuzz::play_resp},
                       {"envelope", fuzz::play_envelope}};

INSTANTIATE_TEST_SUITE_P(Doors, FuzzEntries, ::testing::ValuesIn(kDoors),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace squall::testing
