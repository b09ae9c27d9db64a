// What is kept of a run that cannot be played again, so that it can be explained: the lives of some
// of its messages, and the connections of those whom they are about.
//
// A small run is kept whole. Of a larger one: of each cause the first messages that lost somebody
// to it, the first that came late, the first that came twice, and a sample of the others, evenly
// over the run. How much that is of how many is kept, too, and said. Its file: lives_file.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/record/witness.hpp"

namespace squall {

struct KeptLife {
  Message message;
  std::vector<Sight> sights;  // as they were told
};

struct KeptLives {
  std::uint64_t messages = 0;                 // of the run; those that are kept are fewer, or all
  std::vector<KeptLife> lives;                // in the order in which they ended
  std::vector<ConnectionRecord> connections;  // in order of opening

  // As the engine told it.
  void tell(Witness& witness) const;
};
// "all 120 messages of the run are kept"; else: how many, and which.
std::string how_much(const KeptLives& lives);

// Of one run.
struct KeptLimits {
  std::uint64_t each = 100;       // messages of a cause; late ones; those that came twice
  std::uint64_t sample = 400;     // of the others
  std::uint64_t sights = 60'000;  // of all that is kept, but for the sample's
  std::uint64_t sample_sights = 20'000;
};

class LifeKeeper : public Witness {
 public:
  explicit LifeKeeper(Duration deadline, KeptLimits limits = {})
      : deadline_(deadline), limits_(limits) {}

  void see(const Message& message, const Sight& sight) override;
  void connection(ConnectionId id, const ConnectionRecord& life) override;

  KeptLives take();  // once, when the engine is back

 private:
  // Why a message is kept: a place in the table of causes, or one of these behind it.
  enum class Why : std::size_t { late = kMechanisms, twice };

  void close(KeptLife life);
  std::set<std::size_t> reasons_of(const KeptLife& life) const;
  void add_to_sample(KeptLife life);
  void thin_sample();

  Duration deadline_;
  KeptLimits limits_;
  std::map<std::uint64_t, KeptLife> open_;  // by number
  std::uint64_t ended_ = 0;                 // the message whose ends are being told; 0: none
  std::map<std::size_t, std::uint64_t> kept_for_;
  std::uint64_t closed_ = 0;                         // lives so far
  std::map<std::uint64_t, KeptLife> kept_, sample_;  // by their place among the closed
  std::uint64_t sights_ = 0, sample_sights_ = 0;
  std::uint64_t stride_ = 1;  // of the places of the sample
  std::uint64_t messages_ = 0;
  std::vector<ConnectionRecord> connections_;
};

}  // namespace squall
