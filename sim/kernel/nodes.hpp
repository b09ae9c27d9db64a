// The nodes: loops, sessions, the strategy's backplane, and the fan-out to local clients.
//
// A node process has an epoch; whatever was in its CPU queue when it died shows up with an old
// epoch and is lost there. The sessions a node believes in are its own: a ghost stays until the
// node hears of its death.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "sim/books/attendance.hpp"
#include "sim/books/blame.hpp"
#include "sim/books/drain.hpp"
#include "sim/books/paths.hpp"
#include "sim/kernel/flight.hpp"
#include "sim/books/plan_directory.hpp"
#include "sim/kernel/door.hpp"
#include "sim/kernel/loop.hpp"
#include "sim/kernel/peer_beats.hpp"
#include "sim/kernel/seating.hpp"
#include "sim/kernel/topics.hpp"
#include "sim/kernel/world.hpp"

namespace squall {

class Nodes {
 public:
  explicit Nodes(World& world);
  void begin();  // boots all nodes, with their links in place

  bool up(NodeId node) const { return nodes_[index(node)].up; }
  bool host_lost(NodeId node) const { return nodes_[index(node)].host_lost; }
  bool accepting(NodeId node) const { return nodes_[index(node)].accepting; }
  std::uint32_t epoch(NodeId node) const { return nodes_[index(node)].epoch; }
  // Who took the node down, or paused it at some time since `since`; kStructural when nobody.
  TriggerId blame(NodeId node) const { return nodes_[index(node)].trigger; }
  TriggerId paused_by(NodeId node, Time since) const {
    return squall::paused_by(world_.plan, node, since, world_.now);
  }
  // What the process of this epoch, which is no more, died of; and so what was in its queues.
  const Death& death_of(NodeId node, std::uint32_t epoch) const {
    return nodes_[index(node)].deaths[epoch / 2];
  }
  bool reaches(EndpointId endpoint) const;
  bool covered(EndpointId endpoint, NodeId node, ConnectionId session) const;
  bool seated(ConnectionId id, RoomId room) const;
  // The node's open session of this endpoint, or kNoConnection.
  ConnectionId session(NodeId node, EndpointId endpoint) const;
  std::vector<ConnectionId> sessions(NodeId node) const { return nodes_[index(node)].sessions; }

  // ---- connections ----
  void handshake_arrives(NodeId node, ConnectionId id);
  void handshake_done(NodeId node, ConnectionId id, std::uint32_t epoch);
  void admitted(NodeId node, ConnectionId id, std::uint32_t epoch);
  void subscribe_arrives(NodeId node, ConnectionId id);
  void subscribe_done(NodeId node, ConnectionId id, std::uint32_t epoch);
  void end_at_node(NodeId node, ConnectionId id);
  // ---- heartbeats ----
  void ping_arrives(NodeId node, ConnectionId id);
  void ping_read(NodeId node, ConnectionId id);
  void session_check(NodeId node, ConnectionId id);
  void expect_silence(ConnectionId id);
  void join_arrives(NodeId node, ConnectionId id, RoomId room);
  void leave_arrives(NodeId node, ConnectionId id, RoomId room);
  // The node ends a session and says so.
  void close_session(ConnectionId id, CloseReason why, TriggerId trigger);
  void close_all(NodeId node, CloseReason why, TriggerId trigger);
  void aged(NodeId node, ConnectionId id);

