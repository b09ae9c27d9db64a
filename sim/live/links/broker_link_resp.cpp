// One connection that hears and one that speaks: a Redis connection that subscribed may do nothing
// else. See broker_link_resp.hpp.
//
// Each has a life of its own: the broker cuts who reads too slowly, and that one publishes on.
// The link is up when both are connected and the broker has said where the hearing begins: by the
// acknowledgement of SUBSCRIBE, or by naming the youngest entry of the stream. A link by topic asks
// for what it remembers and then sends a PING: by its answer all of that is heard.
#include "sim/live/links/broker_link_resp.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <utility>

#include "sim/live/links/broker_log_script.hpp"
#include "sim/live/resp/resp.hpp"
#include "sim/live/resp/resp_connection.hpp"

namespace squall::live {
namespace {

using Kind = RespValue::Kind;

enum class Mode : std::uint8_t { pubsub, sharded, streams };

constexpr std::string_view kKept = "100000";       // entries of a stream, about: outages of seconds
constexpr std::string_view kEntriesAtOnce = "64";  // entries of one answer
constexpr std::string_view kBeginning = "0-0";     // of a stream that has no entry
constexpr std::string_view kStreamLifetimeMs = "3600000";
constexpr std::string_view kScriptKeys = "2";  // topic, and what is known of all logs of the run
constexpr Duration kRenewEvery = std::chrono::minutes{10};

class RespBrokerLink final : public BrokerLink, private RespConnection::Listener {
 public:
  RespBrokerLink(Loop& loop, const BrokerLinkOptions& options, BrokerLink::Listener& listener,
                 Mode mode)
      : loop_(loop),
        options_(options),
        mode_(mode),
        listener_(listener),
        log_(options.topic + ":log"),
        hears_(loop, *this, "redis"),
        speaks_(loop, *this, "redis") {
    speaks_.keep_alive(options.keep_alive);
    // Who waits for the next entry of a stream cannot be asked meanwhile.
    if (mode != Mode::streams) hears_.keep_alive(options.keep_alive);
    if (options.log) {
      limit_ = std::to_string(options.log->messages);
      window_ms_ = std::to_string(options.log->window / std::chrono::milliseconds{1});
    }
    if (!options.by_topic) topics_.insert(options.topic);
  }

  void open() override {
    const RespConnection::Login login{options_.address.user, options_.address.password};
    if (!hears_.connected()) {
      begun_ = false;
      asked_.clear();
      hears_.open(options_.address.host, options_.address.port, login);
    }
    if (!speaks_.connected()) questions_.clear();
    if (!speaks_.connected()) speaks_.open(options_.address.host, options_.address.port, login);
    const Time until = loop_.now() + kLinkPatience;
    loop_.at(until, [this, alive = std::weak_ptr(alive_), mine = ++closings_] {
      if (alive.expired() || mine != closings_ || up_ || paused_) return;
      if (!begun_) return give_up("redis at " + hears_.place() + ": no answer in time", false);
      speaks_.close();
      listens_ = false;
      listener_.link_mute("redis at " + speaks_.place() + ": no answer in time");
    });
  }

  bool speaks() const override { return speaks_.connected(); }

  void close() override {
    ++closings_;
    begun_ = listens_ = up_ = welcomed_ = false;
    renew_at_ = Time::min();
    questions_.clear();
    hears_.close();
    speaks_.close();
  }

  bool publish(std::span<const std::byte> payload) override {
    return publish_on(options_.topic, payload);
  }

  bool publish_on(const std::string& topic, std::span<const std::byte> payload) override {
    if (!speaks_.connected()) return false;
    std::string bytes;
    bytes.reserve(payload.size() + topic.size() + 96);
    const std::string_view text = text_of(payload);
    switch (mode_) {
      case Mode::pubsub: write_command(bytes, {"PUBLISH", topic, text}); break;
      case Mode::sharded: write_command(bytes, {"SPUBLISH", topic, text}); break;
      case Mode::streams:
        write_command(bytes, {"XADD", options_.topic, "MAXLEN", "~", kKept, "*", "p", text});
        keep_for_a_while(bytes);
        break;
    }
    return speaks_.send(std::move(bytes));
  }

  bool publish_kept(const std::string& topic, std::span<const std::byte> payload) override {
    std::string bytes;
    write_command(bytes, {"EVALSHA", kKeepScriptName, kScriptKeys, topic, log_, text_of(payload),
                          limit_, window_ms_});
    return speaks_.send(std::move(bytes));
  }

  bool fetch(const std::string& topic, std::optional<LogPlace> after,
             std::uint32_t request) override {
    const LogPlace place = after.value_or(LogPlace{});
    std::string bytes;
    write_command(bytes, {"EVALSHA", kFetchScriptName, kScriptKeys, topic, log_,
                          std::to_string(place.epoch), std::to_string(place.offset), window_ms_});
    if (!speaks_.send(std::move(bytes))) return false;
    questions_.push_back(request);
    return true;
  }

