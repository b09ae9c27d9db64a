// Questions to the registry, pipelined on one connection and answered in order.
// See registry_link.hpp.
#include "sim/live/links/registry_link.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "sim/live/links/registry_link_script.hpp"
#include "sim/live/resp/resp.hpp"
#include "sim/live/resp/resp_connection.hpp"

namespace squall::live {
namespace {

using Kind = RespValue::Kind;

// "NODE:EPOCH"; anything else is no entry of ours.
NodeId node_of(const RespValue& value) {
  std::uint16_t node = 0;
  const std::string_view text = value.text;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), node);
  const bool good = failure == std::errc{} && end != text.data() + text.size() && *end == ':';
  return good ? NodeId{node} : kNoNode;
}

class RespRegistryLink final : public RegistryLink, private RespConnection::Listener {
 public:
  RespRegistryLink(Loop& loop, const Options& options, RegistryLink::Listener& listener)
      : loop_(loop), options_(options), listener_(listener), connection_(loop, *this, "registry") {
    const auto lease = std::chrono::duration_cast<std::chrono::milliseconds>(options.lease);
    lease_ms_ = std::to_string(std::max<std::int64_t>(1, lease.count()));
    connection_.keep_alive(options.keep_alive);
  }

  void open() override {
    close();
    connection_.open(options_.host, options_.port);
  }

  void close() override {
    ++closings_;
    waiting_.clear();
    connection_.close();
  }

  void set_route(std::uint32_t key, NodeId node, Done done) override {
    const std::string value = std::to_string(index(node)) + ":0";
    ask({"SET", entry(key), value, "PX", lease_ms_}, std::move(done));
  }

  void delete_route(std::uint32_t key, Done done) override {
    ask({"DEL", entry(key)}, std::move(done));
  }

  void set_route_if_newer(std::uint32_t key, NodeId node, std::uint64_t epoch, Done done) override {
    ask({"EVAL", kSetIfNewerScript, "1", entry(key), std::to_string(index(node)),
         std::to_string(epoch), lease_ms_},
        std::move(done));
  }

  void get_routes(std::vector<std::uint32_t> keys, Routes routes) override {
    if (keys.empty()) {  // MGET of nothing is an error
      return later([routes = std::move(routes)] { routes(std::vector<NodeId>{}); });
    }
    std::vector<std::string> names;
    names.reserve(keys.size());
    for (const std::uint32_t key : keys) names.push_back(entry(key));
    std::vector<std::string_view> words{"MGET"};
    words.insert(words.end(), names.begin(), names.end());
    send(words, std::move(routes));
  }

  void pause(bool yes) override { connection_.pause(yes); }

  Traffic traffic() const override { return connection_.traffic(); }

 private:
  using Answer = std::variant<Done, Routes>;

  std::string entry(std::uint32_t key) const { return options_.prefix + std::to_string(key); }

  void ask(std::initializer_list<std::string_view> words, Done done) {
    send({words.begin(), words.size()}, std::move(done));
  }

  void send(std::span<const std::string_view> words, Answer answer) {
    std::string bytes;
    write_command(bytes, words);
    if (connection_.send(std::move(bytes))) {
      waiting_.push_back(std::move(answer));
      return;
    }
    later([answer = std::move(answer)] { refuse(answer); });
  }

  // Who asks is not called back before the question is out of their hands.
  void later(std::function<void()> task) {
    loop_.post([task = std::move(task), alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) task();
    });
  }

  static void refuse(const Answer& answer) {
    if (const Done* done = std::get_if<Done>(&answer)) return (*done)(false);
    std::get<Routes>(answer)(std::nullopt);
  }

  void resp_up(RespConnection&) override { listener_.registry_up(); }

  void resp_reply(RespConnection&, const RespValue& value) override {
    if (waiting_.empty()) return give_up("the registry says what nobody asked for");
    const Answer answer = std::move(waiting_.front());
    waiting_.pop_front();
    if (value.is(Kind::error)) return refuse(answer);
    if (const Done* done = std::get_if<Done>(&answer)) {
      return (*done)(value.is_ok() || (value.is(Kind::integer) && value.integer > 0));
    }
    std::vector<NodeId> nodes;
    nodes.reserve(value.items.size());
    for (const RespValue& item : value.items) nodes.push_back(node_of(item));
    std::get<Routes>(answer)(std::move(nodes));
  }

  void resp_down(RespConnection&, const std::string& why, bool) override { give_up(why); }

  void resp_ask(RespConnection&) override {
    ask({"PING"}, [](bool) {});
  }

  void give_up(const std::string& why) {
    connection_.close();
    const std::uint64_t closings = closings_;
    for (const Answer& answer : std::exchange(waiting_, {})) {
      refuse(answer);
      if (closings != closings_) return;
    }
    listener_.registry_down(why);
  }

  Loop& loop_;
  const Options options_;
  RegistryLink::Listener& listener_;
  RespConnection connection_;
  std::string lease_ms_;
  std::deque<Answer> waiting_;  // in the order of the questions
  std::uint64_t closings_ = 0;  // tells whether a callback closed or opened it
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace

std::unique_ptr<RegistryLink> RegistryLink::make(Loop& loop, const Options& options,
                                                 Listener& listener) {
  return std::make_unique<RespRegistryLink>(loop, options, listener);
}

}  // namespace squall::live
