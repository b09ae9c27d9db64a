// A cursor over bytes, and one function per direction. See resp.hpp.
// Every length is checked against a limit before anything is believed or allocated.
#include "sim/live/resp/resp.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace squall::live {
namespace {

using Kind = RespValue::Kind;
using State = RespRead::State;

class Reader {
 public:
  Reader(std::string_view bytes, const RespLimits& limits) : bytes_(bytes), limits_(limits) {}

  State read(RespValue& value, int depth) {
    if (at_ == bytes_.size()) return State::incomplete;
    const char type = bytes_[at_];
    if (std::string_view("+-:$*").find(type) == std::string_view::npos) {
      return broken("Protocol error: unknown type of value");
    }
    ++at_;
    std::string_view line;
    if (const State state = read_line(line); state != State::value) return state;
    value.text = {};
    value.integer = 0;
    if (type != '*') value.items.clear();
    switch (type) {
      case '+': return text(value, Kind::simple, line);
      case '-': return text(value, Kind::error, line);
      case ':':
        value.kind = Kind::integer;
        return number(line, value.integer) ? State::value
                                           : broken("Protocol error: invalid integer");
      case '$': return read_bulk(value, line);
      default: return read_array(value, line, depth);
    }
  }

  std::size_t consumed() const { return at_; }
  std::string_view error() const { return error_; }

 private:
  static State text(RespValue& value, Kind kind, std::string_view line) {
    value.kind = kind;
    value.text = line;
    return State::value;
  }

  State broken(std::string_view error) {
    error_ = error;
    return State::broken;
  }

  static bool number(std::string_view line, std::int64_t& value) {
    const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), value);
    return failure == std::errc{} && end == line.data() + line.size();
  }

  State read_line(std::string_view& line) {
    const std::string_view rest = bytes_.substr(at_);
    const std::size_t end = rest.substr(0, limits_.line_bytes + 1).find('\r');
    if (end == std::string_view::npos) {
      return rest.size() > limits_.line_bytes ? broken("Protocol error: too big a line")
                                              : State::incomplete;
    }
    if (end + 1 == rest.size()) return State::incomplete;
    if (rest[end + 1] != '\n') return broken("Protocol error: a line must end with CR LF");
    line = rest.substr(0, end);
    at_ += end + 2;
    return State::value;
  }

  State read_bulk(RespValue& value, std::string_view line) {
    std::int64_t size = 0;
    if (!number(line, size) || size < -1 || size > limits_.bulk_bytes) {
      return broken("Protocol error: invalid bulk length");
    }
    if (size == -1) {
      value.kind = Kind::nil;
      return State::value;
    }
    const std::string_view rest = bytes_.substr(at_);
    const auto length = static_cast<std::size_t>(size);
    if (rest.size() < length + 2) return State::incomplete;
    if (rest[length] != '\r' || rest[length + 1] != '\n') {
      return broken("Protocol error: a text must end with CR LF");
    }
    at_ += length + 2;
    return text(value, Kind::bulk, rest.substr(0, length));
  }

  State read_array(RespValue& value, std::string_view line, int depth) {
    std::int64_t count = 0;
    if (!number(line, count) || count < -1 || count > limits_.items) {
      return broken("Protocol error: invalid multibulk length");
    }
    if (depth == limits_.depth) return broken("Protocol error: arrays nested too deeply");
    value.kind = count == -1 ? Kind::nil : Kind::array;
    const auto items = static_cast<std::size_t>(std::max<std::int64_t>(0, count));
    // A promise of a million items costs nothing until they come: each has at least three bytes.
    if (bytes_.size() - at_ < items * 3) return State::incomplete;
    value.items.resize(items);
    for (RespValue& item : value.items) {
      if (const State state = read(item, depth + 1); state != State::value) return state;
    }
    return State::value;
  }

  std::string_view bytes_;
  const RespLimits& limits_;
  std::size_t at_ = 0;
  std::string_view error_;
};

void write_line(std::string& out, char type, std::string_view text) {
  out += type;
  out += text;
  out += "\r\n";
}

void write_count(std::string& out, char type, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  write_line(out, type, {digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace

RespRead read_resp(std::span<const std::byte> bytes, const RespLimits& limits, RespValue& value) {
  Reader reader(text_of(bytes), limits);
  const State state = reader.read(value, 0);
  return {state, state == State::value ? reader.consumed() : 0, reader.error()};
}

bool is_final(const RespValue& error) {
  constexpr std::string_view kFinal[]{"NOAUTH", "WRONGPASS", "NOPERM", "ERR"};
  const std::string_view word = error.text.substr(0, error.text.find(' '));
  return error.is(Kind::error) && std::ranges::find(kFinal, word) != std::end(kFinal) &&
         !error.text.starts_with("ERR max number of clients");
}

void write_simple(std::string& out, std::string_view text) { write_line(out, '+', text); }
void write_error(std::string& out, std::string_view text) { write_line(out, '-', text); }
void write_integer(std::string& out, std::int64_t value) { write_count(out, ':', value); }
void write_nil(std::string& out) { out += "$-1\r\n"; }
void write_nil_array(std::string& out) { out += "*-1\r\n"; }

void write_bulk(std::string& out, std::string_view text) {
  write_count(out, '$', static_cast<std::int64_t>(text.size()));
  out += text;
  out += "\r\n";
}

void write_array(std::string& out, std::size_t items) {
  write_count(out, '*', static_cast<std::int64_t>(items));
}

void write_value(std::string& out, const RespValue& value) {
  switch (value.kind) {
    case Kind::simple: return write_simple(out, value.text);
    case Kind::error: return write_error(out, value.text);
    case Kind::integer: return write_integer(out, value.integer);
    case Kind::bulk: return write_bulk(out, value.text);
    case Kind::nil: return write_nil(out);
    case Kind::array: break;
  }
  write_array(out, value.items.size());
  for (const RespValue& item : value.items) write_value(out, item);
}

void write_command(std::string& out, std::span<const std::string_view> words) {
  write_array(out, words.size());
  for (const std::string_view word : words) write_bulk(out, word);
}

void write_command(std::string& out, std::initializer_list<std::string_view> words) {
  write_command(out, std::span(words.begin(), words.size()));
}

}  // namespace squall::live
