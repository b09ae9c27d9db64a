// Letters between ranks by MPI. The only file behind which MPI is.
//
// Waiting sleeps between looks: a waiting rank of Open MPI would otherwise keep a processor busy
// that another rank could compute on. Errors of MPI end all ranks (its default); a sweep is resumed
// from its journal. Thread rule: one call at a time.
#pragma once

#include <optional>
#include <string>

#include "sim/farm/rank_team.hpp"

namespace squall {

class MpiLink : public RankLink {
 public:
  // Begins MPI, and the destructor ends it. Once per process.
  MpiLink(int* count, char*** words);
  ~MpiLink() override;
  MpiLink(const MpiLink&) = delete;
  MpiLink& operator=(const MpiLink&) = delete;

  int rank() const override { return rank_; }
  int ranks() const override { return ranks_; }
  void send(int to, LetterTag tag, const std::string& text) override;
  Letter receive() override;

 private:
  std::optional<Letter> look();

  int rank_ = 0, ranks_ = 1;
};

}  // namespace squall
