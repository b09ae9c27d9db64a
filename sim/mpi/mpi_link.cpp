// MPI_Send, MPI_Iprobe, MPI_Recv: all of MPI that squall uses.
// What letters mean is sim/farm/rank_team.cpp.
#include "sim/mpi/mpi_link.hpp"

#include <mpi.h>

#include <chrono>
#include <thread>

namespace squall {
namespace {

// Short beside any cell, long beside a look.
constexpr std::chrono::microseconds kBetweenLooks{300};

}  // namespace

MpiLink::MpiLink(int* count, char*** words) {
  int provided = 0;
  MPI_Init_thread(count, words, MPI_THREAD_SERIALIZED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks_);
  // Calls come from several threads, one at a time.
  if (provided < MPI_THREAD_SERIALIZED) MPI_Abort(MPI_COMM_WORLD, 4);
}

MpiLink::~MpiLink() { MPI_Finalize(); }

void MpiLink::send(int to, LetterTag tag, const std::string& text) {
  MPI_Send(text.data(), static_cast<int>(text.size()), MPI_BYTE, to, static_cast<int>(tag),
           MPI_COMM_WORLD);
}

std::optional<Letter> MpiLink::look() {
  int there = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
  if (there == 0) return std::nullopt;
  int size = 0;
  MPI_Get_count(&status, MPI_BYTE, &size);
  Letter letter{status.MPI_SOURCE, static_cast<LetterTag>(status.MPI_TAG), {}};
  letter.text.resize(static_cast<std::size_t>(size));
  MPI_Recv(letter.text.data(), size, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD,
           MPI_STATUS_IGNORE);
  return letter;
}

Letter MpiLink::receive() {
  for (;;) {
    if (std::optional<Letter> letter = look()) return std::move(*letter);
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace squall
