// Frames are judged as the ledger judges them. See positions.hpp.
// A log is shortened when it has grown: of what has arrived only the last frame matters.
#include "sim/kernel/positions.hpp"

namespace squall {
namespace {

constexpr std::size_t kLong = 32;

bool has_come(const PushEntry& frame, const Oracle& oracle) {
  // When it was meant to be sent decides about the kind of arrival only.
  return came(fate_of(frame, oracle.connection(frame.connection), frame.socket));
}

}  // namespace

void Positions::written(std::uint32_t link, const Position& position, const PushEntry& frame,
                        const Oracle& oracle, Time now) {
  std::vector<Written>& log = written_[link];
  if (log.size() >= kLong) {
    auto last = log.end();
    for (auto entry = log.begin(); entry != log.end(); ++entry) {
      if (entry->frame.arrival <= now && has_come(entry->frame, oracle)) last = entry;
    }
    if (last != log.end()) log.erase(log.begin(), last);
  }
  log.push_back({position, frame});
}

void Positions::changed(std::uint32_t link, ConnectionId connection, Time read,
                        const std::optional<PushEntry>& frame) {
  std::vector<Written>& log = written_[link];
  for (auto entry = log.begin(); entry != log.end(); ++entry) {
    if (entry->frame.connection != connection || entry->frame.arrival != read) continue;
    if (frame)
      entry->frame = *frame;
    else
      log.erase(entry);
    return;
  }
}

std::optional<Position> Positions::take(std::uint32_t first, std::size_t count,
                                        const Oracle& oracle, Time now) {
  std::optional<Position> position;
  Time at = kBeforeAll;
  for (std::vector<Written>& log : std::span(written_).subspan(first, count)) {
    for (const Written& entry : log) {
      if (entry.frame.arrival < at || !has_come(entry.frame, oracle)) continue;
      at = entry.frame.arrival;
      position = entry.position;
    }
    std::erase_if(log, [&](const Written& entry) {
      const PushEntry& frame = entry.frame;
      return frame.arrival <= now || oracle.connection(frame.connection).dead != kNever;
    });
  }
  return position;
}

std::optional<Position> Positions::hear(ConnectionId connection) {
  const auto found = told_.find(connection);
  if (found == told_.end()) return std::nullopt;
  const Position position = found->second;
  told_.erase(found);
  return position;
}

}  // namespace squall
