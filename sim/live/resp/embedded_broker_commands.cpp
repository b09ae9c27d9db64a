// The commands of the embedded broker: one visible table, one function per command.
//
// Replies and their texts are those of Redis 7. See embedded_broker_server.hpp for what the
// functions stand on.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <utility>

#include "sim/live/links/registry_link_script.hpp"
#include "sim/live/resp/embedded_broker_server.hpp"

namespace squall::live {
namespace {

constexpr std::string_view kSyntax = "ERR syntax error";
constexpr std::string_view kNoNumber = "ERR value is not an integer or out of range";

constexpr std::int64_t kLongestMs = 1'000'000'000'000;  // more does not fit into a Time

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

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char left, unsigned char right) {
    return std::toupper(left) == std::toupper(right);
  });
}

bool parse_count(std::string_view text, std::int64_t& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size() && value >= 0;
}

void write_text_or_nil(std::string& out, const std::string* text) {
  text != nullptr ? write_bulk(out, *text) : write_nil(out);
}

// ---- connection --------------------------------------------------------------------------------

void ping(const Call& call) {
  if (call.session.subscriptions() > 0) {  // RESP2 answers subscribers in the form of a message
    write_array(call.reply(), 2);
    write_bulk(call.reply(), "pong");
    return write_bulk(call.reply(), call.size() > 1 ? call.word(1) : "");
  }
  call.size() > 1 ? write_bulk(call.reply(), call.word(1)) : write_simple(call.reply(), "PONG");
}

void quit(const Call& call) {
  write_simple(call.reply(), "OK");
  call.session.quit();
}

void client(const Call& call) {
  if (!same_word(call.word(1), "ID")) return call.error("ERR unknown subcommand of CLIENT");
  write_integer(call.reply(), static_cast<std::int64_t>(call.session.id()));
}

void info(const Call& call) {
  const Traffic traffic = call.server.traffic();
  const auto line = [](std::string_view name, std::int64_t value) {
    return std::string(name) + ":" + std::to_string(value) + "\r\n";
  };
  const auto connected = static_cast<std::int64_t>(call.server.sessions());
  const auto blocked = static_cast<std::int64_t>(call.server.waiting());
  write_bulk(call.reply(), "# Clients\r\n" + line("connected_clients", connected) +
                               line("blocked_clients", blocked) + "# Stats\r\n" +
                               line("total_net_input_bytes", traffic.received) +
                               line("total_net_output_bytes", traffic.sent));
}

constexpr std::string_view kOutputLimit = "client-output-buffer-limit";

// CONFIG SET client-output-buffer-limit "pubsub HARD SOFT SECONDS", in bytes.
void set_output_limit(const Call& call, std::string_view text) {
  std::array<std::int64_t, 3> values{};
  const std::string_view start = "pubsub ";
  if (!text.starts_with(start)) return call.error("ERR only the class pubsub has limits here");
  text.remove_prefix(start.size());
  for (std::int64_t& value : values) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (!parse_count(text.substr(0, end), value)) return call.error(kNoNumber);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!text.empty()) return call.error(kSyntax);
  EmbeddedBrokerOptions& options = call.server.options();
  options.output_hard = values[0];
  options.output_soft = values[1];
  options.output_soft_for = std::chrono::seconds{values[2]};
  write_simple(call.reply(), "OK");
}

void config(const Call& call) {
  const bool known = same_word(call.word(2), kOutputLimit);
  if (same_word(call.word(1), "SET") && call.size() == 4 && known) {
    return set_output_limit(call, call.word(3));
  }
  if (!same_word(call.word(1), "GET") || call.size() != 3 || !known) {
    return call.error("ERR only CONFIG GET and SET of client-output-buffer-limit are known here");
  }
  const EmbeddedBrokerOptions& options = call.server.options();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.output_soft_for);
  write_array(call.reply(), 2);
  write_bulk(call.reply(), kOutputLimit);
  write_bulk(call.reply(), "normal 0 0 0 pubsub " + std::to_string(options.output_hard) + " " +
                               std::to_string(options.output_soft) + " " +
                               std::to_string(seconds.count()));
}

