// The inside of the embedded broker, on its own loop: sessions, subscriptions, waiting readers.
//
// A BrokerSession is one connection: it turns bytes into commands (embedded_broker_commands.cpp)
// and collects replies. The BrokerServer is what they share. What is published while one read is
// worked off is collected per topic, and all subscribers get the same frame at the end of it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/net/channel.hpp"
#include "sim/live/net/loop.hpp"
#include "sim/live/resp/embedded_broker.hpp"
#include "sim/live/resp/embedded_broker_logs.hpp"
#include "sim/live/resp/embedded_broker_store.hpp"
#include "sim/live/resp/resp_reader.hpp"

namespace squall::live {

class BrokerServer;

// Sharded topics are a world of their own, as in Redis.
enum class TopicKind : std::uint8_t { plain, sharded };

// What a blocked XREAD waits for.
struct StreamWait {
  std::string key;
  StreamId after;
  std::size_t most = 0;
  std::uint64_t number = 0;  // tells this wait from a later one of the same session
};

class BrokerSession final : private Channel::Owner {
 public:
  BrokerSession(BrokerServer& server, Loop& loop, int descriptor, std::uint64_t id);

  std::uint64_t id() const { return id_; }
  std::string& reply() { return reply_; }  // append to it; goes out when the read is worked off
  void quit() { quitting_ = true; }        // after the replies so far
  std::set<std::string, std::less<>>& topics(TopicKind kind) {
    return topics_[static_cast<std::size_t>(kind)];
  }
  bool known() const { return known_; }  // has said the password, if there is one
  void let_in() { known_ = true; }
  std::size_t subscriptions() const { return topics_[0].size() + topics_[1].size(); }

  // False: over the limits of its output buffer; it has to be cut.
  bool push(const FramePtr& frame);
  bool within_limits();
  void reset() { channel_.reset(); }
  Traffic traffic() const { return channel_.traffic(); }

  // Commands that arrive while the session waits are worked off after it.
  std::optional<StreamWait>& wait() { return wait_; }
  void end_wait(const FramePtr& answer);

 private:
  std::size_t on_bytes(std::span<const std::byte> bytes) override;
  void on_end(Channel::End end) override;
  std::size_t work(std::span<const std::byte> bytes);
  void finish_read();

  BrokerServer& server_;
  Channel channel_;
  std::uint64_t id_;
  RespReader reader_;
  std::string reply_;
  std::array<std::set<std::string, std::less<>>, 2> topics_;
  std::optional<Time> over_soft_since_;
  std::optional<StreamWait> wait_;
  bool quitting_ = false;
  bool known_;
  bool reading_ = false, again_ = false;  // a wait ended while its own read was worked off
};

class BrokerServer {
 public:
  BrokerServer(Loop& loop, const EmbeddedBrokerOptions& options) : loop_(loop), options_(options) {
    store_.remember(options.replica_lag);
  }

  Loop& loop() { return loop_; }
  EmbeddedBrokerOptions& options() { return options_; }
  BrokerStore& store() { return store_; }
  BrokerLogs& logs() { return logs_; }
  void accept(int descriptor);
  void reset_all();  // the process dies: connections, topics, keys, streams, counts

  // ---- for sessions ----
  void run(BrokerSession& session, std::span<const RespValue> words);  // one command
  void end_read();                         // hands out what was published and added to streams
  void retire(BrokerSession& session);     // it has ended; goes away when nobody stands in it
  void turn_away(BrokerSession& session);  // a stranger
  std::uint64_t strangers() const { return strangers_; }

  // ---- for commands ----
  bool subscribe(BrokerSession& session, TopicKind kind, std::string_view topic);
  bool unsubscribe(BrokerSession& session, TopicKind kind, std::string_view topic);
  std::size_t publish(TopicKind kind, std::string_view topic, std::string_view payload);
  void stream_grew(std::string_view key) { grown_.insert(std::string(key)); }
  void wait_for_stream(BrokerSession& session, StreamWait wait, Time deadline);
  std::size_t sessions() const { return sessions_.size(); }
  std::size_t waiting() const { return waiting_.size(); }
  Traffic traffic() const;  // of all connections, living and gone

 private:
  struct Topic {
    std::vector<BrokerSession*> subscribers;
    std::string batch;     // encoded messages that wait for the end of the read
    std::size_t turn = 0;  // of a shared group: who is next
  };
  using Topics = std::map<std::string, Topic, std::less<>>;

  void turn_away_unknown(std::uint64_t id);
  void hand_out(Topic& topic);
  void hand_out_all();
  void hand_to_one(Topic& topic, std::string message);
  void serve_waiting();
  void check_soft_limit(std::uint64_t session_id);
  void end_wait_at(std::uint64_t session_id, std::uint64_t wait_number);
  friend class BrokerSession;

  Loop& loop_;
  EmbeddedBrokerOptions options_;
  BrokerStore store_;
  BrokerLogs logs_;
  std::map<std::uint64_t, std::unique_ptr<BrokerSession>> sessions_;
  std::uint64_t sessions_made_ = 0, waits_made_ = 0, strangers_ = 0;
  std::deque<std::uint64_t> unknown_;  // sessions that have not said the password; some are gone
  std::array<Topics, 2> topics_;
  std::vector<Topic*> batched_;
  std::vector<BrokerSession*> waiting_;  // longest first
  std::set<std::string, std::less<>> grown_;
  Traffic gone_;
};

}  // namespace squall::live
