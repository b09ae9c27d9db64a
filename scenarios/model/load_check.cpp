// What one section alone cannot know: totals, uniqueness, times inside the run, and references that
// depend on the whole script. The timeline of faults is in load_faults.cpp.
#include <fmt/core.h>
#include <map>
#include <numeric>
#include <set>

#include "scenarios/model/across_sections.hpp"
#include "scenarios/model/expectation.hpp"
#include "scenarios/model/plan.hpp"
#include "scenarios/model/settings.hpp"
#include "scenarios/model/strategy_fit.hpp"
#include "scenarios/model/tables.hpp"
#include "scenarios/model/volume.hpp"

namespace squall::language {
namespace {

std::string step_pointer(std::size_t step, std::string_view key = {}) {
  std::string pointer = fmt::format("/script/{}", step);
  if (!key.empty()) pointer += "/" + std::string(key);
  return pointer;
}

std::string time_text(Time time) {
  return time < Time{0} ? "-" + format_duration(-time) : format_duration(time);
}

class Check : private AcrossSections {
 public:
  Check(Reading& reading, const Json& root)
      : AcrossSections(reading, root), strategies_are_read_(clean("/strategies")) {}

  void timers();
  void endpoints();
  void rooms();
  void names();
  void traffic();
  void strategies();
  void expectations();
  void steps();

 private:
  void unique(const std::string& section, std::string_view key, std::string_view what,
              const std::vector<std::string>& names);
  void from_backend(const std::string& pointer, const Traffic& traffic);
  void disconnect(std::size_t i, const ScriptStep& step);
  void partition(std::size_t i, const ScriptStep& step);
  void sending(std::size_t i, const ScriptStep& step);
  void leaving(std::size_t i, const ScriptStep& step);
  bool in_a_set(const std::string& room) const;
  void room_exists(std::size_t i, std::string_view key, const std::string& room);
  void collect_rooms();
  void when(std::size_t i, const ScriptStep& step, const std::map<std::string, Time>& ends);

