// Questions to the registry, pipelined on one connection and answered in order.
// See registry_link.hpp.
#include "sim/live/links/registry_link.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "sim/live/links/broker_link.hpp"
#include "sim/live/links/registry_link_script.hpp"
#include "sim/live/resp/resp.hpp"
#include "sim/live/resp/resp_connection.hpp"
#include "strategies/backplane/match.hpp"
#include "strategies/core/strategy.hpp"

namespace squall::live {
namespace {

using Kind = RespValue::Kind;

// With the prefix of a run 16, and with an epoch of one digit 8: so virtual time counts an entry.
constexpr std::size_t kKeyDigits = 6, kNodeDigits = 6;

// Routes under a lease, and sets: what nobody writes again is forgotten after a day.
constexpr std::string_view kHeldEntryMs = "86400000";

std::string digits_of(std::uint64_t number, std::size_t at_least) {
  const std::string digits = std::to_string(number);
  const std::size_t zeros = digits.size() < at_least ? at_least - digits.size() : 0;
  return std::string(zeros, '0') + digits;
}

std::string name_of(NodeId node) { return digits_of(index(node), kNodeDigits); }

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
    connection_.open(options_.host, options_.port, {options_.user, options_.password});
    loop_.at(loop_.now() + kLinkPatience, [this, alive = std::weak_ptr(alive_), mine = closings_] {
      if (!alive.expired() && mine == closings_ && hello_) give_up(place() + ": no answer in time");
    });
  }

  void close() override {
    ++closings_;
    hello_ = loaded_ = false;
    waiting_.clear();
    connection_.close();
  }

  void set_route(std::uint32_t key, NodeId node, Done done) override {
    ask({"SET", entry(key), name_of(node) + ":0", "PX", lease_ms_}, std::move(done));
  }

  void delete_route(std::uint32_t key, Done done) override {
    ask({"DEL", entry(key)}, std::move(done));
  }

  void set_route_if_newer(std::uint32_t key, NodeId node, std::uint64_t epoch, Done done) override {
    const std::string new_epoch = std::to_string(epoch);
    ask({"EVAL", kSetIfNewerScript, "1", entry(key), name_of(node), new_epoch, lease_ms_},
        std::move(done));
  }

  void delete_route_if_mine(std::uint32_t key, NodeId node, Done done) override {
    ask({"EVAL", kDeleteIfMineScript, "1", entry(key), name_of(node)}, std::move(done));
  }

  void get_routes(std::vector<std::uint32_t> keys, Routes routes) override {
    ask_for({"MGET"}, keys, {}, std::move(routes));
  }

  // ---- under leases ----
  void hold_lease(NodeId node, std::uint64_t since, Done done) override {
    const std::string key = options_.prefix + "n" + digits_of(index(node), kKeyDigits - 1);
    const std::string value = fmt::format("{}:{}", name_of(node), since);
    const std::string_view words[] = {"SET", key, value, "PX", lease_ms_, "GET"};
    send(words, Lease{value, std::move(done)});
  }

  void set_held_route(std::uint32_t key, NodeId node, std::uint64_t epoch, Done done) override {
    ask({"EVAL", kSetIfNewerScript, "1", entry(key), name_of(node), std::to_string(epoch),
         kHeldEntryMs},
        std::move(done));
  }

  void get_held_routes(std::vector<std::uint32_t> keys, Routes routes) override {
    load_scripts();
    ask_for({"EVALSHA", std::string(kHeldScriptName), std::to_string(keys.size())}, keys, leases(),
            std::move(routes));
  }

  void add_member(std::uint32_t set, NodeId node, std::uint64_t epoch, Done done) override {
    load_scripts();
    ask({"EVALSHA", kAddMemberScriptName, "1", set_name(set), name_of(node), std::to_string(epoch),
         kHeldEntryMs},
        std::move(done));
  }

  void remove_member(std::uint32_t set, NodeId node, std::uint64_t epoch, Done done) override {
    load_scripts();
    ask({"EVALSHA", kRemoveMemberScriptName, "1", set_name(set), name_of(node),
         std::to_string(epoch)},
        std::move(done));
  }

  void get_members(std::uint32_t set, Routes members) override {
    load_scripts();
    const std::string name = set_name(set), prefix = leases();
    const std::string_view words[] = {"EVALSHA", kMembersScriptName, "1", name, prefix};
    send(words, Question{std::nullopt, std::move(members)});
  }

  void pause(bool yes) override { connection_.pause(yes); }

  Traffic traffic() const override { return connection_.traffic(); }

 private:
  struct Question {
    std::optional<std::size_t> keys;  // none: it is not known how many there will be
    Routes routes;
  };
  struct Lease {
    std::string value;
    Done done;
  };
  struct Loaded {};  // a script
  using Answer = std::variant<Done, Question, Lease, Loaded>;

  // Of one length, whoever it is about: bytes on the wire do not depend on numbers.
  std::string entry(std::uint32_t key) const {
    if ((key & kRoomKey) == 0) return options_.prefix + digits_of(key, kKeyDigits);
    return options_.prefix + "r" + digits_of(key & ~kRoomKey, kKeyDigits - 1);
  }