// ---- topics ------------------------------------------------------------------------------------

void acknowledge(const Call& call, std::string_view what, TopicKind kind, std::string_view topic) {
  write_array(call.reply(), 3);
  write_bulk(call.reply(), what);
  write_bulk(call.reply(), topic);
  write_integer(call.reply(), static_cast<std::int64_t>(call.session.topics(kind).size()));
}

template <TopicKind kind>
void subscribe(const Call& call) {
  for (const RespValue& topic : call.words.subspan(1)) {
    call.server.subscribe(call.session, kind, topic.text);
    const bool plain = kind == TopicKind::plain;
    acknowledge(call, plain ? "subscribe" : "ssubscribe", kind, topic.text);
  }
}

// Without words: from all topics.
template <TopicKind kind>
void unsubscribe(const Call& call) {
  const std::string_view what = kind == TopicKind::plain ? "unsubscribe" : "sunsubscribe";
  std::vector<std::string> topics;
  for (const RespValue& topic : call.words.subspan(1)) topics.emplace_back(topic.text);
  if (topics.empty()) {
    topics.assign(call.session.topics(kind).begin(), call.session.topics(kind).end());
  }
  for (const std::string& topic : topics) {
    call.server.unsubscribe(call.session, kind, topic);
    acknowledge(call, what, kind, topic);
  }
  if (!topics.empty()) return;
  write_array(call.reply(), 3);
  write_bulk(call.reply(), what);
  write_nil(call.reply());
  write_integer(call.reply(), 0);
}

template <TopicKind kind>
void publish(const Call& call) {
  const std::size_t receivers = call.server.publish(kind, call.word(1), call.word(2));
  write_integer(call.reply(), static_cast<std::int64_t>(receivers));
}

// ---- keys --------------------------------------------------------------------------------------

void set(const Call& call) {
  Time expires = kNever;
  if (call.size() == 5) {
    std::int64_t amount = 0;
    const bool ms = same_word(call.word(3), "PX");
    if (!ms && !same_word(call.word(3), "EX")) return call.error(kSyntax);
    if (!parse_count(call.word(4), amount)) return call.error(kNoNumber);
    if (amount == 0 || amount > kLongestMs / (ms ? 1 : 1000)) {
      return call.error("ERR invalid expire time in 'set' command");
    }
    expires = call.now() + std::chrono::milliseconds{amount * (ms ? 1 : 1000)};
  } else if (call.size() == 4) {
    return call.error(kSyntax);
  }
  call.server.store().set(call.word(1), call.word(2), expires);
  write_simple(call.reply(), "OK");
}

void get(const Call& call) {
  write_text_or_nil(call.reply(), call.server.store().get(call.now(), call.word(1)));
}

void get_many(const Call& call) {
  const Time now = call.now();
  write_array(call.reply(), call.size() - 1);
  for (const RespValue& key : call.words.subspan(1)) {
    write_text_or_nil(call.reply(), call.server.store().get(now, key.text));
  }
}

void remove(const Call& call) {
  std::int64_t removed = 0;
  for (const RespValue& key : call.words.subspan(1)) {
    removed += call.server.store().remove(call.now(), key.text) ? 1 : 0;
  }
  write_integer(call.reply(), removed);
}

void size(const Call& call) {
  write_integer(call.reply(), static_cast<std::int64_t>(call.server.store().size(call.now())));
}

void remove_all(const Call& call) {
  call.server.store() = {};
  write_simple(call.reply(), "OK");
}

