// The commands of the embedded broker that are about streams. See embedded_broker_call.hpp.
// Their rows are in the table of embedded_broker_commands.cpp.
#include <chrono>
#include <utility>

#include "sim/live/resp/embedded_broker_call.hpp"

namespace squall::live {

// XADD key [MAXLEN [~|=] n] * name value ...
void stream_add(const Call& call) {
  std::size_t at = 2, most = BrokerStore::kUnbounded;
  if (same_word(call.word(at), "MAXLEN")) {
    ++at;
    if (call.word(at) == "~" || call.word(at) == "=") ++at;
    std::int64_t count = 0;
    if (at >= call.size() || !parse_count(call.word(at), count)) return call.error(kNoNumber);
    most = static_cast<std::size_t>(count);
    ++at;
  }
  if (at >= call.size() || call.word(at) != "*") {
    return call.error("ERR only ids that the server chooses (*) are known here");
  }
  ++at;
  if (call.size() - at < 2 || (call.size() - at) % 2 != 0) {
    return call.error("ERR wrong number of arguments for 'xadd' command");
  }
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto wall_ms = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
  const StreamId id = call.server.store().append(call.word(1), static_cast<std::uint64_t>(wall_ms),
                                                 call.words.subspan(at), most);
  write_bulk(call.reply(), id.text());
  call.server.stream_grew(call.word(1));
}

// XREAD [COUNT n] [BLOCK ms] STREAMS key id|$
void stream_read(const Call& call) {
  std::int64_t most = 0, block_ms = -1;
  std::size_t at = 1;
  for (; at + 1 < call.size() && !same_word(call.word(at), "STREAMS"); at += 2) {
    const bool counts = same_word(call.word(at), "COUNT");
    if (!counts && !same_word(call.word(at), "BLOCK")) return call.error(kSyntax);
    if (!parse_count(call.word(at + 1), counts ? most : block_ms)) return call.error(kNoNumber);
  }
  if (block_ms > kLongestMs) return call.error("ERR timeout is out of range");
  if (at + 3 != call.size()) return call.error("ERR XREAD of one stream is known here");
  BrokerStore& store = call.server.store();
  StreamWait wait{std::string(call.word(at + 1)),
                  {},
                  most == 0 ? BrokerStore::kUnbounded : static_cast<std::size_t>(most)};
  const auto id =
      call.word(at + 2) == "$" ? store.last(wait.key) : StreamId::parse(call.word(at + 2));
  if (!id) return call.error("ERR Invalid stream ID specified as stream command argument");
  wait.after = *id;

  std::string entries;
  if (store.write_after(entries, wait.key, wait.after, wait.most)) {
    write_array(call.reply(), 1);
    write_array(call.reply(), 2);
    write_bulk(call.reply(), wait.key);
    call.reply() += entries;
    return;
  }
  if (block_ms < 0) return write_nil_array(call.reply());
  const Time deadline = block_ms == 0 ? kNever : call.now() + std::chrono::milliseconds{block_ms};
  call.server.wait_for_stream(call.session, std::move(wait), deadline);
}

// XREVRANGE key + - COUNT n: the youngest entries. A reader asks so where the stream ends now.
void stream_youngest(const Call& call) {
  std::int64_t most = 0;
  if (call.word(2) != "+" || call.word(3) != "-" || !same_word(call.word(4), "COUNT") ||
      !parse_count(call.word(5), most)) {
    return call.error(kSyntax);
  }
  call.server.store().write_youngest(call.reply(), call.word(1), static_cast<std::size_t>(most));
}

void stream_length(const Call& call) {
  write_integer(call.reply(), static_cast<std::int64_t>(call.server.store().length(call.word(1))));
}

}  // namespace squall::live