  void subscribe(const std::string& topic) override {
    topics_.insert(topic);
    if (welcomed_) ask(topic, true);
  }

  void unsubscribe(const std::string& topic) override {
    topics_.erase(topic);
    if (welcomed_) ask(topic, false);
  }

  void pause(bool yes) override {
    paused_ = yes;
    hears_.pause(yes);
    speaks_.pause(yes);
  }

  Traffic traffic() const override {
    Traffic both = hears_.traffic();
    return both += speaks_.traffic();
  }

 private:
  void resp_up(RespConnection& connection) override {
    if (&connection == &hears_) return ask_where_to_begin();
    std::string bytes;
    write_command(bytes, {"PING"});
    if (options_.log) {
      write_command(bytes, {"SCRIPT", "LOAD", kKeepScript});
      write_command(bytes, {"SCRIPT", "LOAD", kFetchScript});
    }
    speaks_.send(std::move(bytes));
  }

  void resp_reply(RespConnection& connection, const RespValue& value) override {
    if (value.is(Kind::error)) {
      const std::string why = "redis at " + connection.place() + " refuses: ";
      return give_up(why + std::string(value.text), is_final(value));
    }
    if (&connection == &speaks_) return answered(value);
    if (mode_ != Mode::streams) return hear(value);
    if (begun_) return hear_entries(value);
    if (!is_list_of_entries(value)) return not_asked_for();
    cursor_ = value.items.empty() ? kBeginning : value.items[0].items[0].text;
    begin();
  }

  // PONG first; then how many heard it, or the id of the entry.
  void answered(const RespValue& value) {
    if (value.is(Kind::array)) return fetched(value);
    const bool told = value.is(Kind::integer) || value.is(Kind::bulk);
    if (!value.is_pong() && !(listens_ && told)) return not_asked_for();
    listens_ = true;
    come_up();
  }

  // [epoch, newest, reached, message, ...]
  void fetched(const RespValue& value) {
    const auto is_number = [](const RespValue& item) { return item.is(Kind::integer); };
    const auto is_text = [](const RespValue& item) { return item.is(Kind::bulk); };
    const std::span<const RespValue> items(value.items);
    const bool good = !questions_.empty() && items.size() >= 3 &&
                      std::ranges::all_of(items.first(3), is_number) &&
                      std::ranges::all_of(items.subspan(3), is_text);
    if (!good) return not_asked_for();
    LogAnswer answer{questions_.front(),
                     items[2].integer != 0,
                     {static_cast<std::uint16_t>(items[0].integer),
                      static_cast<std::uint64_t>(items[1].integer)},
                     {}};
    questions_.pop_front();
    for (const RespValue& item : items.subspan(3)) answer.messages.push_back(bytes_of(item.text));
    listener_.link_fetched(answer);
  }

  void resp_refused(RespConnection&, const std::string& why) override {
    listener_.link_refused(why);
  }

  void resp_down(RespConnection& connection, const std::string& why, bool backlog) override {
    ++closings_;
    up_ = false;
    if (&connection == &speaks_) {
      listens_ = false;
      questions_.clear();
      return listener_.link_mute(why);
    }
    begun_ = welcomed_ = false;
    listener_.link_down(why, backlog);
  }

  void resp_ask(RespConnection& connection) override {
    std::string bytes;
    write_command(bytes, {"PING"});
    connection.send(std::move(bytes));
  }

  void ask_where_to_begin() {
    welcomed_ = true;
    if (mode_ != Mode::streams) {
      for (const std::string& topic : topics_) ask(topic, true);
      if (options_.by_topic) resp_ask(hears_);
      return;
    }
    if (!cursor_.empty()) return begin();
    std::string bytes;
    write_command(bytes, {"XREVRANGE", options_.topic, "+", "-", "COUNT", "1"});
    hears_.send(std::move(bytes));
  }

  // The broker answers in the order of asking.
  void ask(const std::string& topic, bool yes) {
    std::string verb = yes ? "SUBSCRIBE" : "UNSUBSCRIBE", bytes;
    if (mode_ == Mode::sharded) verb.insert(0, "S");
    write_command(bytes, {verb, topic});
    asked_.emplace_back(topic, yes);
    hears_.send(std::move(bytes));
  }

  void begin() {
    begun_ = true;
    mode_ == Mode::streams ? ask_for_entries() : hears_.only_listens();
    come_up();
  }

  // The stream of a run is nobody's when the run has ended; a server of others forgets it then.
  void keep_for_a_while(std::string& bytes) {
    if (loop_.now() < renew_at_) return;
    renew_at_ = loop_.now() + kRenewEvery;
    write_command(bytes, {"PEXPIRE", options_.topic, kStreamLifetimeMs});
  }

  void come_up() {
    if (up_ || !begun_ || !listens_) return;
    up_ = true;
    listener_.link_up();
  }

