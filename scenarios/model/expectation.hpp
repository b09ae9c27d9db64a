// `metric op value`: the text of an expectation, taken apart.
//
// What a metric means and how it is measured is report/'s business. Internal to scenarios/model.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/model/grammar.hpp"

namespace squall::language {

struct Comparison {
  std::string_view metric, op, value;  // trimmed; borrowed from the text
};

Parsed<Comparison> split_comparison(std::string_view text);

// The value in the metric's base unit: `15s` for ns, `64KiB` for bytes, `5MB/s` or `8Mbit/s` for
// bytes/s, `0.05%` or a number for a ratio, a number for 1.
Parsed<double> parse_limit(std::string_view text, std::string_view unit);

// The same for one metric: no bound above 100 % for a share, which always holds or never: the
// percent sign was forgotten.
Parsed<double> parse_bound(std::string_view text, std::string_view metric, std::string_view unit);

// `*` stands for any text, `?` for any one byte; everything else for itself.
bool glob_matches(std::string_view glob, std::string_view name);

}  // namespace squall::language
