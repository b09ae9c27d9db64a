// One connection that hears and one that speaks: a Redis connection that subscribed may do nothing
// else. See broker_link_resp.hpp.
//
// The link is up when both are connected and the broker has said where the hearing begins: by the
// acknowledgement of SUBSCRIBE, or by naming the youngest entry of the stream.
#include "sim/live/links/broker_link_resp.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "sim/live/resp/resp.hpp"
#include "sim/live/resp/resp_connection.hpp"

namespace squall::live {
namespace {

using Kind = RespValue::Kind;

enum class Mode : std::uint8_t { pubsub, sharded, streams };

constexpr std::string_view kKept = "100000";    // entries of a stream, about: outages of seconds
constexpr std::string_view kAtOnce = "64";      // entries of one answer
constexpr std::string_view kBeginning = "0-0";  // of a stream that has no entry

class RespBrokerLink final : public BrokerLink, private RespConnection::Listener {
 public:
  RespBrokerLink(Loop& loop, const BrokerLinkOptions& options, BrokerLink::Listener& listener,
                 Mode mode)
      : options_(options),
        mode_(mode),
        listener_(listener),
        hears_(loop, *this, "redis"),
        speaks_(loop, *this, "redis") {}

  void open() override {
    close();
    hears_.open(options_.address.host, options_.address.port);
    speaks_.open(options_.address.host, options_.address.port);
  }

  void close() override {
    ++closings_;
    begun_ = up_ = false;
    hears_.close();
    speaks_.close();
  }

  bool publish(std::span<const std::byte> payload) override {
    if (!up_) return false;
    std::string bytes;
    bytes.reserve(payload.size() + options_.topic.size() + 96);
    const std::string_view text = text_of(payload);
    switch (mode_) {
      case Mode::pubsub: write_command(bytes, {"PUBLISH", options_.topic, text}); break;
      case Mode::sharded: write_command(bytes, {"SPUBLISH", options_.topic, text}); break;
      case Mode::streams:
        write_command(bytes, {"XADD", options_.topic, "MAXLEN", "~", kKept, "*", "p", text});
        break;
    }
    return speaks_.send(std::move(bytes));
  }

  void pause(bool yes) override {
    hears_.pause(yes);
    speaks_.pause(yes);
  }

  Traffic traffic() const override {
    Traffic both = hears_.traffic();
    return both += speaks_.traffic();
  }

 private:
  void resp_up(RespConnection& connection) override {
    if (&connection == &hears_) ask_where_to_begin();
    come_up();
  }

  void resp_reply(RespConnection& connection, const RespValue& value) override {
    if (value.is(Kind::error)) return give_up("redis refuses: " + std::string(value.text));
    if (&connection == &speaks_) return;  // how many heard it, or the id of the entry
    if (mode_ != Mode::streams) return hear(value);
    if (begun_) return hear_entries(value);
    const bool empty = value.items.empty() || value.items[0].items.empty();
    cursor_ = empty ? kBeginning : value.items[0].items[0].text;
    begin();
  }

  void resp_down(RespConnection& connection, const std::string& why, bool backlog) override {
    const bool slow = backlog && &connection == &hears_;
    close();
    listener_.link_down(why, slow);
  }

  void ask_where_to_begin() {
    std::string bytes;
    switch (mode_) {
      case Mode::pubsub: write_command(bytes, {"SUBSCRIBE", options_.topic}); break;
      case Mode::sharded: write_command(bytes, {"SSUBSCRIBE", options_.topic}); break;
      case Mode::streams:
        if (!cursor_.empty()) return begin();
        write_command(bytes, {"XREVRANGE", options_.topic, "+", "-", "COUNT", "1"});
        break;
    }
    hears_.send(std::move(bytes));
  }

  void begin() {
    begun_ = true;
    if (mode_ == Mode::streams) ask_for_entries();
    come_up();
  }

  void come_up() {
    if (up_ || !begun_ || !speaks_.connected()) return;
    up_ = true;
    listener_.link_up();
  }

  void give_up(const std::string& why) {
    close();
    listener_.link_down(why, false);
  }

  // ["subscribe", topic, 1], then ["message", topic, payload] again and again.
  void hear(const RespValue& value) {
    if (value.items.size() != 3) return give_up("redis says what nobody asked for");
    if (!value.items[2].is(Kind::bulk)) return begin();
    listener_.link_message(bytes_of(value.items[2].text));
  }

  void ask_for_entries() {
    std::string bytes;
    write_command(bytes,
                  {"XREAD", "COUNT", kAtOnce, "BLOCK", "0", "STREAMS", options_.topic, cursor_});
    hears_.send(std::move(bytes));
  }

  // [[topic, [[id, ["p", payload]], ...]]]
  void hear_entries(const RespValue& value) {
    const std::uint64_t closings = closings_;
    if (!value.items.empty() && value.items[0].items.size() == 2) {
      for (const RespValue& entry : value.items[0].items[1].items) {
        if (entry.items.size() != 2 || entry.items[1].items.size() < 2) continue;
        cursor_ = entry.items[0].text;
        listener_.link_message(bytes_of(entry.items[1].items[1].text));
        if (closings != closings_) return;
      }
    }
    ask_for_entries();
  }

  const BrokerLinkOptions options_;
  const Mode mode_;
  BrokerLink::Listener& listener_;
  RespConnection hears_, speaks_;
  bool begun_ = false;  // what is published from now on is heard
  bool up_ = false;
  std::uint64_t closings_ = 0;  // tells whether a callback closed or opened the link
  std::string cursor_;          // streams: the last entry that was heard; survives close()
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
