// The commands of the embedded broker: one visible table, one function per command.
//
// Replies and their texts are those of Redis 7. See embedded_broker_server.hpp for what the
// functions stand on.
#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <utility>

#include "sim/live/resp/embedded_broker_call.hpp"

namespace squall::live {
namespace {

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

// AUTH [user] password: one user, whatever the name.
void authenticate(const Call& call) {
  const std::string& password = call.server.options().password;
  if (password.empty()) {
    return call.error(
        "ERR AUTH <password> called without any password configured for the default "
        "user. Are you sure your configuration is correct?");
  }
  if (call.word(call.size() - 1) != password) {
    return call.error("WRONGPASS invalid username-password pair or user is disabled.");
  }
  call.session.let_in();
  write_simple(call.reply(), "OK");
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
  write_bulk(
      call.reply(),
      fmt::format("# Clients\r\nconnected_clients:{}\r\nblocked_clients:{}\r\n"
                  "# Stats\r\ntotal_net_input_bytes:{}\r\ntotal_net_output_bytes:{}\r\n",
                  call.server.sessions(), call.server.waiting(), traffic.received, traffic.sent));
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
    if (!parse_count(text.substr(0, end), value) || value > kLongestMs) {
      return call.error(kNoNumber);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!text.empty()) return call.error(kSyntax);
  EmbeddedBrokerOptions& options = call.server.options();
  options.output_hard = values[0];
  options.output_soft = values[1];
  options.output_soft_for = std::chrono::seconds{std::min(values[2], kLongestMs / 1000)};
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
  write_bulk(call.reply(), fmt::format("normal 0 0 0 pubsub {} {} {}", options.output_hard,
                                       options.output_soft, seconds.count()));
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

// KEY VALUE [PX|EX TIME [GET]]
void set(const Call& call) {
  Time expires = kNever;
  const bool get = call.size() == 6;
  if (get && !same_word(call.word(5), "GET")) return call.error(kSyntax);
  if (call.size() >= 5) {
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
  if (get) write_text_or_nil(call.reply(), call.server.store().get(call.now(), call.word(1)));
  call.server.store().set(call.now(), call.word(1), call.word(2), expires);
  if (!get) write_simple(call.reply(), "OK");
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

// A stream lives as long as we do; a key has its own time.
void expire(const Call& call) {
  std::int64_t ms = 0;
  if (!parse_count(call.word(2), ms) || ms > kLongestMs) return call.error(kNoNumber);
  const bool there = call.server.store().keep_until(call.now(), call.word(1),
                                                    call.now() + std::chrono::milliseconds{ms});
  write_integer(call.reply(), there ? 1 : 0);
}

void size(const Call& call) {
  write_integer(call.reply(), static_cast<std::int64_t>(call.server.store().size(call.now())));
}

void remove_all(const Call& call) {
  call.server.store() = {};
  call.server.logs() = {};
  write_simple(call.reply(), "OK");
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
    {"SET",          3, 6,    false, set},
    {"EVAL",         3, kAny, false, evaluate},
    {"EVALSHA",      3, kAny, false, evaluate_named},
    {"SCRIPT",       3, 3,    false, load_script},
    {"DEL",          2, kAny, false, remove},
    {"PEXPIRE",      3, 3,    false, expire},
    {"AUTH",         2, 3,    true,  authenticate},
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
  if (!session.known() && (!is_text(words[0]) || !same_word(words[0].text, "AUTH"))) {
    call.error("NOAUTH Authentication required.");
    ++strangers_;
    return session.quit();
  }
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
