// Who says what to whom. The threads of a rank share one line to rank 0 and take turns on it.
// A failure anywhere ends up in the queue of rank 0, which then gives out nothing more.
#include "sim/farm/rank_team.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <mutex>
#include <thread>

namespace squall {
namespace {

// "12\ntext"
std::string numbered(std::size_t number, const std::string& text) {
  return fmt::format("{}\n{}", number, text);
}

struct Numbered {
  std::size_t number;
  std::string text;
};
Numbered split(const std::string& letter) {
  return {std::stoul(letter), letter.substr(letter.find('\n') + 1)};
}

// The queue of rank 0, seen from another rank.
class RemoteCells : public CellSource {
 public:
  RemoteCells(RankLink& link, const std::atomic<bool>& stop) : link_(link), stop_(stop) {}

  std::optional<std::size_t> next() override {
    const std::lock_guard lock(mutex_);
    if (stop_.load(std::memory_order_relaxed)) return std::nullopt;
    link_.send(0, LetterTag::ask, "");
    const Letter letter = link_.receive();
    if (letter.text.empty()) return std::nullopt;
    return std::stoul(letter.text);
  }
  void finished(std::size_t cell, const std::string& line) override {
    const std::lock_guard lock(mutex_);
    link_.send(0, LetterTag::line, numbered(cell, line));
  }
  void failed(std::size_t cell, const std::string& why) override {
    const std::lock_guard lock(mutex_);
    link_.send(0, LetterTag::failure, numbered(cell, why));
  }

 private:
  RankLink& link_;
  const std::atomic<bool>& stop_;
  std::mutex mutex_;
};

}  // namespace

void RankTeam::play(CellQueue& queue, const PlayCell& play, const std::string& request,
                    unsigned jobs) {
  const unsigned threads = std::max(1U, jobs);
  tell_all(LetterTag::request, numbered(threads, request));
  std::thread own([&] { play_cells(queue, play, threads); });
  serve(queue);
  own.join();
}

void RankTeam::dismiss() { tell_all(LetterTag::dismiss, ""); }

void RankTeam::tell_all(LetterTag tag, const std::string& text) {
  for (int rank = 1; rank < link_.ranks(); ++rank) link_.send(rank, tag, text);
}

void RankTeam::serve(CellQueue& queue) {
  for (int away = 1; away < link_.ranks();) {
    if (answer(queue, link_.receive())) ++away;
  }
}

bool RankTeam::answer(CellQueue& queue, const Letter& letter) {
  const std::string who = fmt::format("rank {}: ", letter.from);
  switch (letter.tag) {
    case LetterTag::ask: {
      const std::optional<std::size_t> cell = queue.next();
      link_.send(letter.from, LetterTag::cell, cell ? std::to_string(*cell) : "");
      return false;
    }
    case LetterTag::line: {
      const Numbered parts = split(letter.text);
      queue.finished(parts.number, parts.text);
      return false;
    }
    case LetterTag::failure: {
      const Numbered parts = split(letter.text);
      queue.failed(parts.number, who + parts.text);
      return false;
    }
    case LetterTag::leave:
      if (!letter.text.empty()) queue.give_up(who + letter.text);
      return true;
    case LetterTag::request:
    case LetterTag::cell:
    case LetterTag::dismiss: break;  // only rank 0 says these
  }
  return false;
}

void serve_as_rank(RankLink& link, const MakePlayer& make_player, const std::atomic<bool>& stop) {
  for (;;) {
    const Letter letter = link.receive();
    if (letter.tag == LetterTag::dismiss) return;
    const Numbered parts = split(letter.text);
    std::string error;
    const PlayCell play = make_player(parts.text, error);
    if (error.empty()) {
      RemoteCells cells(link, stop);
      play_cells(cells, play, static_cast<unsigned>(parts.number));
    }
    link.send(0, LetterTag::leave, error);
  }
}

}  // namespace squall
