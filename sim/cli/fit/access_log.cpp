// $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent ... $request_time
// See access_log.hpp. What stands behind the bytes is looked through for a number with a point.
#include "sim/cli/fit/access_log.hpp"

#include <algorithm>
#include <optional>

#include "scenarios/model/suggest.hpp"
#include "sim/cli/fit/time_text.hpp"

namespace squall::fit {
namespace {

constexpr std::string_view kForm =
    "expected nginx's combined format: addr - user [time] \"request\" status bytes ... seconds";

// Takes words off the front of a line, and knows where it is.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) {}

  std::size_t column() const { return at_ + 1; }
  bool at_end() const { return at_ >= line_.size(); }

  std::string_view word() { return until(' '); }
  // What is between these two; nothing when the line does not go on like that.
  std::optional<std::string_view> between(char open, char close) {
    if (at_end() || line_[at_] != open) return {};
    ++at_;
    std::size_t end = at_;
    while (end < line_.size() && line_[end] != close) end += line_[end] == '\\' ? 2 : 1;
    if (end >= line_.size()) return {};
    const std::string_view text = line_.substr(at_, end - at_);
    at_ = end + 1;
    skip();
    return text;
  }
  // A word, or what is in quotes.
  std::string_view value() {
    if (at_end() || line_[at_] != '"') return word();
    return between('"', '"').value_or(word());
  }

 private:
  std::string_view until(char stop) {
    const std::size_t end = std::min(line_.find(stop, at_), line_.size());
    const std::string_view text = line_.substr(at_, end - at_);
    at_ = end;
    skip();
    return text;
  }
  void skip() {
    while (at_ < line_.size() && line_[at_] == ' ') ++at_;
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

// "GET /ws?meeting_id=a&x=1 HTTP/1.1", "meeting_id" -> "a"; empty: there is none.
std::string_view argument(std::string_view request, std::string_view name) {
  const std::size_t question = request.find('?');
  if (name.empty() || question == request.npos) return {};
  std::string_view query = request.substr(question + 1);
  query = query.substr(0, query.find_first_of(" #"));
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
  }
  return {};
}

// $request_time: seconds with a point, alone or as rt=0.250.
std::optional<double> request_time(Words& words) {
  while (!words.at_end()) {
    std::string_view text = words.value();
    const std::size_t equals = text.find('=');
    if (equals != text.npos) text.remove_prefix(equals + 1);
    if (text.find('.') == text.npos) continue;
    if (const auto seconds = parse_number(text); seconds && *seconds >= 0) return seconds;
  }
  return {};
}

}  // namespace

bool AccessLog::looks_like(std::string_view line) {
  const std::size_t bracket = line.find(" [");
  return bracket != line.npos && line.find("] \"", bracket) != line.npos;
}

Mistake AccessLog::read(std::string_view line, std::size_t number) {
  Words words(line);
  const std::string_view address = words.word();
  words.word();
  const std::string_view remote_user = words.word();
  std::size_t column = words.column();
  const auto when = words.between('[', ']');
  if (!when) return {number, column, "time_local", "there is no [time]", std::string(kForm)};
  const auto end = parse_nginx_time(*when);
  if (!end) {
    return {number, column + 1, "time_local", language::in_quotes(*when) + " is no time",
            "write it as nginx does: 28/Nov/2026:21:10:38 +0000"};
  }
  column = words.column();
  const auto request = words.between('"', '"');
  if (!request) {
    return {number, column, "request", "there is no \"request\" in quotes", std::string(kForm)};
  }
  if (words.word() != "101") {
    ++others_;
    return {};
  }
  column = words.column();
  const std::string_view sent = words.word();
  const auto bytes = parse_number(sent);
  if (!bytes && sent != "-") {
    return {number, column, "body_bytes_sent", language::in_quotes(sent) + " is no number of bytes",
            std::string(kForm)};
  }
  const auto lasted = request_time(words);
  if (!lasted) {
    return {number, line.size() + 1, "request_time", "nothing says how long the connection lasted",
            "add $request_time to the end of log_format, and record again"};
  }
  std::string_view user = argument(*request, arguments_.user);
  if (user.empty()) user = remote_user == "-" ? address : remote_user;
  recorder_.session(user, *end - *lasted, *end, argument(*request, arguments_.room));
  if (bytes) recorder_.bytes_down(*bytes);
  return {};
}

}  // namespace squall::fit
