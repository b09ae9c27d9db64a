// After a live run: merges what the loops wrote down, and tells oracle and ledger.
//
// Two passes. The index compares both sides of every hop: what was written and never read, what
// was published and not heard. The replay goes through all facts in order of time, as the
// virtual-time engine would have told them; a copy that was lost between two sockets gets its
// cause from what happened to either end next. What cannot be explained stays unattributed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "sim/books/attendance.hpp"
#include "sim/books/blame.hpp"
#include "sim/books/paths.hpp"
#include "sim/books/spells.hpp"
#include "sim/live/books/facts.hpp"
#include "sim/live/cluster.hpp"
#include "sim/live/speech/envelope.hpp"
#include "sim/record/byte_book.hpp"
#include "sim/record/ledger.hpp"
#include "sim/record/oracle.hpp"

namespace squall::live {

// A frame to a client, seen from both ends. kNever: it did not come to that.
struct PushFact {
  std::uint32_t message, connection;
  std::int64_t flushed, read;
  Mechanism failed;              // unattributed: it was queued, and nothing dropped it there
  TriggerId blamed = kOverload;  // for that
};

// A fact, and the pushes that belong to it if it is a fan-out.
struct IndexedFact {
  Fact fact;
  std::uint32_t first_push = 0, pushes = 0;
};

struct FactIndex {
  std::vector<IndexedFact> facts;  // in order of time
  std::vector<PushFact> pushes;
  std::vector<std::uint64_t> arrived;       // index_key() with the connection; sorted
  std::vector<std::uint64_t> peer_reads;    // peer_hop(); sorted
  std::vector<std::uint64_t> broker_reads;  // index_key() with the node; sorted
  std::vector<std::uint32_t> publishes;     // messages, once for each time; sorted
  std::vector<std::uint64_t> forwards;      // peer_hop(), once for each time; sorted
};
// A message and where it was, as one number: by message, then by place.
inline std::uint64_t index_key(std::uint32_t message, std::uint32_t place) {
  return std::uint64_t{message} << 32 | place;
}
// One copy's way from a node to another, the same from both ends.
std::uint64_t peer_hop(const Fact& fact, NodeId from, NodeId to);
bool was_heard(const FactIndex& index, std::uint32_t message);  // by any node, from the broker
FactIndex make_index(std::span<const Facts* const> logs);

class Books {
 public:
  explicit Books(const Cluster& cluster);

  // Reads all facts until `end`, closes the books, and fills everything but bytes and engine facts.
  void replay(const FactIndex& index, Time end);
  RunRecord finish(Time end);

 private:
  struct NodeState {
    bool up = true, subscribed = true;               // subscribed: and the broker knows of it
    TriggerId trigger{0};                            // of the last thing that was done to it
    TriggerId link_trigger{0};                       // of what took its broker link away
    std::vector<Death> deaths;                       // of its processes
    std::vector<Time> starts;                        // of those that followed
    std::vector<std::pair<Time, Death>> link_ends;   // when its subscription ended, and why
    std::vector<std::pair<Time, Death>> speak_ends;  // the same of what it publishes on
    std::vector<std::pair<Time, NodeId>> peer_ends;  // of the links that it dialled
    std::vector<Time> leases;                        // when it was written that it holds one
    std::set<Topic> topics;                          // that it hears, beside the global one
    std::vector<std::pair<Time, Topic>> left;        // that it wanted no longer
    std::vector<ConnectionId> sessions;
    NodeRow row;
    Attendance attendance;

    bool hears(Topic topic) const {
      return subscribed && (topic == Topic::global() || topics.contains(topic));
    }
  };
  struct Lost {  // a copy that left one end and did not reach the other
    std::uint32_t message;
    Time at;
    enum class Where : std::uint8_t { uplink, peer, broker } where;
    ConnectionId connection = kNoConnection;
    NodeId from = kNoNode, to = kNoNode;
    Topic topic = {};
    bool returned = false;  // it concerns nobody who is where it was going
    // Broker, written into a cut: no copy was for the node, not subscribed because of this.
    std::optional<TriggerId> unsubscribed = {};
  };