// EVAL SCRIPT 1 KEY NODE EPOCH LEASE: only the compare-and-set of the registry.
void evaluate(const Call& call) {
  if (call.word(1) != kSetIfNewerScript || call.size() != 7 || call.word(2) != "1") {
    return call.error("ERR only the compare-and-set script of the registry is known here");
  }
  std::int64_t lease_ms = 0;
  if (!parse_count(call.word(6), lease_ms) || lease_ms > kLongestMs) return call.error(kNoNumber);
  BrokerStore& store = call.server.store();
  const std::string* old = store.get(call.now(), call.word(3));
  if (old != nullptr) {
    const std::string_view entry = *old;
    const std::string_view epoch = entry.substr(std::min(entry.rfind(':'), entry.size() - 1) + 1);
    if (!is_newer_epoch(call.word(5), epoch)) return write_integer(call.reply(), 0);
  }
  const std::string value = std::string(call.word(4)) + ":" + std::string(call.word(5));
  store.set(call.word(3), value, call.now() + std::chrono::milliseconds{lease_ms});
  write_integer(call.reply(), 1);
}

// ---- streams -----------------------------------------------------------------------------------

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

// ---- the table ---------------------------------------------------------------------------------

struct Command {
  std::string_view name;
  std::size_t least, most;  // words, with the name
  bool for_subscribers;     // may be said by somebody who is subscribed
  void (*run)(const Call&);
};

constexpr std::size_t kAny = SIZE_MAX;
constexpr TopicKind kPlain = TopicKind::plain, kSharded = TopicKind::sharded;

// clang-format off
constexpr Command kCommands[]{
    {"PUBLISH",      3, 3,    false, publish<kPlain>},
    {"SPUBLISH",     3, 3,    false, publish<kSharded>},
    {"XADD",         5, kAny, false, stream_add},
    {"XREAD",        4, 8,    false, stream_read},
    {"MGET",         2, kAny, false, get_many},
    {"GET",          2, 2,    false, get},
    {"SET",          3, 5,    false, set},
    {"EVAL",         3, kAny, false, evaluate},
    {"DEL",          2, kAny, false, remove},
    {"PING",         1, 2,    true,  ping},
    {"SUBSCRIBE",    2, kAny, true,  subscribe<kPlain>},
    {"UNSUBSCRIBE",  1, kAny, true,  unsubscribe<kPlain>},
    {"SSUBSCRIBE",   2, kAny, true,  subscribe<kSharded>},
    {"SUNSUBSCRIBE", 1, kAny, true,  unsubscribe<kSharded>},
    {"XREVRANGE",    6, 6,    false, stream_youngest},
    {"XLEN",         2, 2,    false, stream_length},
    {"DBSIZE",       1, 1,    false, size},
    {"FLUSHALL",     1, 1,    false, remove_all},
    {"INFO",         1, 2,    false, info},
    {"CONFIG",       3, 4,    false, config},
    {"CLIENT",       2, 2,    false, client},
    {"QUIT",         1, 1,    true,  quit},
};
// clang-format on

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool is_text(const RespValue& word) { return word.is(RespValue::Kind::bulk); }

}  // namespace

void BrokerServer::run(BrokerSession& session, std::span<const RespValue> words) {
  const Call call{*this, session, words};
  if (words.empty()) return;
  if (!std::ranges::all_of(words, is_text)) {
    call.error("ERR Protocol error: expected '$'");
    return session.quit();
  }
  const auto* command = std::ranges::find_if(
      kCommands, [&](const Command& row) { return same_word(row.name, words[0].text); });
  if (command == std::end(kCommands)) {
    return call.error("ERR unknown command '" + std::string(words[0].text.substr(0, 64)) + "'");
  }
  if (words.size() < command->least || words.size() > command->most) {
    return call.error("ERR wrong number of arguments for '" + lower(command->name) + "' command");
  }
  if (session.subscriptions() > 0 && !command->for_subscribers) {
    return call.error("ERR Can't execute '" + lower(command->name) +
                      "': only (S)SUBSCRIBE, (S)UNSUBSCRIBE, PING and QUIT are allowed in this "
                      "context");
  }
  command->run(call);
}

}  // namespace squall::live
