// squall compare, baseline, and run --baseline as a user meets them. Runs the real binary.
// The scenario is that of gated.hpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/compare/gated.hpp"
#include "tests/support/cli.hpp"
#include "tests/support/place.hpp"
#include "tests/support/xml_check.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;

class Compared : public BesideBaseline {
 protected:
  ProcessResult compare(Words words) const {
    words.insert(words.begin(), "compare");
    return call(std::move(words));
  }
};

TEST_F(Compared, an_unchanged_run_is_identical_by_its_hash) {
  run({"base.json", "-n", "10"});

  const ProcessResult result = compare({"main", "latest"});

  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("IDENTICAL     result hash is equal"));
}

TEST_F(Compared, a_worse_run_fails_and_says_all_that_is_needed) {
  run({"worse.json", "-n", "10"});

  const ProcessResult result = compare({"main", "latest", "--report", "gate.xml"});

  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("FAIL  gated / broadcast / loss.intent"));
  EXPECT_THAT(result.out, HasSubstr("margin 0.500 points"));
  EXPECT_THAT(result.out, HasSubstr("interval over 10 paired seeds"));
  EXPECT_THAT(result.out, HasSubstr("10 of 10 seeds got worse"));
  EXPECT_THAT(result.out, HasSubstr("first difference: broadcast, seed 1, t="));
  EXPECT_THAT(result.out, HasSubstr("/client/backoff/first"));
  EXPECT_THAT(result.out, HasSubstr("worse.json:12:"));
  EXPECT_THAT(result.out,
              HasSubstr("reproduce: squall run worse.json --strategy broadcast --seed 1 "
                        "--reps 10"));
  EXPECT_EQ(last_line(result.err).substr(0, 7), "exit 1:");
  EXPECT_EQ(XmlCheck(squall_.folder().read("gate.xml")).complaint(), "");
}

TEST_F(Compared, json_is_one_document_and_nothing_else) {
  run({"worse.json", "-n", "10"});

  const auto document = as_one_document(compare({"main", "latest", "--json"}).out);

  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["schema"], "squall.change/1");
  EXPECT_EQ(document["gates"][0]["outcome"], "regressed");
}

TEST_F(Compared, another_script_is_not_comparable_and_exit_3) {
  squall_.folder().write("other.json", scenario({.at = "4s"}));
  run({"other.json", "-n", "10"});

  const ProcessResult strict = compare({"main", "latest"});
  const ProcessResult accepted = compare({"main", "latest", "--accept-scenario"});

  EXPECT_EQ(strict.exit_code, 3) << strict.out;
  EXPECT_THAT(strict.out, HasSubstr("/script/0/at"));
  EXPECT_NE(accepted.exit_code, 2);
  EXPECT_THAT(accepted.out, HasSubstr("/script/0/at"));
}

TEST_F(Compared, a_quantile_without_enough_pairs_is_exit_3) {
  run({"worse.json", "-n", "10"});

  const ProcessResult result = compare({"main", "latest", "--gate", "latency.delivered.p99=5%",
                                        "--fail-on", "inconclusive", "--strategy", "broadcast"});

  EXPECT_EQ(result.exit_code, 3) << result.out;
  EXPECT_THAT(result.out, HasSubstr("INCONCLUSIVE  gated / broadcast / latency.delivered.p99"));
  EXPECT_THAT(result.out, HasSubstr("not supported by the sample"));
}

TEST_F(Compared, a_mistyped_metric_is_exit_2_before_anything_runs) {
  squall_.folder().write("typo.json", scenario({.gates = R"([ { "metric": "loss.intnt" } ])"}));

  const ProcessResult in_file = run({"typo.json", "--baseline", "main"});
  const ProcessResult in_flag = run({"base.json", "--baseline", "main", "--gate", "loss.intnt"});
  const ProcessResult compared = compare({"main", "main", "--gate", "loss.intnt"});

  for (const ProcessResult& result : {in_file, in_flag, compared}) {
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("loss.intent"));
    EXPECT_EQ(result.out, "");
  }
}

TEST_F(Compared, a_gate_that_was_taken_out_of_the_scenario_is_noticed) {
  squall_.folder().write("free.json", scenario({.gates = R"([ { "metric": "loss.intent" } ])"}));
  run({"free.json", "-n", "10"});

  const ProcessResult result = compare({"main", "latest"});

  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr("note: the base has a gate on bytes.client.rate"));
}

