// The plan: everything that happens to the system from outside, for one seed, decided before an
// engine starts. Both engines and all strategies face the same plan, so comparisons are paired.
//
// A plan of millions of clients is not a stored list: lives and traffic are functions of
// (seed, purpose, entity, index) that an engine asks in time order. Only who is in which room and
// the script are laid out.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "scenarios/model/distribution.hpp"
#include "scenarios/model/flat_script.hpp"
#include "scenarios/model/scenario.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/message.hpp"
#include "strategies/core/rng.hpp"
#include "strategies/core/types.hpp"

namespace squall {

// ---- Who is to blame ---------------------------------------------------------------------------

// Of a population; people.size() stands for the individuals.
TriggerId churn_trigger(const Scenario& scenario, std::size_t population);
TriggerId fault_trigger(const Scenario& scenario, std::size_t span);
// Something that no script asked for and no queue brought about: a server that squall had started
// was killed from outside. Only a live engine meets with it.
TriggerId accident_trigger(const Scenario& scenario);

// The time that a labelled fault of the script covers. Index == bit in SpanMask.
struct FaultSpan {
  std::string label;
  TriggerId trigger;
  Time begin, end;                  // [begin, end)
  std::uint32_t per_day_micro = 0;  // how often it happens; 0: unsaid
};
std::vector<FaultSpan> fault_spans(const Scenario& scenario);
// How many nodes the script leaves running before this step: by `scale` alone.
std::uint16_t running_before(const Scenario& scenario, std::size_t step);

// ---- Traffic -----------------------------------------------------------------------------------

struct Send {
  Time at;  // t_intend
  std::uint16_t traffic;
  EndpointId sender;
  Address to;
  Bytes size;
};

struct Membership {
  RoomId room;
  std::uint32_t rank;  // position in Plan::members(room)
};

// Thrown by the constructor of a plan that was told to stop; a large one takes a while.
struct PlanStopped {};

class Plan {
 public:
  // The scenario must outlive the plan. `stop`, when given, is looked at while the plan is made.
  Plan(const Scenario& scenario, std::uint64_t seed, const std::atomic<bool>* stop = nullptr);

  const Scenario& scenario() const { return scenario_; }
  std::uint64_t seed() const { return seed_; }

  // Endpoints: the populations in order, then the individuals.
  std::uint32_t endpoints() const { return endpoints_; }
  std::size_t population(EndpointId endpoint) const;  // people.size() for an individual
  bool individual(EndpointId endpoint) const { return index(endpoint) >= individuals_from_; }
  const ScriptedClient& individual_config(EndpointId endpoint) const;
  EndpointId individual_named(const std::string& name) const;  // must exist
  std::int64_t downlink(EndpointId endpoint) const;            // bit/s
  TriggerId churn(EndpointId endpoint) const;
  // What this client does: as it or its population says, or as the scenario does of all.
  const ClientConfig& client(EndpointId endpoint) const {
    return own_clients_.empty() ? scenario_.client : own_client(endpoint);
  }
  // Silence after which a connection of this client is given up, by either end.
  Duration patience(EndpointId endpoint) const {
    return client(endpoint).heartbeat_every + client(endpoint).heartbeat_timeout;
  }
  // The node that it connects to, past the balancer.
  std::optional<NodeId> straight_to(EndpointId endpoint) const;

  // Rooms: the room sets in order, then rooms that only individuals name.
  std::uint32_t rooms() const { return static_cast<std::uint32_t>(members_.size()); }
  std::span<const EndpointId> members(RoomId room) const { return members_[index(room)]; }
  std::span<const Membership> memberships(EndpointId endpoint) const;
  RoomId room_named(const std::string& name) const;  // must exist
  std::string room_name(RoomId room) const;
  // The value of the request parameter that a hashing balancer looks at: the client's first room.
  // An individual's is the one it names first: the numbers of rooms depend on who is in the file.
  std::string placement_key(EndpointId endpoint) const;
  // Whether an individual is in the room before any join or leave of the script.
  bool initially_joined(EndpointId endpoint, RoomId room) const;