  // Nothing is touched after a call of the listener: it may have closed or destroyed the link.
  void give_up(const std::string& why, bool finally) {
    const std::uint64_t closings = closings_;
    if (finally) listener_.link_refused(why);
    if (closings != closings_) return;
    close();
    listener_.link_down(why, false);
  }

  void not_asked_for() {
    give_up("redis at " + hears_.place() + " says what nobody asked for: is it Redis?", true);
  }

  // ["subscribe", topic, 1], then ["message", topic, payload] again and again. What is left of a
  // topic that is no longer wanted may come until ["unsubscribe", topic, 0].
  void hear(const RespValue& value) {
    if (value.is_pong() || (value.items.size() == 2 && value.items[0].text == "pong")) {
      return begun_ ? void() : begin();
    }
    if (value.items.size() != 3) return not_asked_for();
    const RespValue &what = value.items[0], &topic = value.items[1], &content = value.items[2];
    const std::string_view kind = mode_ == Mode::sharded ? "s" : "";
    const auto is = [&](std::string_view word) {
      return what.text.starts_with(kind) && what.text.substr(kind.size()) == word;
    };
    if (!topic.text.starts_with(options_.topic)) return not_asked_for();
    if (is("message") && content.is(Kind::bulk) && (begun_ || options_.by_topic)) {
      return listener_.link_message(bytes_of(content.text));
    }
    if (!content.is(Kind::integer)) return not_asked_for();
    const bool yes = is("subscribe");
    if (asked_.empty() || asked_.front() != std::pair(std::string(topic.text), yes)) {
      return give_up("redis at " + hears_.place() + " ended the subscription", false);
    }
    asked_.pop_front();
    const std::uint64_t closings = closings_;
    if (options_.by_topic) listener_.link_subscribed(topic.text, yes);
    if (closings == closings_ && !begun_ && !options_.by_topic) begin();
  }

  // [[id, ["p", payload]], ...]
  static bool is_list_of_entries(const RespValue& value) {
    return value.is(Kind::array) && std::ranges::all_of(value.items, [](const RespValue& entry) {
             return entry.items.size() == 2 && entry.items[0].is(Kind::bulk) &&
                    (entry.items[1].is(Kind::array) || entry.items[1].is(Kind::nil));
           });
  }

  void ask_for_entries() {
    std::string bytes;
    write_command(bytes, {"XREAD", "COUNT", kEntriesAtOnce, "BLOCK", "0", "STREAMS", options_.topic,
                          cursor_});
    hears_.send(std::move(bytes));
  }

  // [[topic, [[id, ["p", payload]], ...]]]
  void hear_entries(const RespValue& value) {
    const std::uint64_t closings = closings_;
    if (value.is(Kind::nil)) return ask_for_entries();
    const bool one_topic = value.items.size() == 1 && value.items[0].items.size() == 2;
    if (!one_topic || !is_list_of_entries(value.items[0].items[1])) return not_asked_for();
    for (const RespValue& entry : value.items[0].items[1].items) {
      cursor_ = entry.items[0].text;
      const std::vector<RespValue>& fields = entry.items[1].items;
      // An entry of a stranger has other fields, or none; the node looks at what is in it.
      listener_.link_message(bytes_of(fields.size() < 2 ? "" : fields[1].text));
      if (closings != closings_) return;
    }
    ask_for_entries();
  }

  Loop& loop_;
  const BrokerLinkOptions options_;
  const Mode mode_;
  BrokerLink::Listener& listener_;
  const std::string log_;
  std::string limit_, window_ms_;
  std::deque<std::uint32_t> questions_;  // to the log, and not answered
  RespConnection hears_, speaks_;
  bool begun_ = false;    // what is published from now on is heard
  bool listens_ = false;  // whoever we speak to
  bool up_ = false, paused_ = false;
  Time renew_at_ = Time::min();  // the life of the stream
  std::uint64_t closings_ = 0;   // tells whether a callback closed or opened the link
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
  bool welcomed_ = false;                           // it may be asked for topics
  std::set<std::string> topics_;                    // that are wanted; survives close()
  std::deque<std::pair<std::string, bool>> asked_;  // and not answered
  std::string cursor_;  // streams: the last entry that was heard; survives close()
};

}  // namespace

std::unique_ptr<BrokerLink> make_redis_pubsub(Loop& loop, const BrokerLinkOptions& options,
                                              BrokerLink::Listener& listener) {
  return std::make_unique<RespBrokerLink>(loop, options, listener, Mode::pubsub);
}

std::unique_ptr<BrokerLink> make_redis_sharded(Loop& loop, const BrokerLinkOptions& options,
                                               BrokerLink::Listener& listener) {
  return std::make_unique<RespBrokerLink>(loop, options, listener, Mode::sharded);
}

std::unique_ptr<BrokerLink> make_redis_streams(Loop& loop, const BrokerLinkOptions& options,
                                               BrokerLink::Listener& listener) {
  return std::make_unique<RespBrokerLink>(loop, options, listener, Mode::streams);
}

}  // namespace squall::live
