// RESP2, the protocol of Redis: reading values out of bytes, and writing them.
//
// Shared by the embedded broker and the links to it or to Redis. Reading keeps no state: what is
// not complete yet is not consumed and read again when there is more, as Channel::Owner wants it.
// Nothing here knows a socket or what a command means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace squall::live {

// One value. Texts borrow from the bytes they were read from.
struct RespValue {
  enum class Kind : std::uint8_t { simple, error, integer, bulk, array, nil };

  Kind kind = Kind::nil;
  std::string_view text;         // simple, error, bulk
  std::int64_t integer = 0;      // integer
  std::vector<RespValue> items;  // array

  bool is(Kind wanted) const { return kind == wanted; }
  bool is_ok() const { return kind == Kind::simple && text == "OK"; }
  bool is_pong() const { return kind == Kind::simple && text == "PONG"; }
  bool operator==(const RespValue&) const = default;
};

struct RespLimits {
  std::int64_t bulk_bytes = 64 << 20;  // of one text
  std::int64_t items = 1 << 20;        // of one array
  int depth = 8;                       // arrays within arrays
  std::size_t line_bytes = 64 << 10;   // of a simple text, an error or a number
};

// How reading went. `error`: the bytes are no RESP or exceed a limit, and nothing after them can
// be understood; a sentence in the words of Redis.
struct RespRead {
  enum class State : std::uint8_t { value, incomplete, broken };
  State state = State::incomplete;
  std::size_t consumed = 0;  // of a whole value, else 0
  std::string_view error;
};

// Reads the first value of `bytes` into `value`, whose memory is used again from call to call.
RespRead read_resp(std::span<const std::byte> bytes, const RespLimits& limits, RespValue& value);

// Whether an error says that we shall never be served: no permission, no such command. All others
// are the state of a server that is one: it loads, it is full, it is a replica.
bool is_final(const RespValue& error);

// ---- writing: appends to `out` ----
void write_simple(std::string& out, std::string_view text);  // +OK
void write_error(std::string& out, std::string_view text);   // -ERR ...
void write_integer(std::string& out, std::int64_t value);    // :8
void write_bulk(std::string& out, std::string_view text);    // any bytes
void write_array(std::string& out, std::size_t items);       // the items follow
void write_nil(std::string& out);                            // a text that is not there
void write_nil_array(std::string& out);                      // an array that is not there
void write_value(std::string& out, const RespValue& value);

// What a client sends: an array of texts.
void write_command(std::string& out, std::initializer_list<std::string_view> words);
void write_command(std::string& out, std::span<const std::string_view> words);

// Bytes of a payload as text and back; neither copies.
inline std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace squall::live