  // ---- messages ----
  void read_frame(NodeId node, MessageId id, ConnectionId from);
  void frame_done(NodeId node, MessageId id, std::uint32_t epoch, ConnectionId from);
  void leaves(NodeId node, MessageId id, std::uint32_t epoch, NodeId to,
              TopicId topic = kGlobalTopic);
  // Charges the node's cluster loop; returns when the work is done.
  Time work(NodeId node, Duration cost, Bytes size);
  Time burst(NodeId node) const { return at(node).loops.front().burst(world_.now); }
  void begin_burst(NodeId node) { at(node).loops.front().begin_burst(world_.now); }
  // One step of the backplane, and what it wants done.
  void step(NodeId node, Input input);
  void step_if_up(NodeId node, Input input) {
    if (up(node)) step(node, std::move(input));
  }
  void timer(NodeId node, std::uint32_t number, std::uint32_t epoch);
  // Members of the room with a session on this node; whether a message to this address finds any.
  std::vector<EndpointId> here(NodeId node, RoomId room) const;
  bool anybody_at(NodeId node, Address address) const;

  // ---- processes ----
  void start(NodeId node);
  Time began(NodeId node) const { return nodes_[index(node)].began; }  // the process that runs
  // A process that is paused: what it should hear or do is kept until it wakes.
  bool stands_still(NodeId node) const {
    return pause_at(world_.plan, node, world_.now) != nullptr;
  }
  void do_later(const Event& event);
  void wakes(NodeId node);
  void keep_pace(NodeId node);  // a time in which it is slow begins or ends
  void renew(NodeId node, ConnectionId id);
  void crash(NodeId node, CloseReason why, TriggerId trigger);
  void drain(NodeId node, Duration over, TriggerId trigger);
  void drain_step(NodeId node, std::uint32_t number);
  void move_arrives(NodeId node, ConnectionId id);
  void undrain(NodeId node);

  // Sessions and backlogs as they stand when measure ends.
  void end_measure(RunRecord& record);
  // The run is over: histories let go. Gives back how many copies strategies still hold.
  std::uint64_t give_back();
  void finish(RunRecord& record);

 private:
  using Seat = Seating::Seat;
  // Connections that the kernel has accepted and the loop has not taken up. It takes one a turn, so
  // the rest of its work waits for one handshake, not for all of them.
  struct AcceptQueue {
    std::deque<ConnectionId> waiting;
    bool taking = false;  // the loop has one
  };
  struct Node final : LocalSessions {
    explicit Node(const NodeConfig& config) : door(config) {}
    bool has(EndpointId endpoint) const override;
    std::vector<RoomId> rooms() const override;
    std::vector<EndpointId> here(RoomId room) const override { return all->here(id, room); }
    std::vector<RoomId> rooms_of(EndpointId endpoint) const override;
    const Nodes* all = nullptr;
    NodeId id = kNoNode;
    bool up = false, accepting = false, host_lost = false;
    double slow = 1;  // all it does takes so many times as long
    Door door;
    std::set<ConnectionId> asking;  // the database, and not answered yet
    std::uint32_t epoch = 0;
    Time began{kBeforeAll};           // the process that runs
    std::vector<Event> heard, due;    // while it stands still: on sockets, and by its clock
    TriggerId trigger = kStructural;  // of the last thing that was done to it
    std::vector<Death> deaths;        // of its processes; their epochs are 1, 3, 5, ...
    std::unique_ptr<Backplane> backplane;
    std::vector<Loop> loops;
    std::vector<AcceptQueue> accept_queues;  // by loop
    Seating seats;
    std::vector<ConnectionId> sessions;
    Drain draining;
    NodeRow row;
    Attendance attendance;
  };
  struct Batch;  // a fan-out in progress
  struct Turn {  // of a loop, in a fan-out
    Time start, at;
    std::uint32_t count = 0;  // pushes so far
  };
  struct alignas(Crew::kApart) Part {  // of a fan-out: what one thread does
    std::vector<Turn> turns;           // by loop
    std::vector<Seat> failed;
    std::uint32_t tried = 0;  // so far, those of earlier parts included
  };

