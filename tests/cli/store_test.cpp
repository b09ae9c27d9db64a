// What is stored is whole, and noticed when it is not: files, run folders, baselines, reports.
// Runs the real binary where a user would see it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/compare/baseline.hpp"
#include "report/measure/sha256.hpp"
#include "sim/cli/store/files.hpp"
#include "sim/cli/store/run_folder.hpp"
#include "sim/cli/store/utc_time.hpp"
#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Store, nobody_can_put_a_link_where_a_file_is_written_before_it_is_renamed) {
  const TemporaryFolder folder;
  folder.write("victim", "kept");
  const fs::path target = folder.path() / "result.json";
  for (int pid = ::getpid() - 50; pid < ::getpid() + 50; ++pid) {
    fs::create_symlink(folder.path() / "victim",
                       target.string() + ".partial-" + std::to_string(pid));
  }

  EXPECT_EQ(write_whole_file(target, "new"), "");

  EXPECT_EQ(folder.read("victim"), "kept");
  EXPECT_EQ(folder.read("result.json"), "new");
}

// A stored run as an older build would have left it: no word of forms.
void forget_forms(const Squall& squall) {
  const std::string folder = squall.newest_run();
  auto result = nlohmann::json::parse(squall.folder().read(folder + "/result.json"));
  for (auto& strategy : result["results"]) {
    strategy.erase("form");
    for (const char* const key : {"warnings", "notes"}) {
      nlohmann::json kept = nlohmann::json::array();
      for (const auto& sentence : strategy[key]) {
        if (!sentence.get<std::string>().starts_with("a hardened form")) kept.push_back(sentence);
      }
      strategy[key] = kept;
    }
  }
  const std::string text = result.dump();
  squall.folder().write(folder + "/result.json", text);
  auto manifest = nlohmann::json::parse(squall.folder().read(folder + "/manifest.json"));
  manifest["result_sha256"] = sha256_hex(text);
  squall.folder().write(folder + "/manifest.json", manifest.dump());
}

TEST(StoredRun, of_an_older_build_is_read_with_the_forms_of_its_strategies) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q", "-s", "broadcast,routed:hardened"});
  squall({"report", "latest", "-o", "new.html"});
  forget_forms(squall);

  const ProcessResult old = squall({"report", "latest", "-o", "old.html", "-o", "old.json"});

  EXPECT_EQ(old.exit_code, 0) << old.err;
  const std::string page = squall.folder().read("old.html");
  EXPECT_NE(page.find("textbook: broadcast; hardened: routed:hardened"), page.npos);
  EXPECT_NE(page.find("a hardened form beside textbook forms (broadcast)"), page.npos);
  EXPECT_EQ(page == squall.folder().read("new.html"), true);
  EXPECT_THAT(squall.folder().read("old.json"), HasSubstr("\"form\": \"hardened\""));
}

TEST(Store, a_baseline_that_cannot_be_saved_is_refused_before_the_run) {
  const Squall squall;

  const ProcessResult result = squall(
      {"run", "small.json", "-n", "1", "--save-baseline", "main", "--baselines", "small.json/b"});

  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.err, HasSubstr("nothing was run"));
  EXPECT_THAT(result.out, Not(HasSubstr("COMPARISON")));
}

TEST(Store, a_device_is_written_to_and_not_replaced) {
  EXPECT_EQ(write_whole_file("/dev/null", "bytes"), "");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(Store, a_pipe_to_which_nobody_writes_is_refused_and_another_is_read_to_its_end) {
  const TemporaryFolder folder;
  const fs::path pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::string error;

  EXPECT_FALSE(read_whole_file(pipe, error).has_value());
  EXPECT_THAT(error, HasSubstr("nobody writes"));

  const int other_end = ::open(pipe.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::write(other_end, "words", 5), 5);
  EXPECT_EQ(read_head(pipe, 5, error), "words");
  ::close(other_end);
}

TEST(Store, prices_without_an_end_are_refused_after_some_megabytes) {
  const Squall squall;

  const ProcessResult result = squall({"run", "small.json", "--prices", "/dev/zero"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("longer than 4 MiB"));
}

TEST(Store, what_fits_is_kept_when_the_rest_of_a_run_cannot_be_written) {
  const TemporaryFolder folder;

  const StoredRun stored =
      store_run(folder.path(), "small", "20260101T000000Z-abcdef",
                {{"result.json", "{}"}, {"result.json/inside", "x"}, {"summary.md", "s"}});

  EXPECT_THAT(stored.error, HasSubstr("what could be written is in"));
  const fs::path kept = folder.path() / "small" / "20260101T000000Z-abcdef-incomplete";
  EXPECT_TRUE(fs::exists(kept / "result.json"));
  EXPECT_TRUE(fs::exists(kept / "summary.md"));
  EXPECT_FALSE(fs::exists(folder.path() / "latest"));
}

TEST(Store, a_report_that_cannot_be_written_is_refused_before_the_run) {
  const Squall squall;
  for (const std::string file : {"/nonexistent/x.html", "small.json/x.html", "folder.html"}) {
    fs::create_directories(squall.folder().path() / "folder.html");

    const ProcessResult result = squall({"run", "small.json", "-n", "1", "--report", file});

    EXPECT_EQ(result.exit_code, 2) << file;
    EXPECT_THAT(result.err, HasSubstr("--report " + file));
    EXPECT_FALSE(squall.has("squall-results")) << file;
  }
}

TEST(Store, a_digit_changed_in_a_baseline_is_noticed) {
  const Squall squall;
  squall({"run", "small.json", "-n", "2", "-q", "--save-baseline", "main"});
  const std::string name = ".squall/baselines/main.json";
  auto document = as_one_document(squall.folder().read(name));
  ASSERT_TRUE(document.is_object());
  squall.folder().write(name, document.dump(3));  // other line breaks are the same baseline
  ASSERT_EQ(squall({"baseline", "show", "main"}).exit_code, 0);
  auto& metric = document["result"]["results"][0]["metrics"]["pairs.owed"];
  metric["per_seed"][0] = 987654;
  squall.folder().write(name, document.dump(3));

  const ProcessResult result = squall({"run", "small.json", "-n", "2", "-q", "--baseline", "main"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("checksum"));
}

TEST(Store, otlp_points_carry_the_time_at_which_the_run_began) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q", "-s", "broadcast", "--report", "now.otlp.jsonl"});
  squall({"report", "latest", "-o", "later.otlp.jsonl"});
  const auto manifest =
      as_one_document(squall.folder().read("squall-results/latest/manifest.json"));
  const std::string began =
      "\"timeUnixNano\":\"" + std::to_string(unix_ns(manifest["started"])) + "\"";

  for (const char* file : {"now.otlp.jsonl", "later.otlp.jsonl"}) {
    EXPECT_THAT(squall.folder().read(file), HasSubstr(began)) << file;
    EXPECT_THAT(squall.folder().read(file), Not(HasSubstr("\"timeUnixNano\":\"0\""))) << file;
  }
}

TEST(Store, the_time_of_a_manifest_is_read_back_to_the_second) {
  EXPECT_EQ(unix_ns("2026-11-22T10:44:12Z"), 1795344252'000'000'000ULL);
  EXPECT_EQ(unix_ns("yesterday"), 0U);
}

}  // namespace
}  // namespace squall::testing
