// A node of the cluster on real sockets: sessions, the strategy's backplane, links to the others.
//
// One object per node for the whole run; a process of it lives from start() to crash(). All
// functions belong to the thread of its loop. What a node believes is its own: nothing here knows
// the truth, that is found out afterwards from the facts.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "scenarios/model/cost_profile.hpp"
#include "sim/books/drain.hpp"
#include "sim/books/paths.hpp"
#include "sim/books/plan_directory.hpp"
#include "sim/live/cluster.hpp"
#include "sim/live/envelope.hpp"
#include "sim/live/links/broker_link.hpp"
#include "sim/live/links/registry_link.hpp"
#include "sim/live/net/channel.hpp"
#include "sim/live/net/farewells.hpp"
#include "sim/live/net/framing.hpp"
#include "sim/live/peer_links.hpp"
#include "sim/live/work_queue.hpp"
#include "strategies/core/strategy.hpp"

namespace squall::live {

class Node final : public LocalSessions,
                   private BrokerLink::Listener,
                   private RegistryLink::Listener,
                   private PeerLinks::Listener {
 public:
  Node(Cluster& cluster, NodeId id);
  ~Node() override;

  // Opens the port, before anything starts; false and a reason when that fails.
  bool listen(std::string& error);
  void start();         // a process: backplane and links
  bool linked() const;  // all links of this process are up
  void crash(CloseReason why, TriggerId trigger);
  void drain(Duration over, TriggerId trigger);
  void undrain();
  void pause(bool yes);
  void partition(NodeId peer, bool cut) { peers_.partition(peer, cut); }
  void finish();  // the run is over: every socket is closed

  bool has(EndpointId endpoint) const override { return by_endpoint_[index(endpoint)] != nullptr; }
  std::vector<RoomId> rooms() const override;
  std::vector<EndpointId> here(RoomId room) const override;
  std::vector<RoomId> rooms_of(EndpointId endpoint) const override;

  struct LinkTraffic {
    Traffic clients, peers, broker, registry;
    Traffic opening;  // of clients: handshakes, those that failed too
    std::int64_t openings = 0;
  };
  LinkTraffic traffic() const;  // of clients: of closed sessions; the open ones have channels
  std::vector<std::shared_ptr<Channel>> client_channels() const;
  const std::string& last_error() const { return last_error_; }
  const DilatedWork& dilated() const { return work_.dilated(); }

 private:
  struct Session;
  struct Seat {
    Session* session;
    std::uint32_t rank;
  };

  // ---- sessions (node_sessions.cpp) ----
  void accepted(int descriptor);
  void give_up(std::uint64_t attempt);
  void upgraded(std::uint64_t attempt, Upgrade upgrade);
  void accept_peer(const Upgrade& upgrade);
  void welcome_guest(const Upgrade& upgrade);
  std::size_t most_opening() const;  // connections that have not said yet who they are
  void heard(Session& session, Opcode opcode, std::span<const std::byte> payload);
  bool may_say(const Session& session, const Envelope& envelope) const;
  void refuse(Session& session);  // a stranger, or one who says what ours never would
  void count_opening(const Upgrade& upgrade);
  void subscribe(Session& session, const Envelope& wanted);
  bool join(Session& session, RoomId room);   // whether it is the first one in
  bool leave(Session& session, RoomId room);  // whether nobody is left
  void asked_to_join(Session& session, RoomId room);
  void session_gone(Session& session);  // the client went, or the socket ended
  void close_session(Session& session, CloseReason why, TriggerId trigger);
  void take_leave(Session& session);
  void remove(Session& session, bool abruptly);
  Traffic heard_while_lost() const;
  void check_silence(ConnectionId connection, Time due);
  void tell_draining(bool yes);
  void drain_step(std::uint32_t number);
  void ask_to_move(Session& session);
  Session* session_of(ConnectionId connection) const;

  // ---- messages (node_messages.cpp) ----
  // Calls `then` at once; where work is dilated, behind what is being worked on, and later.
  template <typename Then>
  void after_work(Duration CostProfile::*base, Bytes size, Then then) {
    if (!cluster_.options.dilate) return then();
    work_.add(costs_.*base + costs_.per_kib * size / 1024, std::move(then));
  }
  void client_message(ConnectionId connection, const Message& message);
  void acknowledge(ConnectionId connection, MessageId message);
  void publish(const Publish& what);
  // ---- the broker's log (node_log.cpp) ----
  struct FromBroker {
    NodeId from;
    Message message;
    std::optional<LogPlace> place;
  };
  void fetch(const Fetch& question);
  void nobody_answers();
  std::optional<FromBroker> from_broker(std::span<const std::byte> payload);
  void take_from_broker(const FromBroker& said);
  // ---- topics, and who has been told that he is in (node_topics.cpp) ----
  std::string text_of(Topic topic) const;
  void ask_broker(Topic topic, bool yes);
  void link_subscribed(std::string_view text, bool yes) override;
  void subscribed(Topic topic, bool yes);
  void tell_topics();
  void admit(const Admit& guest);
  void send_away(const SendAway& whom);
  void welcome(Session& session, const Resumption& resumption = {});
  void welcome_to_room(Session& session, RoomId room);
  void tell_closed(EndpointId endpoint);

  void step(Input input);
  void perform(const Actions& actions);
  void perform_one(const Action& action);
  void fan_out(const Push& push);
  void replay(const Replay& again);
  void push_to(std::span<Session* const> recipients, const Message& message, bool replayed,
               const std::optional<LogPlace>& place);
  void send_to_peer(NodeId to, const Message& message, PeerNote note);
  void push(Session& session, const FramePtr& frame, const Message& message);
  void call_registry(const RegistryCall& call);
  void write_registry(const RegistryCall& call);
  void drop(const Message& message, Mechanism mechanism, NodeId concerned);
  void note_at(Time when, FactKind kind, const Message& message, std::uint32_t what,
               std::uint8_t detail = 0);

  void link_up() override;
  void link_down(const std::string& why, bool slow) override;
  void link_mute(const std::string& why) override;
  void link_message(std::span<const std::byte> payload) override;
  void link_fetched(const LogAnswer& answer) override;
  void link_refused(const std::string& why) override { trouble("broker", why); }
  void registry_refused(const std::string& why) override { trouble("registry", why); }
  void trouble(const std::string& what, const std::string& why);
  void registry_up() override;
  void registry_down(const std::string& why) override;
  void peer_message(PeerEnvelope envelope) override;
  void take_from_peer(const PeerEnvelope& envelope);
  void peer_state(NodeId peer, bool up) override;
  // After one wait, from the moment on at which the server can be reached.
  Time reconnects_at(Place::Kind server, std::uint64_t& waits);
  void connect_again();
  void open_registry_again();
  void speaking(bool yes);
  void renew(ConnectionId connection);
  void wake();

  // Runs `then` later, if this process still lives.
  void later(Time when, std::function<void()> then);
  void note(FactKind kind, std::uint32_t a, std::uint32_t b = 0, std::uint8_t detail = 0,
            TriggerId trigger = TriggerId{0}) {
    cluster_.note(loop_, kind, a, b, id_, detail, trigger);
  }

  Cluster& cluster_;
  RunLoop& loop_;
  NodeId id_;
  PlanDirectory directory_;
  PeerLinks peers_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<Backplane> backplane_;
  std::unique_ptr<BrokerLink> broker_;
  std::unique_ptr<RegistryLink> registry_;
  std::uint32_t epoch_ = 0;  // odd while a process lives
  bool accepting_ = false, paused_ = false, silent_ = false;
  bool subscribed_ = false, speaking_ = false, registry_up_ = false;
  bool connects_again_ = false;
  std::vector<std::function<void()>> due_;  // while it was paused
  const CostProfile costs_;                 // of dilated work
  WorkQueue work_;
  TriggerId trigger_{0};
  std::string last_error_;

  std::uint64_t attempts_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Handshake>> handshakes_;
  std::vector<int> unanswered_;  // accepted while paused, or by a host that is lost
  std::vector<std::unique_ptr<Session>> sessions_;
  std::deque<Session*> guests_;  // those of strangers, the oldest first
  std::vector<Session*> by_endpoint_;
  std::map<ConnectionId, Session*> by_connection_;
  std::vector<std::vector<Seat>> rooms_;
  struct Held {
    std::shared_ptr<Channel> channel;
    Traffic before;  // counted until then
  };
  std::vector<Held> held_;  // of a host that is lost
  Farewells farewells_;

  bool by_topic_ = false;  // the broker knows topics, and the link hears what it asks for
  std::map<std::string, Topic, std::less<>> topics_;  // that were asked for, by their text
  std::vector<Topic> early_;                          // heard before the whole link was up
  std::vector<RoomId> vacated_;                       // by the session that is being removed
  std::deque<Publish> waiting_;                       // for the broker to come back
  std::set<std::uint32_t> questions_;                 // to the broker's log, and not answered
  Bytes waiting_bytes_ = 0;
  Drain draining_;
  std::uint64_t broker_waits_ = 0, registry_waits_ = 0;  // drawn so far
  Sampler reconnect_;
  Traffic closed_clients_, closed_broker_, closed_registry_, opening_;
  std::int64_t openings_ = 0;
};

}  // namespace squall::live
