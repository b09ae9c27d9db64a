// What a fault did to a run, second by second: a witness that counts, and the replay made of it.
//
// Sums of pairs are the ledger's own rows of the record. What the record does not keep by second,
// sessions of nodes and losses of rooms, is counted here from what the witness was told.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "report/page/replay.hpp"
#include "sim/cli/explain/names.hpp"
#include "sim/record/run_record.hpp"
#include "sim/record/witness.hpp"

namespace squall {

class SpreadCount : public Witness {
 public:
  void see(const Message& message, const Sight& sight) override;
  void connection(ConnectionId id, const ConnectionRecord& life) override;

  struct Loss {
    std::uint64_t message;  // its number
    std::uint32_t second;   // of measure, in which it was born
    EndpointId who;
    Address to;
    Mechanism mechanism;
    TriggerId trigger;
  };
  const std::vector<Loss>& losses() const { return losses_; }  // in the order of judgement
  const std::vector<ConnectionRecord>& lives() const { return lives_; }

 private:
  std::vector<std::uint32_t> second_of_;  // by number of the message
  std::vector<Loss> losses_;
  std::vector<ConnectionRecord> lives_;  // those that were opened
};

// The seconds around the fault, or all of measure; at most so many.
inline constexpr std::size_t kReplaySeconds = 400;

// `fault`: a place in record.faults; empty: the run has none.
FaultReplay replay_of(const RunRecord& record, const SpreadCount& spread, const Names& names,
                      std::optional<std::size_t> fault);

}  // namespace squall
