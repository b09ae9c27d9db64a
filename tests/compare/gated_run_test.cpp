// A run that is held against a baseline, as its reports, its exit code and its advice tell it. Runs
// the real binary; what `squall compare` says is in compare_command_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/compare/gated.hpp"
#include "tests/support/cli.hpp"
#include "tests/support/place.hpp"
#include "tests/support/xml_check.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class GatedRun : public BesideBaseline {
 protected:
  std::string file(const std::string& name) const { return squall_.folder().read(name); }
};

TEST_F(GatedRun, every_report_says_that_a_gate_failed) {
  const ProcessResult result =
      run({"worse.json", "-n", "10", "--baseline", "main", "--report", "x.md", "--report", "x.xml",
           "--report", "x.html", "--report", "x.txt", "--report", "x.json"});

  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(file("x.md"), HasSubstr("1 of 2 gates failed"));
  EXPECT_THAT(file("x.md"), HasSubstr("| FAIL | loss.intent, margin 0.500 points |"));
  EXPECT_THAT(file("x.txt"), HasSubstr("against main: 1 of 2 gates failed"));
  EXPECT_THAT(file("x.html"), HasSubstr("<strong>FAIL</strong>"));
  EXPECT_THAT(file("x.html"), HasSubstr("Against main: 1 of 2 gates failed."));
  EXPECT_THAT(file("x.xml"), HasSubstr(R"(name="squall.gate.gated" tests="2" failures="1")"));
  EXPECT_EQ(XmlCheck(file("x.xml")).complaint(), "");
  EXPECT_EQ(as_one_document(file("x.json"))["gates"]["outcome"], "fail");
}

TEST_F(GatedRun, standard_output_says_it_in_every_format) {
  const auto shown = [&](const std::string& format) {
    return run({"worse.json", "-n", "10", "--baseline", "main", "--no-save", "--format", format})
        .out;
  };

  EXPECT_THAT(shown("junit"), HasSubstr(R"(failures="1")"));
  EXPECT_THAT(shown("markdown"), HasSubstr("1 of 2 gates failed"));
  EXPECT_EQ(as_one_document(shown("json"))["gates"]["gates"][0]["outcome"], "fail");
}

TEST_F(GatedRun, what_is_stored_says_it_too) {
  run({"worse.json", "-n", "10", "--baseline", "main"});

  const std::string latest = "squall-results/latest/";

  EXPECT_THAT(file(latest + "junit.xml"), HasSubstr(R"(failures="1")"));
  EXPECT_THAT(file(latest + "summary.md"), HasSubstr("1 of 2 gates failed"));
  EXPECT_THAT(call({"list", "runs"}).out, HasSubstr("FAIL 1 of 2 gates"));
  call({"report", "latest", "-o", "later.md"});
  EXPECT_THAT(file("later.md"), HasSubstr("1 of 2 gates failed"));
  EXPECT_EQ(call({"replay", "latest", "-q"}).exit_code, 0);
}

TEST_F(GatedRun, an_empty_value_is_refused_and_not_taken_for_none) {
  for (const std::string flag :
       {"--baseline", "--baseline-optional", "--save-baseline", "--strategy", "--set", "--report",
        "--gate", "--margin", "--timeout", "--prices", "--out"}) {
    const ProcessResult result = run({"base.json", flag, ""});

    EXPECT_EQ(result.exit_code, 2) << flag << result.err;
    EXPECT_THAT(result.err, HasSubstr(flag + " is empty"));
  }
  EXPECT_EQ(call({"compare", "main", "latest", "-s", ""}).exit_code, 2);
  EXPECT_EQ(call({"compare", "main", "latest", "-s", ","}).exit_code, 2);
}

TEST_F(GatedRun, a_flag_about_gates_needs_a_baseline) {
  for (const Words& flag : {Words{"--gate", "loss.intent"}, Words{"--fail-on", "regression"},
                            Words{"--margin", "2%"}, Words{"--alpha", "0.01"}}) {
    const ProcessResult result = run({"base.json", flag[0], flag[1]});

    EXPECT_EQ(result.exit_code, 2) << flag[0];
    EXPECT_THAT(result.err, HasSubstr(flag[0] + " belongs to a baseline"));
  }
}

