// squall replay: a stored run can be checked, and a changed one is found. Runs the real binary.
// Uses the small scenario of tests/support/cli.hpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path kLatest = fs::path("squall-results") / "latest";

// Changes one stored value of a metric of the first strategy.
void tamper(const Squall& squall) {
  auto document = as_one_document(squall.folder().read(kLatest / "result.json"));
  auto& metric = document["results"][0]["metrics"]["pairs.owed"];
  ASSERT_TRUE(metric.is_object()) << "the form of result.json has changed";
  metric["per_seed"][0] = 987654;
  squall.folder().write((kLatest / "result.json").string(), document.dump());
}

TEST(ReplayCommand, a_stored_run_gives_the_same_hash_again) {
  const Squall squall;
  squall({"run", "small.json", "-n", "2", "-q", "--seed", "7"});

  const ProcessResult result = squall({"replay", "latest", "--progress", "none"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("identical"));
}

TEST(ReplayCommand, flags_of_the_run_are_part_of_what_is_played_again) {
  const Squall squall;
  squall({"run", "small.json", "-n", "2", "-q", "-s", "routed,broadcast", "--set",
          "/cluster/nodes/count=3"});

  const auto document = as_one_document(squall({"replay", "latest", "-q", "--json"}).out);

  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["identical"], true) << document;
  EXPECT_EQ(document["stored_sha256"], document["fresh_sha256"]);
}

TEST(ReplayCommand, it_needs_nothing_but_the_run_folder) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q"});
  fs::remove(squall.folder().path() / "small.json");

  const ProcessResult result = squall({"replay", kLatest.string(), "-q"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
}

TEST(ReplayCommand, it_has_the_files_that_the_scenario_named) {
  const Squall squall;
  std::string text = small_scenario();
  text.replace(text.find(R"("clients")"), 0,
               R"("people": { "u": { "count": 6 } }, "rooms": { "r": { "sizes": "r.csv" } }, )");
  squall.folder().write("small.json", text);
  squall.folder().write("r.csv", "2,3\n");
  squall({"run", "small.json", "-n", "1", "-q"});
  squall.folder().write("r.csv", "3,2\n");

  const ProcessResult result = squall({"replay", kLatest.string(), "-q"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(squall.folder().read(kLatest / "beside" / "rooms.r.sizes"), "2,3\n");
}

TEST(ReplayCommand, a_changed_result_is_exit_1_and_names_strategy_and_metric) {
  const Squall squall;
  squall({"run", "small.json", "-n", "2", "-q"});
  tamper(squall);

  const ProcessResult result = squall({"replay", "latest", "-q"});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("differs"));
  EXPECT_THAT(result.out, HasSubstr("pairs.owed"));
  EXPECT_THAT(result.out, HasSubstr("987654"));
  EXPECT_THAT(result.out, HasSubstr("changed after the run"));
}

TEST(StoredRun, a_changed_scenario_is_refused_by_all_that_read_it) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q"});
  std::string text = squall.folder().read(kLatest / "scenario.json");
  text.replace(text.find("\"name\""), 6, "\"name\" ");
  squall.folder().write((kLatest / "scenario.json").string(), text);

  for (Words words : {Words{"replay"}, {"why"}, {"explain"}, {"report", "-o", "page.html"}}) {
    words.emplace_back("latest");

    const ProcessResult result = squall(words);

    EXPECT_EQ(result.exit_code, 2) << words.front();
    EXPECT_THAT(result.err, HasSubstr("scenario.json was changed after the run")) << words.front();
  }
}

TEST(StoredRun, a_changed_result_is_refused_by_why_and_a_spoiled_manifest_is_said_in_words) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q"});
  tamper(squall);

  const ProcessResult changed = squall({"why", "latest"});
  squall.folder().write((kLatest / "manifest.json").string(), R"({"schema": "squall.manifest/1"})");
  const ProcessResult spoiled = squall({"why", "latest"});

  EXPECT_EQ(changed.exit_code, 2);
  EXPECT_THAT(changed.err, HasSubstr("result.json was changed after the run"));
  EXPECT_EQ(spoiled.exit_code, 2);
  EXPECT_THAT(spoiled.err, ::testing::Not(HasSubstr("json.exception")));
}

TEST(ReplayCommand, a_run_that_was_cut_short_can_be_checked_as_far_as_it_went) {
  const Squall squall;
  bool sent = false;
  squall.watched({"run", "small.json", "-n", "2000", "--progress", "json"},
                 [&](pid_t child, const std::string& err) {
                   if (sent || err.find("\"finished\":12,") == std::string::npos) return;
                   sent = true;
                   ::kill(child, SIGINT);
                 });

  const ProcessResult result = squall({"replay", squall.newest_run(), "-q"});

  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

TEST(ReplayCommand, a_changed_number_beside_the_metrics_is_named_by_its_place) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q", "-s", "routed"});
  auto document = as_one_document(squall.folder().read(kLatest / "result.json"));
  document["results"][0]["bytes"][0]["bytes"] = 987654;
  squall.folder().write((kLatest / "result.json").string(), document.dump());

  const ProcessResult result = squall({"replay", "latest", "-q"});

  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("/results/0/bytes/0/bytes is 987654, and "));
}

TEST(ReplayCommand, a_run_that_stored_no_replication_is_exit_4_and_nothing_is_called_identical) {
  const Squall squall;
  squall({"run", "small.json", "-n", "2", "-q"});
  auto manifest = as_one_document(squall.folder().read(kLatest / "manifest.json"));
  for (auto& count : manifest["replications"]) count = 0;
  squall.folder().write((kLatest / "manifest.json").string(), manifest.dump());

  const ProcessResult result = squall({"replay", "latest", "-q"});

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("nothing was stored"));
  EXPECT_THAT(result.out, ::testing::Not(HasSubstr("identical")));
}

TEST(ReplayCommand, a_run_that_is_not_there_is_exit_2) {
  const Squall squall;

  const ProcessResult result = squall({"replay", "latest"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("squall list runs"));
}

TEST(ReplayCommand, a_broken_manifest_is_exit_2_and_named) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q"});
  squall.folder().write((kLatest / "manifest.json").string(), "{}");

  const ProcessResult result = squall({"replay", "latest"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("manifest.json"));
}

}  // namespace
}  // namespace squall::testing