  Node& at(NodeId node) { return nodes_[index(node)]; }
  const Node& at(NodeId node) const { return nodes_[index(node)]; }
  Duration cost(const Node& node, Duration base, Bytes size) const;
  static Duration paced(const Node& node, Duration work) {
    if (node.slow == 1) return work;
    return Duration{static_cast<std::int64_t>(static_cast<double>(work.count()) * node.slow)};
  }
  void waste(Node& node, Duration work);  // that was done by now
  Loop& loop_of(ConnectionId id) {
    const Pipe& pipe = world_.pipe(id);
    return at(pipe.node).loops[pipe.loop];
  }
  static std::uint16_t loop_for(const Node& node, ConnectionId id) {
    return static_cast<std::uint16_t>(static_cast<std::uint32_t>(id) %
                                      static_cast<std::uint32_t>(node.loops.size()));
  }
  void take_next(Node& node, AcceptQueue& queue);
  void take_up(ConnectionId id);
  void turn_away(NodeId node, ConnectionId id);
  void release(NodeId node, ConnectionId id);
  void refuse_waiting(Node& node);
  bool node_renews() const;
  Bytes rooms_in_note(ConnectionId id) const;
  std::vector<RoomId> open_session(Node& node, ConnectionId id);
  void welcome(NodeId node, ConnectionId id, const Resumption& resumption = {});
  void welcome_to_room(NodeId node, ConnectionId id, RoomId room);
  void admit(NodeId node, const Admit& guest);
  void send_away(NodeId node, const SendAway& whom);
  void ask_broker(NodeId node, Topic topic, bool yes);
  bool hears_all(NodeId node, ConnectionId id) const;
  void tell_draining(NodeId node, bool yes);
  std::vector<RoomId> remove_session(Node& node, ConnectionId id);
  void count_sessions(Node& node);
  std::vector<RoomId> shut(ConnectionId id, CloseReason why, TriggerId trigger);
  void tell_closed(NodeId node, EndpointId endpoint, std::span<const RoomId> vacated);
  void say_goodbye(ConnectionId id);
  void ask_to_move(ConnectionId id);
  void count_goodbye(NodeId node);
  Time patience_ends(ConnectionId id) const;
  void check_silence(ConnectionId id);
  void expect_its_end(ConnectionId id);
  void perform(NodeId node, const Actions& actions, TriggerId trigger);
  void perform_one(NodeId node, const Action& action, TriggerId trigger);
  void drop_for_one(NodeId node, const Drop& drop);
  void forward(NodeId node, const Forward& forward);
  void give_back(NodeId node, const Return& back);
  void count_lookup(NodeId to, const Message& message);
  void fan_out(Node& node, const Push& push);
  void replay(Node& node, const Replay& replay);
  void push_to(Node& node, const Message& message, std::span<const Seat> seats,
               std::uint32_t sender_rank, PushSource source,
               const std::optional<LogPlace>& place);
  std::span<const Seat> seats_of(const Node& node, const Push& push);
  void push_part(const Batch& batch, Part& part, std::size_t begin, std::size_t end);
  void push_one(const Batch& batch, Part& part, const Seat& seat);
  bool blocks() const;
  Time unblocked(ConnectionId connection, Time at, Duration wait);
  Duration until_it_fits(const Batch& batch, const Line& line, Duration busy) const;
  void end_batch(const Batch& batch, std::span<const Part> parts);
  void share_segments(const Batch& batch);
  void acknowledge(MessageId id, ConnectionId sender);
  void handshake_bytes(ConnectionId id);

  World& world_;
  PlanDirectory directory_;
  std::vector<Node> nodes_;
  std::vector<ConnectionId> first_session_;  // by endpoint
  std::vector<Part> parts_;                  // scratch of fan_out(), as the next
  std::vector<Seat> chosen_;
  std::map<ConnectionId, Flight> flights_;  // of bursts
  std::map<ConnectionId, Time> gives_up_;   // when a client that blocks a loop has left
  PeerBeats beats_;
  Database database_;
  std::uint64_t opened_ = 0, shut_ = 0;  // sessions
  Count lookups_, stale_, missing_;
  Duration receiving_{0};  // what it cost to take up the input of the step that is under way
};

}  // namespace squall
