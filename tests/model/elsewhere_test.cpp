// What others call it: words of products are answered with what the language has, and every answer
// names keys and verbs that there are.
#include "scenarios/model/elsewhere.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "scenarios/model/tables.hpp"
#include "tests/support/generated.hpp"

namespace squall::testing {
namespace {

using language::called_here;
using ::testing::HasSubstr;

// Without populations' names and places in lists: cluster.lb.sticky, people.count, script.do.
std::set<std::string> dotted_keys() {
  std::set<std::string> keys, dotted;
  collect_keys(language_schema(), "", keys);
  for (const std::string& key : keys) {
    std::string plain = std::regex_replace(key.substr(1), std::regex("/[*-](?=/|$)"), "");
    std::ranges::replace(plain, '/', '.');
    dotted.insert(plain);
  }
  return dotted;
}

std::set<std::string> all(const std::string& text, const std::regex& what) {
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), what), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

TEST(OtherWords, are_answered_with_keys_and_verbs_that_there_are) {
  const std::set<std::string> keys = dotted_keys();
  std::set<std::string> verbs;
  for (const language::VerbRow& row : language::verbs()) verbs.insert(std::string(row.name));
  const std::regex path(R"(\b((?:cluster|client|people|rooms|traffic|strategies)\.[a-z_.]*[a-z]))");
  const std::regex verb(R"x("do": "([a-z_]+)")x");

  for (const language::OtherWord& row : language::other_words()) {
    const std::string here(row.here);
    for (const std::string& key : all(here, path)) EXPECT_TRUE(keys.contains(key)) << key;
    for (const std::string& name : all(here, verb)) EXPECT_TRUE(verbs.contains(name)) << name;
  }
}

// Else nobody ever sees the answer.
TEST(OtherWords, are_none_of_the_language) {
  const std::set<std::string> keys = dotted_keys();
  for (const language::OtherWord& row : language::other_words()) {
    std::istringstream words{std::string(row.words)};
    for (std::string word; words >> word;) {
      EXPECT_FALSE(keys.contains(std::string(row.in) + "." + word)) << row.in << " " << word;
    }
  }
}

TEST(OtherWords, are_known_in_any_spelling) {
  for (const char* word : {"worker_shutdown_timeout", "workerShutdownTimeout"}) {
    EXPECT_THAT(called_here(word, "cluster.lb"), HasSubstr("\"lb_reload\"")) << word;
  }
  EXPECT_THAT(called_here("timeout", "cluster.lb"), HasSubstr("cluster.lb.idle_timeout"));
  EXPECT_THAT(called_here("timeout", "client"), HasSubstr("client.connect_timeout"));
  EXPECT_EQ(called_here("timeout", "cluster.net"), "");
  EXPECT_EQ(called_here("gc", "client").find("verb"), std::string::npos);
}

std::string suggestion_for(const std::string& sections) {
  const LoadResult result = load(R"({"squall": 1, "name": "x", )" + sections + "}");
  return result.problems.empty() ? "" : result.problems.front().suggestion;
}

TEST(OtherWords, are_answered_where_they_stand) {
  EXPECT_THAT(suggestion_for(R"("cluster": {"lb": {"deregistration_delay": "300s"}})"),
              HasSubstr("\"pre_stop\""));
  EXPECT_THAT(suggestion_for(R"("cluster": {"nodes": {"perMessageDeflate": true}})"),
              HasSubstr("cluster.nodes.deflate"));
  EXPECT_THAT(suggestion_for(R"("script": [{"at": "1s", "do": "clock_jump"}])"),
              HasSubstr("none:"));
  EXPECT_THAT(suggestion_for(R"("script": [{"at": "1s", "do": "oom_kill", "on": "n1"}])"),
              HasSubstr("\"crash\""));
  EXPECT_THAT(suggestion_for(R"("script": [{"at": "1s", "do": "partition", "for": "1s",
                                       "between": ["n1", "clients"]}])"),
              HasSubstr("clients have no side"));
}

}  // namespace
}  // namespace squall::testing
