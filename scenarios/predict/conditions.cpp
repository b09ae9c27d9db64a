// The conditions, one function each. See conditions.hpp; those of a calm cluster are calm.hpp's.
// Each is a question alone; which law asks which is in the rows of predict.cpp.
#include "scenarios/predict/conditions.hpp"

#include <algorithm>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/calm.hpp"
#include "scenarios/model/cost_profile.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/key_homes.hpp"
#include "scenarios/model/laws.hpp"
#include "scenarios/model/own_clients.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/backplane.hpp"
#include "strategies/core/check.hpp"
#include "strategies/core/exact_math.hpp"

namespace squall::predict {

constinit const Condition kConnectionsComeAbout{
    "a connection takes about as long as clients wait for one",
    [](const Case& of) { return connections_come_about(of.scenario); }};
constinit const Condition kConnectionsStay{
    "a limit, a time-out or an age ends connections, or keeps them from coming about",
    [](const Case& of) { return connections_stay(of.scenario, of.strategy); }};
constinit const Condition kPongsComeInTime{"some pongs come too late", [](const Case& of) {
                                             return pongs_come_in_time(of.scenario, of.strategy);
                                           }};
constinit const Condition kLeasesLast{"routes expire between two renewals", [](const Case& of) {
                                        return leases_last(of.scenario, of.strategy);
                                      }};
constinit const Condition kQueuesSettle{
    "something is too busy for its queue to settle",
    [](const Case& of) { return queues_settle(of.scenario, of.strategy); }};
constinit const Condition kMessagesFit{
    "some messages, or what waits for a client and comes at once, do not fit into queues or lines",
    [](const Case& of) { return messages_fit(of.scenario, of.strategy); }};
constinit const Condition kSettled{
    "not everybody is in before measure, and stays",
    [](const Case& of) { return settled(of.scenario, of.strategy); }};

constinit const Condition kNoFaults{
    "the script has a fault", [](const Case& of) {
      return std::ranges::all_of(of.scenario.script, [](const ScriptStep& step) {
        return step.verb == Verb::connect || step.verb == Verb::join || step.verb == Verb::leave ||
               step.verb == Verb::send;
      });
    }};
constinit const Condition kNoDrops{
    "connections break by themselves", [](const Case& of) {
      return std::ranges::all_of(of.scenario.people,
                                 [](const Population& people) { return people.drop.is_never(); });
    }};
constinit const Condition kNoIndividuals{
    "individuals have lives of their own", [](const Case& of) {
      return std::ranges::all_of(of.scenario.clients,
                                 [](const auto& client) { return client.name == kBackend; });
    }};
constinit const Condition kTraffic{"nobody speaks, or only by script",
                                   [](const Case& of) { return !of.scenario.traffic.empty(); }};
constinit const Condition kEvenTraffic{
    "a flash, `set` or a shape changes the rate", [](const Case& of) {
      const auto changes = [](const Traffic& traffic) { return !traffic.shape.is_const(); };
      if (std::ranges::any_of(of.scenario.traffic, changes)) return false;
      return std::ranges::none_of(of.scenario.script, [](const ScriptStep& step) {
        return step.verb == Verb::flash || step.verb == Verb::set || step.verb == Verb::send;
      });
    }};
constinit const Condition kSomebodyIsMeant{
    "some have nobody to speak to", [](const Case& of) {
      return std::ranges::all_of(of.scenario.traffic, [&](const Traffic& traffic) {
        if (traffic.to == TrafficTo::room) return true;
        // Whoever is alone in its room says nothing to a roommate; few are, with ten in each.
        const bool company = traffic.to != TrafficTo::user_roommate ||
                             (kOneRoomEach.holds(of) && recipients_of(of, traffic) > 0.9999);
        return company && mean_recipients(of.scenario, traffic) > 0;
      });
    }};
// Behind a slow frame others wait, and come with it: then they leave the node together, too.
constinit const Condition kOneByOne{
    "messages of one client come together, as it sends the next while one is on its way",
    [](const Case& of) {
      constexpr double kRare = 0.01;
      const double spread = __builtin_sqrt(variance_of(of.scenario.cluster.net.client_node)) * 1e-9;
      double said = 0;  // by one client, in a second
      for (const Traffic& traffic : of.scenario.traffic) {
        if (from_backend(traffic)) continue;
        said += messages_per_second(traffic) / senders_of(of.scenario, traffic);
      }
      return said * spread < kRare;
    }};
constinit const Condition kOneRoomEach{
    "users are not in exactly one room each", [](const Case& of) {
      return of.scenario.rooms.size() == 1 && of.scenario.rooms.front().joined_per_user == 1 &&
             of.scenario.rooms.front().sizes.empty() && of.scenario.rooms.front().count > 0 &&
             users_of(of.scenario) > 0;
    }};
constinit const Condition kMembersSpeak{
    "not all members of a room speak alike", [](const Case& of) {
      // Of the only room everybody is a member.
      const bool one = of.scenario.rooms.size() == 1 && of.scenario.rooms.front().count == 1 &&
                       of.scenario.rooms.front().sizes.empty();
      return std::ranges::all_of(of.scenario.traffic, [&](const Traffic& traffic) {
        return traffic.from == "member" || from_backend(traffic) ||
               (traffic.from == "any" && (one || traffic.to != TrafficTo::room));
      });
    }};
constinit const Condition kClientsSpeak{
    "an application speaks that is nobody's client", [](const Case& of) {
      return std::ranges::none_of(of.scenario.traffic,
                                  [](const Traffic& traffic) { return from_backend(traffic); });
    }};
constinit const Condition kEverybodyReached{
    "not every message reaches everybody", [](const Case& of) {
      const BackplaneRow& row = *backplane_named(of.strategy.backplane);
      const bool all = row.reach == Reach::everybody && !in_shared_group(of.scenario, of.strategy);
      const bool meet = all || of.scenario.cluster.nodes.count == 1;
      return meet && applications_are_heard(of.scenario, of.strategy);
    }};
constinit const Condition kNothingReplayed{"what was missed is replayed", [](const Case& of) {
                                             return of.strategy.resume == Duration{0};
                                           }};
constinit const Condition kNoLog{"the broker keeps a log, and is asked for it",
                                 [](const Case& of) { return !of.strategy.has_log(); }};
constinit const Condition kUsualOptions{
    "an option of the backplane is not its default", [](const Case& of) {
      return std::ranges::all_of(
          backplane_named(of.strategy.backplane)->options,
          [&](const Option& option) { return value_of(option, of.strategy) == option.fallback; });
    }};
constinit const Condition kAnywhere{
    "some populations are pinned to a node, or are not in all sets of rooms",
    [](const Case& of) { return everybody_is_anywhere(of.scenario); }};
constinit const Condition kEquallyFar{
    "some clients are farther from some nodes (net.zones)",
    [](const Case& of) { return clients_are_equally_far(of.scenario); }};
constinit const Condition kClientsAlike{"some populations have a `client` of their own",
                                        [](const Case& of) { return clients_alike(of.scenario); }};
constinit const Condition kOneConnection{"clients hold several connections", [](const Case& of) {
                                           return of.strategy.connections == 1;
                                         }};
constinit const Condition kOneBroker{"the broker is a cluster of several", [](const Case& of) {
                                       return of.scenario.cluster.broker.masters == 1;
                                     }};
constinit const Condition kUnhashed{"the balancer puts rooms together",
                                    [](const Case& of) { return !is_keyed(of); }};

const RoomSet& rooms_of(const Case& of) {
  SQUALL_CHECK(!of.scenario.rooms.empty());
  return of.scenario.rooms.front();
}

std::string_view policy_of(const Case& of) { return policy_of(of.scenario, of.strategy); }

wire::Tls tls_of(const Case& of) {
  return costs_of(of.scenario.cluster.nodes).encrypted() ? wire::Tls::on : wire::Tls::off;
}

bool frames_fit_into_the_kernel(const Case& of) {
  const Bytes around = overhead_of(of.scenario).down;
  return std::ranges::all_of(of.scenario.traffic, [&](const Traffic& traffic) {
    const auto size = static_cast<Bytes>(nearly_highest(traffic.size)) + around;
    return wire::websocket(size, false, tls_of(of)).total() <= kSendBuffer;
  });
}

bool is_keyed(const Case& of) { return squall::is_keyed(policy_of(of)); }

bool has_traffic_to_rooms(const Scenario& scenario) {
  return std::ranges::any_of(scenario.traffic,
                             [](const Traffic& traffic) { return traffic.to == TrafficTo::room; });
}

namespace {

// Sums over rooms of p^2 and p^3, p a room's share; and who has a roommate, of so many users.
struct Concentration {
  std::uint32_t rooms = 0;
  double zipf = 0, users = 0, squares = 0, cubes = 0, accompanied = 0;
};

// Of many rooms this is all the work that laws are; so the last answer is kept.
const Concentration& concentration(const Case& of) {
  const RoomSet& rooms = rooms_of(of);
  const double users = users_of(of.scenario);
  thread_local Concentration last;
  if (last.rooms == rooms.count && last.zipf == rooms.zipf && last.users == users) return last;
  last = {.rooms = rooms.count, .zipf = rooms.zipf, .users = users};
  for (const double share : laws::shares({rooms.count, rooms.zipf})) {
    last.squares += share * share;
    last.cubes += share * share * share;
    last.accompanied += share * (1 - exact::pow(1 - share, users - 1));
  }
  return last;
}

}  // namespace

// Any other user is in the speaker's room with the chance that two share one.
double recipients_in_room(const Case& of) {
  return (users_of(of.scenario) - 1.0) * concentration(of).squares;
}

double share_of_heard_room(const Case& of) {
  return concentration(of).cubes / concentration(of).squares;
}

// Whom an application speaks to is chosen as if a member had spoken, and that one hears it, too.
double recipients_of(const Case& of, const Traffic& traffic) {
  if (traffic.to == TrafficTo::user_roommate) return concentration(of).accompanied;
  if (traffic.to != TrafficTo::room) return mean_recipients(of.scenario, traffic);
  return recipients_in_room(of) + (from_backend(traffic) ? 1.0 : 0.0);
}

double effective_rooms_of(const Case& of) { return 1.0 / concentration(of).squares; }

}  // namespace squall::predict