  void happen(const Happening& what);
  void tell(const IndexedFact& fact);
  void tell_connection(const Fact& fact, Time at);
  void tell_cluster(const Fact& fact, Time at);
  void tell_message(const IndexedFact& indexed, Time at);

  // Connections.
  ConnectionId known(std::uint32_t live) const { return connections_[live]; }
  void opened(ConnectionId id, NodeId node, Time at);
  void closed(ConnectionId id, Time at, CloseReason why, TriggerId trigger);
  void dead(ConnectionId id, Time at, CloseReason why, TriggerId trigger);
  void crashed(NodeId node, Time at, CloseReason why, TriggerId trigger);
  // Links of the cluster (books_links.cpp).
  void broker_link(NodeId node, Time at, std::uint8_t how);
  void speaking(NodeId node, Time at, bool yes);
  void forget_behind_partitions(Time now);
  Death end_of_link(NodeId node, Time at, Mechanism by_itself) const;
  Death end_of_published(const Lost& lost) const;
  void end_forwarded(const Lost& lost);
  void count_sessions(NodeState& node, Time at);
  std::uint64_t born_for(EndpointId endpoint, Time after, Time until) const;
  void update_reach(EndpointId endpoint, Time at);
  bool reaches(EndpointId endpoint) const;
  bool hears_all(NodeId node, EndpointId endpoint) const;
  void topic(NodeId node, Topic topic, bool yes, Time at);
  bool covered(EndpointId endpoint, NodeId node) const;

  // Messages.
  void book(Link link, const Message& message, Bytes envelope, Bytes framing, Time at, NodeId node);
  void written(const Fact& fact, Time at);
  void forwarded(const Fact& fact, Time at);
  void published(const Fact& fact, Time at);
  void fan_out(const IndexedFact& indexed, Time at);
  void dropped(const Fact& fact, Time at);
  void resolve(const Lost& lost);

  // Who is to blame.
  const LiveOutage* outage_at(std::string_view what, Time at) const;
  void close_log(Time end);
  const Partition* partition_between(NodeId a, NodeId b, Time from) const;
  const Death* death_after(NodeId node, Time at) const;  // or the one that it is dead of at `at`
  TriggerId paused(NodeId node, Time from, Time to) const {
    return paused_by(plan_, node, from, to);
  }
  TriggerId slept_on_route(const Message& message, Time at) const;
  Death death_of_drop(const Fact& fact, Time at) const;

  const Cluster& cluster_;
  const Plan& plan_;
  const Window window_;     // less than planned when the run was stopped
  const Duration measure_;  // its length
  Oracle oracle_;
  ByteBook bytes_;
  Ledger ledger_;
  const FactIndex* index_ = nullptr;
  std::vector<ConnectionId> connections_;  // by live number
  std::vector<Time> attempted_;            // the same
  std::uint64_t awaited_ = 0;              // pairs born while the first welcome was under way
  std::vector<NodeState> nodes_;
  const std::vector<BlamedSpell> spells_;            // of nodes, by the script
  std::vector<std::vector<ConnectionId>> sessions_;  // open ones, by endpoint
  std::vector<NodeId> routes_;                       // registry entries, by endpoint
  std::vector<std::pair<MessageId, Time>> in_log_;   // of the broker, since
  std::map<std::uint32_t, std::size_t> published_;   // those that are published again, so often
  std::vector<Lost> lost_;
  ConnectedSeconds connected_;
  Time end_{0};
  std::size_t outages_told_ = 0;
  std::uint64_t ready_ = 0, facts_ = 0;
  std::uint64_t attempts_ = 0, established_ = 0, refused_ = 0, timed_out_ = 0, abandoned_ = 0;
  Count lookups_, stale_, missing_, attempts_in_measure_;
  std::vector<Violation> violations_;
  std::vector<std::string> remarks_;  // for the reader
  bool stock_taken_ = false;
  std::map<std::uint64_t, std::size_t> hops_;  // peer_hop(): those that are made again, so often
};

}  // namespace squall::live