  bool strategies_are_read_;                               // names and parts can be relied on
  std::set<std::string> rooms_of_individuals_;             // that somebody is in, or joins
  std::set<std::pair<std::string, std::string>> ever_in_;  // {individual, room}
};

void Check::timers() {
  const ClientConfig& client = scenario_.client;
  if (clean("/client") && client.heartbeat_timeout >= client.heartbeat_every) {
    fail("/client/heartbeat/timeout", "S0403",
         fmt::format("heartbeat timeout {} must be shorter than every {}",
                     format_duration(client.heartbeat_timeout),
                     format_duration(client.heartbeat_every)));
  }
  for (std::size_t i = 0; strategies_are_read_ && i < scenario_.strategies.size(); ++i) {
    const StrategySpec& spec = scenario_.strategies[i];
    if (!clean("/client") || spec.settings.empty()) continue;
    const ClientConfig own = with_settings(scenario_, spec).client;
    if (own.heartbeat_timeout < own.heartbeat_every) continue;
    fail(fmt::format("/strategies/{}", i), "S0403",
         fmt::format("{} plays a heartbeat timeout of {}, which must be shorter than every {}",
                     spec.name, format_duration(own.heartbeat_timeout),
                     format_duration(own.heartbeat_every)));
  }
  const NetConfig& net = scenario_.cluster.net;
  if (clean("/cluster/net") && net.peer_timeout < net.peer_heartbeat) {
    fail("/cluster/net/peer_timeout", "S0403",
         fmt::format("peer_timeout {} must not be shorter than peer_heartbeat {}",
                     format_duration(net.peer_timeout), format_duration(net.peer_heartbeat)));
  }
}

void Check::endpoints() {
  std::uint64_t total = scenario_.clients.size();
  for (const Population& population : scenario_.people) {
    total += population.count;
    const bool taken =
        population.name == "any" || population.name == "member" || population.name == kBackend;
    if (taken) {
      fail("/people/" + pointer_token(population.name), "S0215",
           in_quotes(population.name) + " means something else in traffic: choose another name");
    }
  }
  if (total > kMostEndpoints) {
    fail("/people", "S0410", fmt::format("{} endpoints are more than {}", total, kMostEndpoints));
  }
}

void Check::rooms() {
  std::uint64_t total = 0;
  for (const RoomSet& set : scenario_.rooms) {
    const std::string pointer = "/rooms/" + pointer_token(set.name);
    if (!clean(pointer)) continue;
    std::uint64_t count = set.sizes.empty() ? set.count : 0;
    for (const auto& [members, how_many] : set.sizes) count += how_many;
    total += count;
    if (set.sizes.empty() && set.joined_per_user > set.count) {
      fail(pointer + "/joined_per_user", "S0330",
           fmt::format("a user cannot be in {} of {} rooms", set.joined_per_user, set.count));
    }
  }
  if (total > kMostRooms) {
    fail("/rooms", "S0410", fmt::format("{} rooms are more than {}", total, kMostRooms));
  }
}

void Check::unique(const std::string& section, std::string_view key, std::string_view what,
                   const std::vector<std::string>& names) {
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [before, fresh] = first.emplace(names[i], i);
    if (fresh || names[i].empty()) continue;
    fail(fmt::format("{}/{}/{}", section, i, key), "S0325",
         fmt::format("{} {} is taken by {}/{}", what, in_quotes(names[i]), section, before->second),
         "give it an \"as\" of its own");
  }
}

void Check::names() {
  std::vector<std::string> labels, classes, strategies;
  for (const ScriptStep& step : scenario_.script) labels.push_back(step.label);
  for (const Traffic& traffic : scenario_.traffic) classes.push_back(traffic.name);
  for (const StrategySpec& spec : scenario_.strategies) strategies.push_back(spec.name);
  unique("/script", "as", "the label", labels);
  unique("/traffic", "as", "the class", classes);
  unique("/strategies", "as", "the strategy", strategies);
}

void Check::traffic() {
  for (std::size_t i = 0; i < scenario_.traffic.size(); ++i) {
    const Traffic& traffic = scenario_.traffic[i];
    const std::string pointer = fmt::format("/traffic/{}", i);
    if (!clean(pointer)) continue;
    const Json& given = root_.find("traffic")->value.items[i];
    if ((given.find("rate") == nullptr) == (given.find("rate_per_user") == nullptr)) {
      fail(pointer, "S0102", "a traffic class needs \"rate\" or \"rate_per_user\", and not both");
    }
    if (traffic.from == "member" && traffic.to != TrafficTo::room) {
      fail(pointer + "/from", "S0332", "\"member\" needs a room: \"to\": \"room:<rooms>\"");
    }
    if (traffic.from == kBackend) from_backend(pointer, traffic);
    if (traffic.to == TrafficTo::user_roommate && scenario_.rooms.empty()) {
      fail(pointer + "/to", "S0332", "nobody has roommates: there are no rooms");
    }
    if (scenario_.people.empty()) {
      fail(pointer, "S0332", "nobody can send: there are no people",
           "individuals send with the verb send in script");
    }
  }
}

// It publishes what it has to say; who listens to a broker is asked in strategy_fit.cpp.
void Check::from_backend(const std::string& pointer, const Traffic& traffic) {
  if (traffic.to == TrafficTo::user_roommate) {
    fail(pointer + "/to", "S0332", "\"server\" has no roommates");
  }
}

void Check::strategies() {
  const Member* given = root_.find("strategies");
  if (given != nullptr && given->value.kind == Json::Kind::array && given->value.items.empty()) {
    fail("/strategies", "S0216", "the list is empty: without it the five are run");
  }
  if (!strategies_are_read_ || !clean("/cluster/nodes")) return;
  for (std::size_t i = 0; i < scenario_.strategies.size(); ++i) {
    const auto wrong = misfit(scenario_.strategies[i], scenario_);
    if (!wrong) continue;
    const bool listed = given != nullptr;  // else what does not go with the five is the place
    fail(listed ? fmt::format("/strategies/{}", i) : wrong->instead, wrong->code, wrong->message,
         wrong->suggestion);
    if (!listed) return;
  }
}

void Check::expectations() {
  if (!strategies_are_read_) return;
  std::vector<std::string> names;
  for (const StrategySpec& spec : scenario_.strategies) names.push_back(spec.name);
  if (root_.find("strategies") == nullptr) {  // also those left out because of too few nodes
    names = reading_.vocabulary.default_strategies;
  }
  const auto check = [&](const std::string& entry, const std::vector<std::string>& globs) {
    for (std::size_t g = 0; g < globs.size(); ++g) {
      const std::string& glob = globs[g];
      const bool known = std::ranges::any_of(
          names, [&](const std::string& name) { return glob_matches(glob, name); });
      const std::string pointer = fmt::format("{}/for/{}", entry, g);
      if (known || !clean(pointer)) continue;
      fail(pointer, "S0326",
           in_quotes(glob) + " matches no strategy of this scenario: " + joined(names),
           did_you_mean(glob, names));
    }
  };
  for (std::size_t i = 0; i < scenario_.expect.size(); ++i) {
    check(fmt::format("/expect/{}", i), scenario_.expect[i].strategies);
  }
  for (std::size_t i = 0; i < scenario_.gates.size(); ++i) {
    check(fmt::format("/gates/{}", i), scenario_.gates[i].strategies);
  }
}

void Check::disconnect(std::size_t i, const ScriptStep& step) {
  if (step.population.empty() == step.client.empty()) {
    fail(step_pointer(i), "S0102",
         "disconnect needs \"on\" a population or \"by\" an individual, and not both");
  } else if (step.population.empty() && root_.find("script")->value.items[i].find("share")) {
    fail(step_pointer(i, "share"), "S0103", "an individual has no share");
  }
}

void Check::partition(std::size_t i, const ScriptStep& step) {
  const auto empty = [](const PartitionSide& side) {
    return side.nodes.empty() && !side.broker && !side.registry;
  };
  if (empty(step.side_a) || empty(step.side_b)) {
    fail(step_pointer(i, "between"), "S0216", "each side needs somebody");
  }
  NodeSet both;
  std::ranges::set_intersection(step.side_a.nodes, step.side_b.nodes, std::back_inserter(both));
  if (!both.empty() || (step.side_a.broker && step.side_b.broker) ||
      (step.side_a.registry && step.side_b.registry)) {
    const std::string who = !both.empty()        ? node_name(both.front())
                            : step.side_a.broker ? "the broker"
                                                 : "the registry";
    fail(step_pointer(i, "between"), "S0330", who + " is on both sides");
  }
}

void Check::sending(std::size_t i, const ScriptStep& step) {
  if (step.repeat > 1 && step.every == Duration{0}) {
    fail(step_pointer(i), "S0102", "a repeated send needs the key \"every\"");
  }
  const double last =  // may be larger than a Duration
      static_cast<double>(step.repeat - 1) * static_cast<double>(step.every.count());
  const Duration left = scenario_.time.measure + scenario_.time.drain - step.at;
  if (clean("/time") && last > static_cast<double>(left.count())) {
    fail(step_pointer(i, "repeat"), "S0402", "the last of the sends would be after the run");
  }
  if (!step.to_room.empty()) room_exists(i, "to", step.to_room);
}

void Check::collect_rooms() {
  for (const ScriptedClient& client : scenario_.clients) {
    for (const std::string& room : client.rooms) {
      rooms_of_individuals_.insert(room);
      ever_in_.emplace(client.name, room);
    }
  }
  for (const ScriptStep& step : scenario_.script) {
    if (step.verb != Verb::join) continue;
    rooms_of_individuals_.insert(step.room);
    ever_in_.emplace(step.client, step.room);
  }
}

// Number <rank> of a set of rooms.
bool Check::in_a_set(const std::string& room) const {
  return std::ranges::any_of(scenario_.rooms, [&](const RoomSet& set) {
    if (!room.starts_with(set.name + "-")) return false;
    const Parsed<double> rank = parse_decimal(std::string_view(room).substr(set.name.size() + 1));
    std::uint64_t count = set.sizes.empty() ? set.count : 0;
    for (const auto& [members, how_many] : set.sizes) count += how_many;
    return rank.value && *rank.value < static_cast<double>(count) &&
           room == set.name + "-" + number_text(*rank.value);
  });
}

// A room of an individual, of a join, or number <rank> of a set of rooms.
void Check::room_exists(std::size_t i, std::string_view key, const std::string& room) {
  if (rooms_of_individuals_.contains(room) || in_a_set(room)) return;
  std::vector<std::string> known;
  for (const RoomSet& set : scenario_.rooms) known.push_back(set.name + "-0");
  for (const std::string& other : rooms_of_individuals_) {
    if (known.size() < 1000) known.push_back(other);
  }
  std::ranges::sort(known);
  known.erase(std::unique(known.begin(), known.end()), known.end());
  fail(step_pointer(i, key), "S0315",
       fmt::format("nobody is ever in a room {}; rooms: {}", in_quotes(room),
                   known.empty() ? "none" : joined(known)),
       did_you_mean(room, known));
}

// Who was never in a room cannot leave it.
void Check::leaving(std::size_t i, const ScriptStep& step) {
  if (ever_in_.contains({step.client, step.room})) return;
  const std::size_t before = reading_.problems().size();
  room_exists(i, "room", step.room);
  if (reading_.problems().size() > before || !clean("/clients")) return;
  fail(step_pointer(i, "room"), "S0315",
       step.client + " is never in the room " + in_quotes(step.room),
       "its rooms stand in clients, and in the joins of the script");
}

void Check::when(std::size_t i, const ScriptStep& step, const std::map<std::string, Time>& ends) {
  const Time begin = -scenario_.time.warmup;
  const Time end = scenario_.time.measure + scenario_.time.drain;
  if (step.at < begin || step.at > end) {
    fail(step_pointer(i, "at"), "S0401",
         fmt::format("{} is outside of the run, which is from {} to {}", time_text(step.at),
                     time_text(begin), time_text(end)));
    return;
  }
  const auto found = ends.find(step.label);
  const bool bounded = step.lasts > Duration{0} || step.verb == Verb::rolling_restart;
  if (!bounded || found == ends.end() || found->second <= end) return;
  fail(step_pointer(i, step.lasts > Duration{0} ? "for" : "do"), "S0402",
       fmt::format("{} would end at {}, after the run, which ends at {}", row(step.verb).name,
                   time_text(found->second), time_text(end)));
}

void Check::steps() {
  std::map<std::string, Time> ends;
  collect_rooms();
  const auto faults = std::ranges::count_if(
      scenario_.script, [](const ScriptStep& step) { return row(step.verb).has_span; });
  if (clean("/script") && faults <= 64) {
    for (const FaultSpan& span : fault_spans(scenario_)) ends[span.label] = span.end;
  }
  const std::uint16_t nodes = scenario_.cluster.nodes.count;
  std::size_t spans = 0;
  for (std::size_t i = 0; i < scenario_.script.size(); ++i) {
    const ScriptStep& step = scenario_.script[i];
    if (row(step.verb).has_span && ++spans == 65) {
      fail(step_pointer(i), "S0408", "more than 64 faults in one script");
    }
    if (reading_.full()) return;
    if (!clean(step_pointer(i))) continue;
    if (step.verb == Verb::disconnect) disconnect(i, step);
    if (step.verb == Verb::partition) partition(i, step);
    if (step.verb == Verb::send) sending(i, step);
    if (step.verb == Verb::leave) leaving(i, step);
    if (step.verb == Verb::rolling_restart && step.batch >= nodes && clean("/cluster/nodes")) {
      fail(step_pointer(i, "batch"), "S0330",
           fmt::format("a batch of {} leaves none of {} nodes running", step.batch, nodes));
    }
    if (clean("/time")) when(i, step, ends);
  }
}

}  // namespace

void check_scenario(Reading& reading, const Json& root) {
  Check check(reading, root);
  check.timers();
  check.endpoints();
  check.rooms();
  check.names();
  check.traffic();
  check.strategies();
  check.expectations();
  check.steps();
}

}  // namespace squall::language
