// strftime() and strptime() in UTC.
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

std::uint64_t unix_ns(const std::string& utc_text) {
  std::tm parts{};
  const char* end = ::strptime(utc_text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  const std::time_t seconds = end == nullptr || *end != '\0' ? 0 : ::timegm(&parts);
  return seconds <= 0 ? 0 : static_cast<std::uint64_t>(seconds) * 1'000'000'000;
}

}  // namespace squall
