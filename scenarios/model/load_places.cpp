// Where everybody is: zones that exist, sets of rooms that exist, and clients of a population whose
// timers fit together. What one section alone cannot know, see load_check.cpp.
#include <fmt/core.h>
#include <algorithm>
#include <set>

#include "scenarios/model/across_sections.hpp"
#include "scenarios/model/strategy_fit.hpp"
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

class Places : private AcrossSections {
 public:
  using AcrossSections::AcrossSections;

  void zones();
  void rooms();
  void timers();
  void addresses();
  void masters();

 private:
  struct Stay {  // somebody is in a zone
    std::string pointer, zone;
  };
  std::vector<Stay> stays() const;
  void unknown(const std::string& pointer, const std::string& zone,
               const std::set<std::string>& known);
  void pairs(const std::set<std::string>& known);
};

std::vector<Places::Stay> Places::stays() const {
  std::vector<Stay> all{{"/cluster/broker/zone", scenario_.cluster.broker.zone},
                        {"/cluster/registry/zone", scenario_.cluster.registry.zone}};
  for (const Population& people : scenario_.people) {
    all.push_back({"/people/" + pointer_token(people.name) + "/zone", people.zone});
  }
  for (const ScriptedClient& client : scenario_.clients) {
    all.push_back({"/clients/" + pointer_token(client.name) + "/zone", client.zone});
  }
  std::erase_if(all, [](const Stay& stay) { return stay.zone.empty(); });
  return all;
}

void Places::unknown(const std::string& pointer, const std::string& zone,
                     const std::set<std::string>& known) {
  const std::vector<std::string> names(known.begin(), known.end());
  fail(pointer, "S0316",
       fmt::format("unknown zone {}; {}", in_quotes(zone),
                   names.empty() ? "there are none" : "known: " + joined(names)),
       did_you_mean(zone, names));
}

// A zone is one of a node, or one that is so far from another one. A name that stands in one place
// only says nothing, and is a slip of the pen.
void Places::zones() {
  if (!clean("/cluster") || !clean("/people") || !clean("/clients")) {
    return;
  }
  const std::vector<std::string>& of_nodes = scenario_.cluster.nodes.zones;
  std::set<std::string> known(of_nodes.begin(), of_nodes.end());
  std::set<std::string> ends = known;
  for (const Stay& stay : stays()) ends.insert(stay.zone);
  pairs(ends);
  for (const ZoneDistance& pair : scenario_.cluster.net.zones) known.insert({pair.from, pair.to});
  for (const Stay& stay : stays()) {
    if (!known.contains(stay.zone)) unknown(stay.pointer, stay.zone, known);
  }
}

void Places::pairs(const std::set<std::string>& known) {
  const auto& zones = scenario_.cluster.net.zones;
  for (std::size_t i = 0; i < zones.size() && !reading_.full(); ++i) {
    const std::string pointer = fmt::format("/cluster/net/zones/{}/between", i);
    if (!known.contains(zones[i].from)) unknown(pointer + "/0", zones[i].from, known);
    if (!known.contains(zones[i].to)) unknown(pointer + "/1", zones[i].to, known);
    for (std::size_t before = 0; before < i; ++before) {
      if (std::minmax(zones[i].from, zones[i].to) !=
          std::minmax(zones[before].from, zones[before].to)) {
        continue;
      }
      fail(pointer, "S0325", fmt::format("the pair is taken by /cluster/net/zones/{}", before),
           "one delay for a pair, the same both ways");
      break;
    }
  }
}

void Places::rooms() {
  for (const Population& people : scenario_.people) {
    const std::string pointer = "/people/" + pointer_token(people.name) + "/rooms";
    if (!clean(pointer) || !clean("/rooms")) continue;
    for (std::size_t i = 0; i < people.rooms.size(); ++i) {
      const std::string& name = people.rooms[i];
      if (std::ranges::binary_search(scenario_.rooms, name, {}, &RoomSet::name)) continue;
      std::vector<std::string> known;
      for (const RoomSet& set : scenario_.rooms) known.push_back(set.name);
      fail(fmt::format("{}/{}", pointer, i), "S0312",
           fmt::format("unknown rooms {}; {}", in_quotes(name),
                       known.empty() ? "there are none" : "known: " + joined(known)),
           did_you_mean(name, known));
    }
  }
}

// Those of a strategy that plays another client for all: strategy_fit.cpp.
void Places::timers() {
  if (!clean("/client")) return;
  for (const OwnClient& own : own_clients(scenario_)) {
    const auto wrong = own_client_misfit(scenario_, own);
    if (!wrong || !clean(wrong->instead)) continue;
    fail(wrong->instead, wrong->code, wrong->message, wrong->suggestion);
  }
}

// A client that goes to an address meets no balancer, and nothing that only a balancer does.
void Places::addresses() {
  const BalancerConfig& lb = scenario_.cluster.lb;
  if (!clean("/cluster/lb") || lb.dns_ttl == Duration{0}) return;
  for (const auto& [key, asked] :
       {std::pair{"idle_timeout", lb.idle_timeout > Duration{0}},
        std::pair{"max_connections", lb.max_connections > 0}, std::pair{"sticky", lb.sticky},
        std::pair{"source_ports", lb.source_ports > 0},
        std::pair{"balance_factor", lb.balance_factor > 0}}) {
    if (!asked) continue;
    fail("/cluster/lb/" + std::string(key), "S0335",
         std::string(key) + " is a balancer's, and with dns_ttl there is none", "one of the two");
  }
}

// Each of them is a way of its own, and keeps its order.
void Places::masters() {
  const BrokerConfig& broker = scenario_.cluster.broker;
  if (!clean("/cluster/broker") || broker.masters == 1 || broker.paths == 1) return;
  fail("/cluster/broker/paths", "S0335", "the masters of a cluster are its paths",
       "one of the two");
}

}  // namespace

void check_places(Reading& reading, const Json& root) {
  if (reading.full()) return;
  Places places(reading, root);
  places.zones();
  places.rooms();
  places.timers();
  places.addresses();
  places.masters();
}

}  // namespace squall::language
