// Flags that take no value, of every command: another word behind them is refused, and not taken
// for a yes.
#include <CLI/CLI.hpp>

#include <gtest/gtest.h>

#include "sim/cli/commands/commands.hpp"

namespace squall::testing {
namespace {

// What the command line says to it; empty: nothing.
std::string complaint(const CommandRow& row, const std::string& word) {
  Options options;
  CLI::App app;
  row.declare(app, options);
  for (CLI::Option* option : app.get_options()) option->required(false);
  try {
    app.parse(std::vector<std::string>{word});
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  return {};
}

TEST(Switches, refuse_a_value) {
  std::size_t seen = 0;
  for (const CommandRow& row : commands()) {
    Options options;
    CLI::App app;
    row.declare(app, options);
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional() || option->get_items_expected_max() > 0) continue;
      const std::string flag = "--" + option->get_lnames().front();
      if (flag == "--help") continue;
      ++seen;
      EXPECT_NE(complaint(row, flag + "=17"), "") << row.name << " " << flag;
      EXPECT_NE(complaint(row, flag + "=maybe"), "") << row.name << " " << flag;
      EXPECT_EQ(complaint(row, flag + "=true"), "") << row.name << " " << flag;
      EXPECT_EQ(complaint(row, flag), "") << row.name << " " << flag;
    }
  }
  EXPECT_GT(seen, 30U);
}

}  // namespace
}  // namespace squall::testing