TEST_F(Compared, a_metric_without_data_is_exit_1) {
  squall_.folder().write("mute.json", scenario({.gates = R"([ { "metric": "order.room_divergence" },
                                               { "metric": "route.stale_fraction" } ])"}));
  run({"mute.json", "-n", "10"});

  const ProcessResult result = compare({"main", "latest"});

  EXPECT_EQ(result.exit_code, 1) << result.out;
  EXPECT_THAT(result.out, HasSubstr("no data"));
}

TEST_F(Compared, a_missing_baseline_is_exit_3_and_names_the_command_that_makes_it) {
  const ProcessResult strict = run({"base.json", "--baseline", "nightly"});
  const ProcessResult lenient = run({"base.json", "-n", "2", "--baseline-optional", "nightly"});
  const ProcessResult compared = compare({"nightly", "latest"});

  EXPECT_EQ(strict.exit_code, 3);
  EXPECT_EQ(strict.out, "");
  EXPECT_THAT(strict.err, HasSubstr("--save-baseline nightly"));
  EXPECT_EQ(lenient.exit_code, 0) << lenient.err;
  EXPECT_THAT(lenient.err, HasSubstr("note: no stored run and no baseline \"nightly\""));
  EXPECT_EQ(compared.exit_code, 3);
  EXPECT_THAT(compared.err, HasSubstr("squall baseline save nightly"));
}

TEST_F(Compared, a_run_with_a_baseline_judges_itself) {
  const ProcessResult same = run({"base.json", "-n", "10", "--baseline", "main"});
  const ProcessResult worse = run({"worse.json", "-n", "10", "--baseline", "main"});

  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
  EXPECT_EQ(worse.exit_code, 1);
  EXPECT_THAT(worse.out, HasSubstr("FAIL  gated / broadcast / loss.intent"));
}

TEST_F(Compared, a_gate_whose_strategy_was_not_played_has_no_data_and_fails) {
  std::string both = scenario({});
  const std::string one = R"("strategies": ["broadcast"])";
  both.replace(both.find(one), one.size(), R"("strategies": ["broadcast", "routed"])");
  std::string renamed = both;
  const std::string old_name = R"("broadcast", "routed")";
  renamed.replace(renamed.find(old_name), old_name.size(),
                  R"({ "use": "broadcast", "as": "mine" }, "routed")");
  squall_.folder().write("both.json", both);
  squall_.folder().write("renamed.json", renamed);
  run({"both.json", "-n", "5", "--save-baseline", "both"});

  for (const Words& words : {Words{"both.json", "-s", "routed"}, Words{"renamed.json"}}) {
    Words all = words;
    all.insert(all.end(), {"-n", "5", "--baseline", "both"});
    const ProcessResult result = run(all);

    EXPECT_EQ(result.exit_code, 1) << words[0] << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr("broadcast / loss.intent"));
    EXPECT_THAT(result.out, HasSubstr("the new run did not play this strategy"));
  }
}

TEST_F(Compared, the_same_squall_is_no_different_one) {
  const ProcessResult result = run({"base.json", "-n", "10", "--baseline", "main"});

  EXPECT_THAT(result.out, ::testing::Not(HasSubstr("different squalls")));
}

TEST_F(Compared, reps_auto_stops_when_every_gate_is_decided) {
  const ProcessResult result =
      run({"worse.json", "--reps", "auto", "--baseline", "main", "--no-save"});

  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("look 1 of 1 after 10 replications"));
  EXPECT_EQ(run({"base.json", "--reps", "auto"}).exit_code, 2);
}

TEST_F(Compared, baselines_are_listed_shown_and_removed) {
  const auto call = [&](Words words) {
    words.insert(words.begin(), "baseline");
    return squall_(std::move(words));
  };

  EXPECT_THAT(call({"list"}).out, HasSubstr("main  gated, 10 replications"));
  EXPECT_EQ(as_one_document(call({"list", "--json"}).out)[0]["scenario"], "gated");
  EXPECT_THAT(call({"show", "main"}).out, HasSubstr("loss.intent"));
  EXPECT_EQ(call({"save", "../evil"}).exit_code, 2);
  EXPECT_EQ(call({"sve", "main"}).exit_code, 2);
  EXPECT_EQ(call({"rm", "main"}).exit_code, 0);
  EXPECT_EQ(call({"show", "main"}).exit_code, 2);
}

TEST_F(Compared, github_gets_a_summary_and_annotations) {
  run({"worse.json", "-n", "10"});
  const std::string summary = (squall_.folder().path() / "summary.md").string();

  const ProcessResult result = squall_({"compare", "main", "latest"},
                                       {"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + summary});

  EXPECT_THAT(result.err, HasSubstr("::error file=worse.json,line=12"));
  EXPECT_THAT(squall_.folder().read("summary.md"), HasSubstr("<!-- squall:gate gated -->"));
}

TEST_F(Compared, a_changed_result_file_is_refused) {
  run({"base.json", "-n", "10"});
  const auto path = std::filesystem::path("squall-results") / "latest" / "result.json";
  squall_.folder().write(path.string(), squall_.folder().read(path) + " ");

  const ProcessResult result = compare({"main", "latest"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("changed after the run"));
}

// ---- The committed example ---------------------------------------------------------------------

ProcessResult example(const Squall& squall, const std::string& file) {
  const std::string folder = source_path("scenarios/ci/pull-request/");
  const auto played = squall({"run", folder + file, "-q", "--progress", "none"});
  EXPECT_EQ(played.exit_code, 0) << played.err;
  const std::string baseline = source_path(".squall/baselines/chat-gate.json");
  return squall({"compare", baseline, "latest"}, {"GITHUB_ACTIONS=no"});
}

TEST(CommittedExample, the_scenario_holds_its_gates) {
  const Squall squall;

  const ProcessResult result = example(squall, "chat-gate.json");

  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

TEST(CommittedExample, its_worsened_sister_does_not) {
  const Squall squall;

  const ProcessResult result = example(squall, "worsened/chat-gate.json");

  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("FAIL  chat-gate / broadcast / loss.intent"));
}

}  // namespace
}  // namespace squall::testing
