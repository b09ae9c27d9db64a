// The journal keeps whole lines, whatever happens to the last one.
// What the lines of a sweep say is tested in tests/sweep/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/farm/sweep_journal.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Journal {
 public:
  SweepJournal::Opened open(const std::string& header = "header") const {
    return SweepJournal::open(folder_.path() / "j", header);
  }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

TEST(SweepJournal, what_was_appended_is_there_when_it_is_opened_again) {
  const Journal journal;
  {
    const auto opened = journal.open();
    ASSERT_EQ(opened.error, "");
    EXPECT_THAT(opened.lines, IsEmpty());
    EXPECT_EQ(opened.journal->append("one"), "");
    EXPECT_EQ(opened.journal->append("two"), "");
  }

  const auto again = journal.open();

  EXPECT_EQ(again.error, "");
  EXPECT_FALSE(again.torn);
  EXPECT_THAT(again.lines, ElementsAre("one", "two"));
}

TEST(SweepJournal, a_digit_changed_in_a_line_is_noticed_and_the_line_is_named) {
  const Journal journal;
  {
    const auto opened = journal.open();
    EXPECT_EQ(opened.journal->append("loss 1"), "");
    EXPECT_EQ(opened.journal->append("loss 2"), "");
  }
  std::string text = journal.folder().read("j");
  text[text.size() - 2] = '3';
  journal.folder().write("j", text);

  const auto again = journal.open();

  EXPECT_EQ(again.journal, nullptr);
  EXPECT_THAT(again.error, HasSubstr(":3: this line was changed"));
  EXPECT_EQ(journal.folder().read("j"), text);
}

TEST(SweepJournal, a_torn_last_line_is_cut_off_wherever_it_was_torn) {
  std::string whole;
  {
    const Journal journal;
    const auto opened = journal.open();
    EXPECT_EQ(opened.journal->append("one"), "");
    EXPECT_EQ(opened.journal->append("two"), "");
    whole = journal.folder().read("j");
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Journal journal;
    journal.folder().write("j", whole.substr(0, size));

    {
      const auto opened = journal.open();
      ASSERT_EQ(opened.error, "") << size;
      EXPECT_EQ(opened.torn, size > 0 && whole[size - 1] != '\n') << size;
      for (const std::string& line : opened.lines)
        EXPECT_THAT(line, ::testing::AnyOf("one", "two"));
      EXPECT_EQ(opened.journal->append("three"), "");
    }

    EXPECT_EQ(journal.open().lines.back(), "three") << size;
  }
}

TEST(SweepJournal, another_header_is_refused_and_the_file_stays_as_it_is) {
  const Journal journal;
  journal.folder().write("j", "other header\none\n");

  const auto opened = journal.open();

  EXPECT_EQ(opened.journal, nullptr);
  EXPECT_THAT(opened.error, HasSubstr("another sweep"));
  EXPECT_EQ(journal.folder().read("j"), "other header\none\n");
}

TEST(SweepJournal, only_one_at_a_time_may_write) {
  const Journal journal;
  const auto first = journal.open();

  const auto second = journal.open();

  EXPECT_NE(first.journal, nullptr);
  EXPECT_EQ(second.journal, nullptr);
  EXPECT_THAT(second.error, HasSubstr("another squall is at work"));
}

TEST(SweepJournal, a_folder_or_a_device_is_no_journal) {
  EXPECT_THAT(SweepJournal::open("/dev/null", "header").error, HasSubstr("not a file"));
  EXPECT_THAT(SweepJournal::open("/", "header").error, HasSubstr("cannot open"));
}

}  // namespace
}  // namespace squall::testing
