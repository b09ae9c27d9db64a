// That the books of a run balance, and that every loss has a cause: said of almost every run.
// The laws themselves are in sim/record/ledger_laws.cpp; here it is only asked whether any broke.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/play.hpp"

namespace squall::testing {

inline void expect_balanced(const RunRecord& run) {
  for (const Violation& violation : run.violations) {
    ADD_FAILURE() << violation.law << ": " << violation.detail;
  }
  EXPECT_EQ(value("ledger.unattributed", run), 0);
  EXPECT_EQ(value("ledger.unresolved", run), 0);
}

}  // namespace squall::testing