  std::string set_name(std::uint32_t set) const {
    return options_.prefix + "s" + digits_of(set & ~kRoomKey, kKeyDigits - 1);
  }
  std::string leases() const { return options_.prefix + "n"; }

  // `verb` before the keys, `last` behind them, if there is one.
  void ask_for(std::vector<std::string> verb, const std::vector<std::uint32_t>& keys,
               const std::string& last, Routes routes) {
    if (keys.empty()) {  // MGET of nothing is an error
      return later([routes = std::move(routes)] { routes(std::vector<NodeId>{}); });
    }
    for (const std::uint32_t key : keys) verb.push_back(entry(key));
    if (!last.empty()) verb.push_back(last);
    const std::vector<std::string_view> words(verb.begin(), verb.end());
    send(words, Question{keys.size(), std::move(routes)});
  }

  // Once on each connection, before the first of them is called by its name.
  void load_scripts() {
    if (std::exchange(loaded_, true)) return;
    for (const std::string_view script : kLeaseScripts) {
      const std::string_view words[] = {"SCRIPT", "LOAD", script};
      send(words, Loaded{});
    }
  }

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
    std::visit(Match{[](const Done& done) { done(std::nullopt); },
                     [](const Question& question) { question.routes(std::nullopt); },
                     [](const Lease& lease) { lease.done(std::nullopt); }, [](const Loaded&) {}},
               answer);
  }

  // A port that is open is no registry yet: it is asked for what it will be asked for later.
  void resp_up(RespConnection&) override {
    hello_ = true;
    const std::string key = options_.prefix + "hello!";
    ask({"SET", key, "0:0", "PX", "1000"}, [](std::optional<bool>) {});
    const std::array<std::string_view, 2> question{"MGET", key};
    send(question, Question{1, [this](const std::optional<std::vector<NodeId>>&) {
                              hello_ = false;
                              listener_.registry_up();
                            }});
  }

  std::string place() const { return "registry at " + connection_.place(); }

  void resp_refused(RespConnection&, const std::string& why) override {
    listener_.registry_refused(why);
  }

  void refuse_all(const std::string& why) {
    const std::uint64_t closings = closings_;
    listener_.registry_refused(why);
    if (closings == closings_) give_up(why);
  }

  void resp_reply(RespConnection&, const RespValue& value) override {
    if (waiting_.empty()) return refuse_all(place() + " says what nobody asked for: is it Redis?");
    if (value.is(Kind::error) && (hello_ || is_final(value))) {
      const std::string why = place() + " refuses: " + std::string(value.text);
      return is_final(value) ? refuse_all(why) : give_up(why);
    }
    if (!is_answer_to(waiting_.front(), value)) {
      return refuse_all(place() + " answers what is no answer: is it Redis?");
    }
    const Answer answer = std::move(waiting_.front());
    waiting_.pop_front();
    if (value.is(Kind::error)) return refuse(answer);
    std::visit(Match{[&](const Done& done) { done(value.is_ok() || value.integer > 0); },
                     [&](const Question& question) { question.routes(nodes_of(value)); },
                     [&](const Lease& lease) { lease.done(value.text == lease.value); },
                     [](const Loaded&) {}},
               answer);
  }

  static std::vector<NodeId> nodes_of(const RespValue& value) {
    std::vector<NodeId> nodes;
    nodes.reserve(value.items.size());
    for (const RespValue& item : value.items) nodes.push_back(node_of(item));
    return nodes;
  }

  static bool is_answer_to(const Answer& answer, const RespValue& value) {
    if (value.is(Kind::error)) return true;
    const auto text = [](const RespValue& item) {
      return item.is(Kind::bulk) || item.is(Kind::nil);
    };
    return std::visit(
        Match{[&](const Done&) {
                return value.is_ok() || value.is_pong() || value.is(Kind::integer);
              },
              [&](const Question& question) {
                return value.is(Kind::array) && std::ranges::all_of(value.items, text) &&
                       value.items.size() == question.keys.value_or(value.items.size());
              },
              [&](const Lease&) { return text(value); },
              [&](const Loaded&) { return value.is(Kind::bulk); }},
        answer);
  }

  void resp_down(RespConnection&, const std::string& why, bool) override { give_up(why); }

  void resp_ask(RespConnection&) override {
    ask({"PING"}, [](std::optional<bool>) {});
  }

  void give_up(const std::string& why) {
    connection_.close();
    if (std::exchange(hello_, false)) waiting_.clear();  // nobody but us waits for those
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
  bool loaded_ = false;         // the scripts, on this connection
  bool hello_ = false;          // it has not shown yet that it is a registry
  std::uint64_t closings_ = 0;  // tells whether a callback closed or opened it
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace

std::unique_ptr<RegistryLink> RegistryLink::make(Loop& loop, const Options& options,
                                                 Listener& listener) {
  return std::make_unique<RespRegistryLink>(loop, options, listener);
}

}  // namespace squall::live