  // Lives of population endpoints; n counts from zero.
  Time first_login(EndpointId endpoint) const;
  Duration stay(EndpointId endpoint, std::uint32_t n) const;  // max() when it never leaves
  Duration away(EndpointId endpoint, std::uint32_t n) const;
  Duration until_drop(EndpointId endpoint, std::uint32_t n) const;  // between drops, absolute time
  bool drop_is_silent(EndpointId endpoint, std::uint32_t n) const;

  std::span<const Stimulus> stimuli() const { return script_.stimuli; }  // ascending by time
  std::span<const Partition> partitions() const { return script_.partitions; }
  std::span<const Pause> pauses(NodeId node) const { return script_.pauses[index(node)]; }
  // Its process is killed, which no plan foresaw: the pause ends with it.
  friend void end_pause(Plan& plan, NodeId node, Time now) {
    for (Pause& pause : plan.script_.pauses[index(node)]) {
      if (pause.range.contains(now)) pause.range.end = now;
    }
  }
  std::span<const Slowness> slow_times(NodeId node) const {
    return script_.slow_times[index(node)];
  }

 private:
  friend class TrafficSource;
  struct Lives {
    Sampler arrive, stay, away, drop;
  };

  void lay_out_endpoints();
  void lay_out_rooms();
  void fill_room_set(std::size_t set, std::uint32_t first_room);
  std::vector<EndpointId> everybody_in(const RoomSet& set) const;  // of the populations
  void fill_by_sizes(const RoomSet& set, std::size_t salt, std::uint32_t first_room);
  void join_individuals();
  void join(EndpointId endpoint, const std::string& room);
  void look_at_the_flag() const {
    if (stop_ != nullptr && stop_->load(std::memory_order_relaxed)) throw PlanStopped{};
  }
  void index_memberships();
  const ClientConfig& own_client(EndpointId endpoint) const;
  const Lives& lives(EndpointId endpoint) const { return lives_[population(endpoint)]; }

  const Scenario& scenario_;
  std::uint64_t seed_;
  const std::atomic<bool>* stop_;
  std::uint32_t endpoints_ = 0;
  std::uint32_t individuals_from_ = 0;
  std::vector<std::uint32_t> population_from_;  // first endpoint of each population
  std::vector<Lives> lives_;
  // By population, then by individual; empty: all clients do the same.
  std::vector<ClientConfig> own_clients_;
  bool anybody_goes_straight_ = false;
  std::vector<std::uint32_t> room_set_from_;  // first room of each set, then one past the last
  std::vector<std::string> extra_rooms_;      // named by individuals only
  std::map<std::string, RoomId> extra_room_named_;
  std::map<std::string, EndpointId> individual_named_;
  std::set<std::pair<EndpointId, RoomId>> individuals_rooms_;  // from the first connect
  std::set<std::pair<EndpointId, RoomId>> seated_;             // those, and rooms of a join
  std::vector<std::vector<EndpointId>> members_;
  std::vector<std::uint32_t> membership_from_;  // endpoints + 1 offsets into memberships_
  std::vector<Membership> memberships_;
  FlatScript script_;
};

// One traffic class as a time-ordered generator. The engine tells who is online by intent, which
// is itself planned: the sequence is the same for every strategy and engine.
class TrafficSource {
 public:
  TrafficSource(const Plan& plan, std::uint16_t traffic);
  // The message due at upcoming(); empty when nobody was online to say or hear it. Ask in time
  // order, and only while upcoming() is before the end of measure.
  // `online`: one byte per endpoint, non-zero while its user intends to be online.
  std::optional<Send> next(std::span<const std::uint8_t> online);
  Time upcoming() const { return upcoming_; }

 private:
  void advance();
  std::optional<EndpointId> pick_sender(std::span<const std::uint8_t> online, RoomId& room) const;
  std::optional<Address> pick_target(EndpointId sender, RoomId room,
                                     std::span<const std::uint8_t> online) const;

  const Plan& plan_;
  const Traffic& traffic_;
  std::uint16_t number_;
  std::uint64_t count_ = 0;
  Time upcoming_;
  Sampler gap_, size_;
  std::vector<RateChange> changes_;
  std::vector<std::pair<RoomId, EndpointId>> slots_;  // from: member; every membership of the set
  std::uint32_t sender_from_ = 0, sender_count_ = 0;
};

}  // namespace squall
