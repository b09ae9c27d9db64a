// Strategies as conversations: every file of tests/transcripts/ is a backplane's, every file of
// tests/transcripts/connection/ the client's as a whole, and each is one test.
//
// A new race is a new file there, no code; SQUALL_REWRITE=1 fills in the actions. What no single
// conversation can show is checked with random inputs in backplane_test.cpp and endpoint_test.cpp.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "tests/support/endpoint_transcript.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/transcript.hpp"
#include "tests/support/words.hpp"

namespace squall::testing {
namespace {

struct Written {
  std::string folder, name;
  std::string (*play)(const std::string& text);
};
void PrintTo(const Written& written, std::ostream* out) { *out << written.name; }

template <typename Player>
std::vector<Written> conversations(const std::string& folder) {
  std::vector<Written> all;
  for (const std::string& name : conversations_in(folder)) {
    all.push_back({folder, name, [](const std::string& text) { return Player().play(text); }});
  }
  return all;
}

class Conversation : public ::testing::TestWithParam<Written> {};

TEST_P(Conversation, goes_as_it_is_written_down) {
  const auto& [folder, name, play] = GetParam();

  const std::string played = play(conversation(folder, name));

  EXPECT_TRUE(goes_as_written(played, folder, name));
}

std::string name_of(const ::testing::TestParamInfo<Written>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Backplane, Conversation,
                         ::testing::ValuesIn(conversations<Transcript>("transcripts")), name_of);
INSTANTIATE_TEST_SUITE_P(
    Endpoint, Conversation,
    ::testing::ValuesIn(conversations<EndpointTranscript>("transcripts/connection")), name_of);

}  // namespace
}  // namespace squall::testing
