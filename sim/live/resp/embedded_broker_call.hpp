// One call of a command of the embedded broker, and what all commands use to read their words.
//
// Private to embedded_broker_commands.cpp, where the table is, embedded_broker_streams.cpp,
// embedded_broker_log.cpp and embedded_broker_registry.cpp.
#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "sim/live/resp/embedded_broker_server.hpp"

namespace squall::live {

inline constexpr std::string_view kSyntax = "ERR syntax error";
inline constexpr std::string_view kNoNumber = "ERR value is not an integer or out of range";

inline constexpr std::int64_t kLongestMs = 1'000'000'000'000;  // more does not fit into a Time

// One call: words[0] is the command itself.
struct Call {
  BrokerServer& server;
  BrokerSession& session;
  std::span<const RespValue> words;

  std::string_view word(std::size_t i) const { return words[i].text; }
  std::size_t size() const { return words.size(); }
  std::string& reply() const { return session.reply(); }
  Time now() const { return server.loop().now(); }
  void error(std::string_view text) const { write_error(reply(), text); }
};

inline bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char left, unsigned char right) {
    return std::toupper(left) == std::toupper(right);
  });
}

inline bool parse_count(std::string_view text, std::int64_t& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size() && value >= 0;
}

// ---- embedded_broker_streams.cpp ----
void stream_add(const Call& call);
void stream_read(const Call& call);
void stream_youngest(const Call& call);
void stream_length(const Call& call);

// ---- embedded_broker_log.cpp ----
void load_script(const Call& call);
void evaluate_named(const Call& call);

// ---- embedded_broker_registry.cpp ----
void evaluate(const Call& call);
bool evaluate_of_registry(const Call& call);   // false: it is not one of these
std::string_view name_of_registry_script(std::string_view text);  // empty: likewise

}  // namespace squall::live
