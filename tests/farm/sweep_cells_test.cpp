// Who plays the cells of a sweep: threads, and ranks that write letters; every cell once, and a
// failure anywhere is told.
//
// The ranks here are threads with letter boxes in memory. MPI is tested with the real binary
// (tests/sweep/sweep_mpi_test.cpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>

#include "sim/farm/rank_team.hpp"

namespace squall {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<std::size_t> first_cells(std::size_t count) {
  std::vector<std::size_t> cells(count);
  std::iota(cells.begin(), cells.end(), 0);
  return cells;
}

// Remembers what was kept.
struct Kept {
  std::multiset<std::string> lines;
  CellQueue::Keep keep() {
    return [this](std::size_t cell, const std::string& line) {
      lines.insert(std::to_string(cell) + " " + line);
      return std::string();
    };
  }
};

std::optional<std::string> square(std::size_t cell) { return std::to_string(cell * cell); }

std::multiset<std::string> all_squares(std::size_t count) {
  std::multiset<std::string> lines;
  for (std::size_t i = 0; i < count; ++i) lines.insert(std::to_string(i) + " " + *square(i));
  return lines;
}

TEST(SweepCells, every_cell_is_played_once_by_any_number_of_threads) {
  for (const unsigned threads : {0U, 1U, 2U, 7U}) {
    Kept kept;
    CellQueue queue(first_cells(50), kept.keep());

    play_cells(queue, square, threads);

    EXPECT_EQ(kept.lines, all_squares(50)) << threads;
    EXPECT_EQ(queue.failure(), "");
  }
}

TEST(SweepCells, an_exception_of_a_cell_stops_the_others_and_is_told) {
  Kept kept;
  CellQueue queue(first_cells(50), kept.keep());

  play_cells(
      queue,
      [](std::size_t cell) {
        if (cell == 3) throw std::runtime_error("no luck");
        return square(cell);
      },
      1);

  EXPECT_EQ(queue.failure(), "cell 3: no luck");
  EXPECT_EQ(kept.lines, all_squares(3));
}

TEST(SweepCells, a_line_that_cannot_be_kept_stops_the_rest) {
  CellQueue queue(first_cells(50), [](std::size_t, const std::string&) { return "disk full"; });

  play_cells(queue, square, 1);

  EXPECT_EQ(queue.failure(), "disk full");
}

TEST(SweepCells, nothing_is_handed_out_after_a_stop) {
  std::atomic<bool> stop{false};
  Kept kept;
  CellQueue queue(first_cells(50), kept.keep(), &stop);

  play_cells(
      queue,
      [&](std::size_t cell) {
        stop.store(cell == 1);
        return cell == 1 ? std::nullopt : square(cell);
      },
      1);

  EXPECT_EQ(kept.lines, all_squares(1));
  EXPECT_EQ(queue.failure(), "");
}

// The letter boxes of all ranks.
class PostOffice {
 public:
  explicit PostOffice(int ranks) : boxes_(static_cast<std::size_t>(ranks)) {}
  int ranks() const { return static_cast<int>(boxes_.size()); }

  void send(int to, Letter letter) {
    const std::lock_guard lock(mutex_);
    boxes_[static_cast<std::size_t>(to)].push_back(std::move(letter));
    changed_.notify_all();
  }
  Letter receive(int rank) {
    std::unique_lock lock(mutex_);
    auto& box = boxes_[static_cast<std::size_t>(rank)];
    changed_.wait(lock, [&] { return !box.empty(); });
    Letter letter = std::move(box.front());
    box.pop_front();
    return letter;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::deque<Letter>> boxes_;
};

class MemoryLink : public RankLink {
 public:
  MemoryLink(PostOffice& office, int rank) : office_(office), rank_(rank) {}
  int rank() const override { return rank_; }
  int ranks() const override { return office_.ranks(); }
  void send(int to, LetterTag tag, const std::string& text) override {
    office_.send(to, {rank_, tag, text});
  }
  Letter receive() override { return office_.receive(rank_); }

 private:
  PostOffice& office_;
  int rank_;
};

struct RankSetup {
  int ranks = 3;
  unsigned threads = 1;
  PlayCell own = square;       // how rank 0 plays
  PlayCell others = square;    // how all others do
  std::string complaint{};     // of all others, about the request
  std::string seen_request{};  // by the others
};

// Plays the queue with rank 0 in this thread and one thread for each other rank.
void play_with_ranks(RankSetup& setup, CellQueue& queue) {
  PostOffice office(setup.ranks);
  const std::atomic<bool> stop{false};
  std::mutex mutex;
  std::vector<std::thread> others;
  for (int rank = 1; rank < setup.ranks; ++rank) {
    others.emplace_back([&, rank] {
      MemoryLink link(office, rank);
      const auto make_player = [&](const std::string& request, std::string& error) {
        const std::lock_guard lock(mutex);
        setup.seen_request = request;
        error = setup.complaint;
        return setup.others;
      };
      serve_as_rank(link, make_player, stop);
    });
  }
  MemoryLink link(office, 0);
  RankTeam team(link);
  team.play(queue, setup.own, "the request\nof two lines", setup.threads);
  team.dismiss();
  for (std::thread& thread : others) thread.join();
}

TEST(RankTeam, every_cell_is_played_once_by_any_number_of_ranks_and_threads) {
  for (const int ranks : {1, 2, 5}) {
    for (const unsigned threads : {0U, 1U, 3U}) {
      Kept kept;
      CellQueue queue(first_cells(60), kept.keep());
      RankSetup setup{.ranks = ranks, .threads = threads};

      play_with_ranks(setup, queue);

      EXPECT_EQ(kept.lines, all_squares(60)) << ranks << " ranks, " << threads << " threads";
      EXPECT_EQ(setup.seen_request, ranks == 1 ? "" : "the request\nof two lines");
    }
  }
}

// Rank 0 waits in its first cell until another rank has failed: the failure comes from there.
TEST(RankTeam, an_exception_in_another_rank_is_told_to_rank_0_and_ends_the_sweep) {
  Kept kept;
  CellQueue queue(first_cells(1000), kept.keep());
  std::atomic<bool> thrown{false};
  RankSetup setup{.ranks = 3};
  setup.own = [&](std::size_t cell) {
    while (queue.failure().empty()) std::this_thread::yield();
    return square(cell);
  };
  setup.others = [&](std::size_t) -> std::optional<std::string> {
    thrown.store(true);
    throw std::runtime_error("no luck");
  };

  play_with_ranks(setup, queue);

  EXPECT_TRUE(thrown.load());
  EXPECT_THAT(queue.failure(), StartsWith("cell "));
  EXPECT_THAT(queue.failure(), HasSubstr(": no luck"));
  EXPECT_THAT(queue.failure(), HasSubstr("rank "));
  EXPECT_LT(kept.lines.size(), 1000U);
}

TEST(RankTeam, a_rank_that_does_not_understand_the_request_says_so) {
  Kept kept;
  CellQueue queue(first_cells(5), kept.keep());
  RankSetup setup{.ranks = 2};
  setup.complaint = "another version";

  play_with_ranks(setup, queue);

  EXPECT_EQ(queue.failure(), "rank 1: another version");
}

TEST(RankTeam, nothing_to_play_is_no_failure) {
  Kept kept;
  CellQueue queue({}, kept.keep());
  RankSetup setup{.ranks = 4};

  play_with_ranks(setup, queue);

  EXPECT_THAT(kept.lines, IsEmpty());
  EXPECT_EQ(queue.failure(), "");
}

}  // namespace
}  // namespace squall