TEST_F(GatedRun, what_cannot_be_compared_is_waived_by_no_flag) {
  squall_.folder().write("other.json", scenario({.name = "another"}));
  squall_.folder().write("free.json", scenario({.first = "8s", .gates = "[]"}));

  for (const std::string file : {"other.json", "free.json"}) {
    const ProcessResult result =
        run({file, "-n", "10", "--baseline", "main", "--fail-on", "regression"});

    EXPECT_EQ(result.exit_code, 3) << file << result.out << result.err;
  }
  EXPECT_EQ(run({"base.json", "-n", "2", "--seed", "9", "--baseline", "main", "--fail-on",
                 "regression", "--set", "/client/backoff/first=8s"})
                .exit_code,
            3);
}

TEST_F(GatedRun, a_run_that_failed_becomes_no_baseline) {
  squall_.folder().write("broken.json", scenario({.expect = "loss.intent == 0"}));

  const ProcessResult same = run({"base.json", "--baseline", "main", "--save-baseline", "main"});
  const ProcessResult gate =
      run({"worse.json", "-n", "10", "--baseline", "main", "--save-baseline", "next"});
  const ProcessResult expectation = run({"broken.json", "-n", "2", "--save-baseline", "third"});

  EXPECT_EQ(same.exit_code, 2);
  EXPECT_THAT(same.err, HasSubstr("--save-baseline main"));
  EXPECT_EQ(gate.exit_code, 1);
  EXPECT_THAT(gate.err, HasSubstr("not saved"));
  EXPECT_FALSE(squall_.has(".squall/baselines/next.json"));
  EXPECT_EQ(expectation.exit_code, 1);
  EXPECT_FALSE(squall_.has(".squall/baselines/third.json"));
}

TEST_F(GatedRun, a_bound_that_always_holds_is_a_mistake_of_the_file) {
  const auto complaint = [&](const Gated& what) {
    squall_.folder().write("never.json", scenario(what));
    const ProcessResult result = call({"validate", "never.json"});
    EXPECT_EQ(result.exit_code, 2);
    return result.out + result.err;
  };

  EXPECT_THAT(complaint({.expect = "loss.intent < 5"}), HasSubstr("did you mean \"5%\"?"));
  complaint({.expect = "loss.intent < 200%"});
  complaint({.expect = "loss.intent <= 2"});
  complaint({.gates = R"([ { "metric": "loss.intent", "margin_abs": "500%" } ])"});
}

TEST_F(GatedRun, a_mistyped_strategy_drops_no_gate) {
  run({"worse.json", "-n", "10"});

  const ProcessResult result = call({"compare", "main", "latest", "-s", "broadcats"});

  EXPECT_EQ(result.exit_code, 2) << result.out;
  EXPECT_THAT(result.err, HasSubstr("did you mean \"broadcast\""));
}

TEST_F(GatedRun, several_documents_are_one) {
  run({"worse.json", "-n", "10"});

  for (const ProcessResult& result :
       {run({"base.json", "worse.json", "-n", "2", "--no-save", "--format", "junit"}),
        call({"compare", "main", "latest", "latest", "--format", "junit"})}) {
    EXPECT_EQ(XmlCheck(result.out).complaint(), "") << result.out;
  }
  const std::string table =
      run({"base.json", "worse.json", "-n", "2", "--no-save", "--format", "csv"}).out;
  EXPECT_EQ(table.find("scenario,strategy,"), table.rfind("scenario,strategy,"));
}

