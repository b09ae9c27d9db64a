// What is played to find costs: a table of small loads of different sizes, fan-outs and kinds.
//
// Open loop and short. On our own node nodes and clients are apart (a loop each), so that the CPU
// of the node is its own; of a foreign server the CPU of its process is read.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/scenario.hpp"
#include "sim/cli/calibrate/fit.hpp"
#include "sim/live/attach/attach.hpp"

namespace squall {

// The kinds of work: columns of the fit.
enum class Kind : std::uint8_t {
  read,
  push,
  kib,  // of payload, each time that it is touched
  publish,
  hear,
  connect,
  idle,  // a second of doing nothing
  beat,  // of a client, where they are many
};
inline constexpr std::size_t kKinds = static_cast<std::size_t>(Kind::beat) + 1;

struct LoadRow {
  std::string_view name;
  int users, rooms, bytes;
  double per_second;        // messages; 0: none
  int nodes = 1;            // of our own; a foreign cluster has those it has
  bool broker = false;      // messages go through it
  bool reconnects = false;  // every user twice a second
  bool typical = false;     // as scenarios are: ways between processes are fitted to its latency
  int connect_ms = 100;     // until everybody has come
  int measure_ms = 1500;
  int beat_s = 60;  // between two heartbeats of a client
};
std::span<const LoadRow> load_rows();

struct PlayedLoad {
  const LoadRow* row = nullptr;
  Load load;
  double bytes = 0, recipients = 0;  // of a message
  double messages = 0, pushes = 0;   // in all, a second
  double median_s = 0;               // of the latency
  // Beside the payloads and their frames, without the headers of TCP: of a message that is sent,
  // and of one that comes to a client. Acknowledgements of the protocol and heartbeats are in it.
  double beside_up = 0, beside_down = 0;
  std::string invalid;  // the generator was late: CPU counts all the same
};

// Where it is played.
struct Playground {
  const live::AttachOptions* attached = nullptr;  // nullptr: our own
  StrategySpec foreign;                           // of `attached`
  std::vector<pid_t> servers{};                   // of `attached`, whose CPU counts
};

// Of the latency, seconds; 0: nobody heard anything.
double quantile_s_of(const RunRecord& record, double quantile);
inline double median_s_of(const RunRecord& record) { return quantile_s_of(record, 0.5); }

Scenario scenario_of(const LoadRow& row, std::size_t nodes);
// Of all that is between two processes: always as long, or lognormal around this median.
void set_ways(Scenario& scenario, Duration way, double sigma = 0);
// The median latency, seconds, that the simulation of `as` shows under this load, with the costs
// and the protocol of this profile and with this long a way between any two processes.
double simulated_median_s(const LoadRow& row, std::size_t nodes, const StrategySpec& as,
                          const Calibration& profile, Duration one_way);
PlayedLoad play_load(const LoadRow& row, const Playground& where, std::uint64_t seed);

}  // namespace squall
