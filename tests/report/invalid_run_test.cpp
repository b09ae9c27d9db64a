// A live run that may not be believed passes in no document, whatever its expectations say.
// Why it may not is found by the engine (sim/live); here it is one sentence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/export/junit.hpp"
#include "report/page/html.hpp"
#include "report/words/markdown.hpp"
#include "report/words/text.hpp"
#include "tests/support/sample_result.hpp"

namespace squall {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result invalid() {
  Result result = sample::result();
  for (Verdict& verdict : result.verdicts) verdict.outcome = Outcome::pass;
  result.strategies[1].invalid = {"the generator was late"};
  return result;
}

std::string why() { return invalid().strategies[1].strategy + ": the generator was late"; }

TEST(InvalidRun, does_not_pass_on_the_page) {
  const Result result = invalid();
  const std::string page = to_html({&result, 1}, {.assets = false, .made_by = "squall"});

  EXPECT_THAT(page,
              HasSubstr("<strong>INVALID</strong> This live run may not be believed: " + why()));
  EXPECT_THAT(page, Not(HasSubstr("<strong>PASS</strong>")));
}

TEST(InvalidRun, does_not_pass_in_a_comment) {
  EXPECT_THAT(to_markdown(invalid()), HasSubstr(": INVALID, this live run may not be believed: "));
  EXPECT_THAT(to_markdown(invalid()), Not(HasSubstr("expectations hold")));
}

TEST(InvalidRun, is_what_the_terminal_begins_with) {
  EXPECT_THAT(to_text(invalid(), {.ascii = true, .next = {}}),
              HasSubstr("INVALID   this live run may not"));
}

TEST(InvalidRun, is_an_error_for_a_server_of_ci) {
  const Result result = invalid();

  EXPECT_THAT(to_junit(result), HasSubstr("the live run can be believed"));
}

}  // namespace
}  // namespace squall