TEST_F(GatedRun, its_advice_can_be_followed) {
  squall_.folder().write("moved.json", scenario({.name = "moved"}));
  const ProcessResult unsaved = run({"worse.json", "-n", "10", "--baseline", "main", "--no-save"});
  const ProcessResult missing = run({"base.json", "--baseline", "x", "--baselines", "kept"});
  std::filesystem::create_directory(squall_.folder().path() / "bad");
  squall_.folder().write("bad/main.json", "{");
  const ProcessResult broken = run({"base.json", "--baseline", "main", "--baselines", "bad"});
  const ProcessResult compared = call({"compare", "x", "latest", "--baselines", "kept"});

  EXPECT_THAT(unsaved.out, HasSubstr("--save-baseline main"));
  EXPECT_THAT(unsaved.out, Not(HasSubstr("'this run'")));
  EXPECT_THAT(missing.err, HasSubstr("--save-baseline x --baselines kept"));
  EXPECT_THAT(broken.err, HasSubstr("replace it: squall run base.json"));
  EXPECT_THAT(broken.err, HasSubstr("--baselines bad"));
  EXPECT_THAT(compared.err, HasSubstr("squall baseline save x latest --baselines kept"));
}

TEST_F(GatedRun, github_is_told_of_a_failed_expectation) {
  squall_.folder().write("broken.json", scenario({.expect = "loss.intent == 0"}));
  const std::string summary = (squall_.folder().path() / "step.md").string();

  const ProcessResult result =
      run({"broken.json", "-n", "2"}, {"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + summary});

  EXPECT_THAT(result.err, HasSubstr("::error file=broken.json,line="));
  EXPECT_THAT(file("step.md"), HasSubstr("1 of 1 expectations failed"));
}

TEST_F(GatedRun, a_summary_that_cannot_be_written_changes_no_verdict) {
  run({"base.json", "-n", "10"});

  const ProcessResult result =
      squall_({"compare", "main", "latest"},
              {"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=/no/such/folder/step.md"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("warning: cannot write the step summary"));
}

TEST_F(GatedRun, the_script_of_a_job_compares_although_an_expectation_failed) {
  squall_.folder().write("broken.json", scenario({.expect = "loss.intent == 0"}));
  const std::string here = std::filesystem::path(squall_binary()).parent_path().string();
  const std::string path = "PATH=" + here + ":" + std::getenv("PATH");

  const ProcessResult result =
      run_process({{source_path("scenarios/ci/gate"), "broken.json", "main"},
                   squall_.folder().path().string(),
                   {path, "GITHUB_ACTIONS=no"},
                   {}});

  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_TRUE(squall_.has("gate.md"));
  EXPECT_TRUE(squall_.has("junit.xml"));
}

TEST_F(GatedRun, one_that_ran_out_of_time_says_that_latest_is_another) {
  const ProcessResult result =
      call({"run", "base.json", "-n", "500", "--timeout", "200ms", "--progress", "none"});

  EXPECT_EQ(result.exit_code, 4) << result.err;
  EXPECT_THAT(result.err, HasSubstr("`latest` is the run before"));
}

// ---- Inputs stay what they are -----------------------------------------------------------------

TEST_F(GatedRun, no_command_overwrites_what_it_reads) {
  const std::string before = file("base.json");
  std::filesystem::create_hard_link(squall_.folder().path() / "base.json",
                                    squall_.folder().path() / "linked.json");
  squall_.folder().write("events.csv", "time,user,event,room,bytes\n0,a,join,r,\n");

  for (const Words& words :
       {Words{"run", "base.json", "--report", "base.json"},
        Words{"run", "base.json", "--report", "./linked.json"},
        Words{"explore", "base.json", "-o", "base.json"},
        Words{"fit", "events.csv", "-o", "events.csv"},
        Words{"compare", ".squall/baselines/main.json", "latest", "--report",
              ".squall/baselines/main.json"},
        Words{"report", "latest", "-o", "squall-results/latest/result.json"}}) {
    const ProcessResult result = call(words);

    EXPECT_EQ(result.exit_code, 2) << words[0] << result.err;
    EXPECT_THAT(result.err, HasSubstr("is read by the same command"));
  }
  EXPECT_EQ(file("base.json"), before);
}

}  // namespace
}  // namespace squall::testing
