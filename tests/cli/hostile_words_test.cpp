// Words of the user, of files and of servers never reach a terminal or a log of CI as commands.
// Runs the real binary; what passes the one cleaning stream is tested without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/words/format.hpp"
#include "sim/cli/screen/clean_stream.hpp"
#include "tests/support/cli.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// C0, DEL, C1 (as UTF-8 and as a byte), a mark that turns the direction, broken UTF-8.
const std::string kEvil = "a\x1b[2Jb\x07\x7f\xC2\x9B" "c\x9b" "d\xE2\x80\xAE" "e\xFF";

void expect_harmless(const std::string& text) {
  for (const char* bad : {"\x1b", "\x07", "\x7f", "\xC2\x9B", "\xE2\x80\xAE", "\xFF", "\r"}) {
    EXPECT_THAT(text, Not(HasSubstr(bad)));
  }
}

TEST(HostileWords, printable_leaves_nothing_that_a_terminal_obeys) {
  expect_harmless(printable(kEvil));
  EXPECT_EQ(printable("grün 日本 😀 ok"), "grün 日本 😀 ok");
}

TEST(HostileWords, a_message_passes_without_sequences_and_without_lines_that_github_obeys) {
  const std::string text = "first\n  ::warning::x\n##[error]y\n\x1b[31mred\x1b[0m\tend\n";

  const std::string safe = cleaned(text, CleanFor::message);

  EXPECT_EQ(safe, "first\n  : :warning::x\n## [error]y\n [31mred [0m\tend\n");
  EXPECT_THAT(cleaned(text, CleanFor::colored), HasSubstr("\x1b[31mred\x1b[0m"));
  EXPECT_THAT(cleaned("::warning::x\n", CleanFor::commands), HasSubstr("::warning::x"));
}

TEST(HostileWords, json_stays_the_same_document_and_is_escaped) {
  const nlohmann::json document = {{"name", "a\x7f" "b\xC2\x9B" "c\xE2\x80\xAE"}};

  const std::string safe = cleaned(document.dump() + "\n", CleanFor::json);

  expect_harmless(safe);
  EXPECT_EQ(nlohmann::json::parse(safe), document);
}

TEST(HostileWords, the_stream_cleans_across_its_writes_and_flushes) {
  std::ostringstream target;
  {
    CleanBuffer buffer(target, CleanFor::message);
    std::ostream stream(&buffer);
    stream << "\x1b" << "[31m" << 42 << '\n' << "x\xC2" << "\x9B" << "y" << std::flush << "::z\n";
  }

  EXPECT_EQ(target.str(), " [31m42\nx y: :z\n");
}

TEST(HostileWords, unknown_commands_flags_files_and_values_are_shown_harmless) {
  const Squall squall;
  const std::string evil = kEvil + "\n::warning file=x::boo";
  for (const Words& words :
       {Words{evil}, Words{"run", evil}, Words{"run", "small.json", "--" + evil},
        Words{"run", "small.json", "--timeout", evil}, Words{"run", "small.json", "-s", evil},
        Words{"run", "small.json", "--set", "/" + evil + "=1"}, Words{"validate", evil},
        Words{"run", "small.json", "--report", evil}, Words{"compare", evil, evil},
        Words{"replay", evil}, Words{"baseline", "show", evil}, Words{"help", evil},
        Words{"hash", "--servers", evil, "--keys", evil}, Words{"list", evil}}) {
    const ProcessResult result = squall(words);

    EXPECT_NE(result.exit_code, 0) << words[0];
    for (const std::string& text : {result.out, result.err}) {
      expect_harmless(text);
      EXPECT_THAT("\n" + text, Not(HasSubstr("\n::warning"))) << words[0];
    }
  }
}

}  // namespace
}  // namespace squall::testing
