// strftime() in UTC.
// The library's calendar formatting is not complete in every compiler that squall supports.
#include "sim/cli/store/utc_time.hpp"

#include <ctime>

namespace squall {
namespace {

std::string utc(std::chrono::system_clock::time_point when, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace

std::string utc_text(std::chrono::system_clock::time_point when) {
  return utc(when, "%Y-%m-%dT%H:%M:%SZ");
}

std::string utc_stamp(std::chrono::system_clock::time_point when) {
  return utc(when, "%Y%m%dT%H%M%SZ");
}

}  // namespace squall
