// The commands of the embedded broker that are about logs: SCRIPT LOAD and EVALSHA of the two
// scripts of broker_log_script.hpp, which it knows by their names. See embedded_broker_call.hpp.
#include <chrono>

#include "sim/live/links/broker_log_script.hpp"
#include "sim/live/resp/embedded_broker_call.hpp"

namespace squall::live {
namespace {

bool parse_window(std::string_view text, Duration& window) {
  std::int64_t ms = 0;
  if (!parse_count(text, ms) || ms > kLongestMs) return false;
  window = std::chrono::milliseconds{ms};
  return true;
}

// TOPIC RUN MESSAGE MOST WINDOW
void keep(const Call& call) {
  std::int64_t most = 0;
  Duration window{0};
  if (!parse_count(call.word(6), most) || !parse_window(call.word(7), window)) {
    return call.error(kNoNumber);
  }
  const std::string_view topic = call.word(3), message = call.word(5);
  const LogPlace place = call.server.logs().keep(call.word(4), topic, message, call.now(),
                                                 static_cast<std::size_t>(most), window);
  const std::size_t receivers =
      call.server.publish(TopicKind::plain, topic, pack(place) + std::string(message));
  write_integer(call.reply(), static_cast<std::int64_t>(receivers));
}

// TOPIC RUN EPOCH OFFSET WINDOW
void fetch(const Call& call) {
  std::int64_t epoch = 0, offset = 0;
  Duration window{0};
  if (!parse_count(call.word(5), epoch) || epoch > UINT16_MAX ||
      !parse_count(call.word(6), offset) || !parse_window(call.word(7), window)) {
    return call.error(kNoNumber);
  }
  BrokerLogs& logs = call.server.logs();
  const LogPlace newest = logs.newest(call.word(4));
  const LogPlace after{static_cast<std::uint16_t>(epoch), static_cast<std::uint64_t>(offset)};
  BrokerLogs::Found found;
  if (epoch != 0) found = logs.since(call.word(4), call.word(3), after, call.now(), window);
  write_array(call.reply(), 3 + found.records.size());
  write_integer(call.reply(), newest.epoch);
  write_integer(call.reply(), static_cast<std::int64_t>(newest.offset));
  write_integer(call.reply(), found.reached ? 1 : 0);
  for (const BrokerLogs::Record* record : found.records) {
    write_bulk(call.reply(), pack({newest.epoch, record->offset}) + record->message);
  }
}

}  // namespace

void load_script(const Call& call) {
  if (!same_word(call.word(1), "LOAD")) return call.error("ERR only SCRIPT LOAD is known here");
  if (call.word(2) == kKeepScript) return write_bulk(call.reply(), kKeepScriptName);
  if (call.word(2) == kFetchScript) return write_bulk(call.reply(), kFetchScriptName);
  const std::string_view name = name_of_registry_script(call.word(2));
  if (!name.empty()) return write_bulk(call.reply(), name);
  call.error("ERR only the scripts of the broker's log and of the registry are known here");
}

void evaluate_named(const Call& call) {
  const bool two_keys = call.size() == 8 && call.word(2) == "2";
  if (two_keys && call.word(1) == kKeepScriptName) return keep(call);
  if (two_keys && call.word(1) == kFetchScriptName) return fetch(call);
  if (evaluate_of_registry(call)) return;
  call.error("NOSCRIPT No matching script. Please use EVAL.");
}

}  // namespace squall::live
