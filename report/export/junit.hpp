// JUnit XML: the form in which CI servers read verdicts.
//
// One suite per scenario, one case per verdict. Names are untrusted: everything is escaped, and
// characters XML cannot carry become U+FFFD.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/measure/result.hpp"

namespace squall {

enum class CaseEnd : std::uint8_t { passed, failed, error };

struct JunitCase {
  std::string class_name, name;
  CaseEnd end = CaseEnd::passed;
  std::string message;  // of a failure or an error
  std::string output;   // for the reader of a passed one; may be empty
};

struct JunitSuite {
  std::string name;
  std::vector<JunitCase> cases;
};

std::string junit(const std::vector<JunitSuite>& suites);

// The expectations of results; a problem of a result is an error.
std::string to_junit(const Result& result);
std::string to_junit_all(std::span<const Result> results);

// Documents that junit() made, as one.
std::string joined_junit(const std::vector<std::string>& documents);

// Text inside an element or an attribute.
std::string xml_text(std::string_view text);

}  // namespace squall
