// The replay page: one fault as it spreads over nodes, sessions and rooms, second by second, on a
// time line that can be dragged; and one message that was followed through it.
//
// One file that opens from file:// and fetches nothing. Without scripts it is a sequence of
// pictures at chosen seconds. Numbers come counted (sim/cli/explain/spread.hpp); nothing is
// counted here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace squall {

// As many entries as the replay has seconds, in each vector.
struct ReplayNode {
  std::string name;
  std::vector<std::uint64_t> live;     // sessions at the start of the second, with a living path
  std::vector<std::uint64_t> ghosts;   // sessions whose path has ended, and the node does not know
  std::vector<std::uint64_t> waiting;  // clients that lost their session here, and have none yet
  std::vector<std::string> state;      // up, draining, down, paused, slow
};

struct ReplaySeries {  // lost pairs of a cause, or to a room
  std::string name;
  std::vector<std::uint64_t> pairs;
};

// A session of a client that is drawn; seconds after the start of measure.
struct ReplayStay {
  std::uint32_t node = 0;  // place in `nodes`
  double opened = 0, dead = 0, closed = 0;
};

struct ReplayStep {
  double at = 0;
  std::string from, to, what;
  bool bad = false;
};

struct FaultReplay {
  std::string title, played, checked, again;
  std::string fault;  // empty: none
  double fault_begin = 0, fault_end = 0;
  std::uint32_t first = 0;  // the second of the first frame

  // Of pairs born in the second; `connected`: clients that are ready at its start.
  std::vector<std::uint64_t> owed, delivered, lost, billed, connected;
  std::vector<ReplaySeries> causes, rooms;  // each adds up to `lost`
  std::vector<ReplayNode> nodes;
  std::vector<std::vector<ReplayStay>> clients;  // those that are drawn
  std::uint64_t clients_all = 0;

  std::string message, verdict;  // empty: none was followed
  std::vector<ReplayStep> steps;

  std::size_t seconds() const { return owed.size(); }
};

std::string replay_page(const FaultReplay& replay);

// ---- replay_pictures.cpp -----------------------------------------------------------------------

// The seconds that are worth a picture: before the fault, within it, after it. Places, ascending.
std::vector<std::size_t> chosen_seconds(const FaultReplay& replay);
// The cluster in this second, as an SVG.
std::string replay_picture(const FaultReplay& replay, std::size_t place);

}  // namespace squall
