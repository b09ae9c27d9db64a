// The table of laws, and the loop over it. See prediction.hpp.
// A new law is a file with its function, a line in laws_table.hpp, and a row here.
#include <algorithm>
#include <array>

#include "scenarios/model/running.hpp"
#include "scenarios/model/settings.hpp"
#include "scenarios/predict/conditions.hpp"
#include "scenarios/predict/laws_table.hpp"

namespace squall::predict {
namespace {

// Lists of conditions that several laws share.
const std::array kNone = std::to_array<Condition>({kTraffic});
const std::array kFlow = std::to_array<Condition>(
    {kTraffic, kEvenTraffic, kNoFaults, kNoDrops, kNoIndividuals, kConnectionsComeAbout, kSettled,
     kQueuesSettle, kOneRoomEach, kMembersSpeak, kAnywhere});
const std::array kRooms =
    std::to_array<Condition>({kNoIndividuals, kOneRoomEach, kMembersSpeak, kUnhashed, kAnywhere});
const std::array kCalm = std::to_array<Condition>(
    {kConnectionsComeAbout, kConnectionsStay, kPongsComeInTime, kLeasesLast, kQueuesSettle,
     kMessagesFit, kSettled, kNoFaults, kNoDrops, kTraffic, kAnywhere});
const std::array kChurning = std::to_array<Condition>(
    {kNoFaults,
     kNoIndividuals,
     kOneConnection,
     kConnectionsComeAbout,
     kConnectionsStay,
     kNothingReplayed,
     kPongsComeInTime,
     kQueuesSettle,
     kSettled,
     kAnywhere,
     kEquallyFar,
     {"nobody's connection breaks", [](const Case& of) { return !kNoDrops.holds(of); }}});
const std::array kPingers = std::to_array<Condition>(
    {kNoFaults, kNoIndividuals, kOneConnection, kConnectionsStay, kPongsComeInTime, kEquallyFar});
const std::array kQueues = std::to_array<Condition>(
    {kTraffic, kEvenTraffic, kNoFaults, kNoIndividuals, kConnectionsComeAbout, kConnectionsStay,
     kPongsComeInTime, kQueuesSettle, kMessagesFit, kOneRoomEach, kMembersSpeak, kClientsSpeak,
     kUsualOptions, kNoLog, kOneBroker, kAnywhere});
const std::array kPaths = std::to_array<Condition>(
    {kTraffic, kNoFaults, kNoDrops, kNoIndividuals, kClientsSpeak, kEverybodyReached,
     kConnectionsComeAbout, kConnectionsStay, kPongsComeInTime, kQueuesSettle, kMessagesFit,
     kSettled, kOneBroker, kEquallyFar});
const std::array kStill = std::to_array<Condition>(
    {kNoFaults, kNoDrops, kNoIndividuals, kConnectionsComeAbout, kSettled, kConnectionsStay,
     kPongsComeInTime, kQueuesSettle, kMessagesFit, kAnywhere});
const std::array kOwnEnds =
    std::to_array<Condition>({kConnectionsStay, kClientsAlike, kAnywhere, kEquallyFar});
constinit const Condition kFixedSizes{
    "messages are not all of one size a class", [](const Case& of) {
      return std::ranges::all_of(of.scenario.traffic, [](const Traffic& traffic) {
        return traffic.size.kind == Distribution::Kind::fixed;
      });
    }};
const std::array kLines = std::to_array<Condition>(
    {kTraffic, kEvenTraffic, kNoFaults, kNoDrops, kNoIndividuals, kConnectionsComeAbout, kSettled,
     kOneConnection, kEverybodyReached, kOneRoomEach, kMembersSpeak, kFixedSizes, kConnectionsStay,
     kPongsComeInTime, kQueuesSettle, kMessagesFit, kUsualOptions, kNoLog, kAnywhere});
const std::array kCopies = std::to_array<Condition>(
    {kTraffic, kEvenTraffic, kNoFaults, kNoDrops, kNoIndividuals, kConnectionsComeAbout, kSettled,
     kConnectionsStay, kPongsComeInTime, kFixedSizes, kQueuesSettle, kMessagesFit, kSomebodyIsMeant,
     kOneByOne, kUsualOptions, kNoLog, kAnywhere});

const std::array kRows = std::to_array<LawRow>({
    {"stations", "how busy each station is, and what is full first",
     "evenly spread over nodes, as the traffic is on average", kNone, stations},
    {"fan-out", "how many hear a message (L1)", "rooms speak as often as they are large", kFlow,
     fan_out},
    {"backplane", "to how many nodes a message goes (L2, L3)",
     "members sit anywhere, independently of each other", kRooms, backplane},
    {"reach", "who is lost although nothing fails", "nothing else fails", kCalm, reach},
    {"churn", "what gaps of clients cost, whatever the servers do (L4)",
     "the first attempt succeeds, nothing is replayed", kChurning, churn},
    {"deploy", "how often a deploy disconnects a client (L5)",
     "clients are back while their batch is still down", kOwnEnds, deploy},
    {"storm", "whether those sent away together get in again (L6)",
     "retries in a fixed window, an accept queue without bound", kOwnEnds, storms},
    {"heartbeat", "when silent deaths are seen, and ghosts (L7)", "deaths come without memory",
     kPingers, heartbeats},
    {"waits", "waiting for a loop, the broker, one's turn (L8)", "arrivals come by chance", kQueues,
     waits},
    {"redundancy",
     "what several connections save and cost (L9)",
     "connections on different nodes, chosen at random",
     {},
     redundancy},
    {"fastest", "the first of several copies counts (L10)", "paths do not share their delays",
     kPaths, fastest_path},
    {"balance", "how even connections lie on nodes", "nobody was moved by a fault", kStill,
     balance},
    {"memory", "what the process of a node needs", "evenly spread, and nothing waits", {}, memory},
    {"ports",
     "how many of its ports a balancer needs towards a node",
     "evenly spread, and everybody is online",
     {},
     ports},
    {"client lines", "bytes between balancer and clients",
     "a connection is quiet between two frames", kLines, line_bytes},
    {"broker links", "bytes from the broker to nodes", "each transfer is flushed alone", kCopies,
     cluster_bytes},
});

std::vector<Statement> stated_of(const Case& of) {
  std::vector<Statement> statements;
  for (const LawRow& row : kRows) {
    const auto broken = std::ranges::find_if(
        row.conditions, [&](const Condition& condition) { return !condition.holds(of); });
    statements.push_back({&row, broken == row.conditions.end()
                                    ? row.state(of)
                                    : Answer::nothing(std::string(broken->otherwise))});
  }
  return statements;
}

}  // namespace

std::span<const LawRow> law_rows() { return kRows; }

std::vector<Statement> predict(const Case& of) {
  return as_played_by(of.strategy, of.scenario, [&](const Scenario& own) {
    return as_it_runs(own, [&](const Scenario& cluster) {
      return stated_of({cluster, of.strategy});
    });
  });
}

std::optional<double> predicted(std::string_view metric, const Case& of) {
  for (const Statement& statement : predict(of)) {
    for (const Figure& figure : statement.answer.figures) {
      if (figure.metric == metric) return figure.value;
    }
  }
  return std::nullopt;
}

}  // namespace squall::predict
