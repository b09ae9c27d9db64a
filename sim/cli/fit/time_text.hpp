// Times as records write them, in seconds: 1732828238.25, 2026-11-28T21:10:38.25Z with any offset,
// and nginx's 28/Nov/2026:21:10:38 +0000. Pure text; no clock, and no zone but the one written.
#pragma once

#include <optional>
#include <string_view>

namespace squall::fit {

std::optional<double> parse_number(std::string_view text);  // plain: 12, 0.25
std::optional<double> parse_time(std::string_view text);    // seconds, or as of RFC 3339
std::optional<double> parse_nginx_time(std::string_view text);

}  // namespace squall::fit
