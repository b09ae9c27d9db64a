// Finding the end of a value without reading it. See resp_reader.hpp.
// What is wrong, or beyond a limit, counts as an end: read_resp() has the words for it.
#include "sim/live/resp/resp_reader.hpp"

#include <charconv>

namespace squall::live {

RespRead RespReader::read(std::span<const std::byte> bytes) {
  if (seen_ > 0 && !whole(bytes)) return {};
  ++steps_;
  const RespRead read = read_resp(bytes, {}, value_);
  if (read.state == RespRead::State::incomplete) {
    if (seen_ == 0) whole(bytes);
  } else {
    seen_ = 0;
    open_.clear();
  }
  return read;
}

// From seen_ on: one line after the other, and texts behind their lengths.
bool RespReader::whole(std::span<const std::byte> bytes) {
  const std::string_view text = text_of(bytes);
  const RespLimits limits;
  do {
    const std::size_t end = text.substr(seen_, limits.line_bytes + 2).find('\n');
    if (end == text.npos) return text.size() - seen_ > limits.line_bytes + 1;
    ++steps_;
    const char type = text[seen_];
    if (std::string_view("+-:$*").find(type) == std::string_view::npos) return true;
    const std::string_view line = text.substr(seen_ + 1, end < 2 ? 0 : end - 2);
    std::int64_t number = 0;
    const auto parsed = std::from_chars(line.data(), line.data() + line.size(), number);
    const bool sized = type == '$' || type == '*';
    const std::int64_t most = type == '$' ? limits.bulk_bytes : limits.items;
    if (sized && (parsed.ec != std::errc{} || number > most)) return true;
    std::size_t next = seen_ + end + 1;
    if (type == '$' && number >= 0) next += static_cast<std::size_t>(number) + 2;
    if (next > text.size()) return false;
    seen_ = next;
    if (!open_.empty()) --open_.back();
    if (type == '*' && number > 0) open_.push_back(number);
    while (!open_.empty() && open_.back() == 0) open_.pop_back();
  } while (!open_.empty() && static_cast<int>(open_.size()) <= limits.depth);
  return true;
}

}  // namespace squall::live
