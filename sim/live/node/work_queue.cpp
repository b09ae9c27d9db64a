// Sleeps one piece of work after another. See work_queue.hpp.
// A piece that is too short for a timer is not slept, but keeps its place in the line.
#include "sim/live/node/work_queue.hpp"

#include <fmt/core.h>
#include <utility>

namespace squall::live {
namespace {

// A timer ends a good part of this late; what is shorter costs what the machine takes for it.
constexpr Duration kShortest = std::chrono::microseconds{500};

}  // namespace

std::string in_words(const DilatedWork& dilated) {
  const auto ms = [](double ns) {
    const auto us = static_cast<std::int64_t>(ns / 1000 + 0.5);
    return fmt::format("{}.{:03} ms", us / 1000, us % 1000);
  };
  return fmt::format(
      "dilated: {} pieces of work slept {} on average, where {} were asked for; they waited {} on "
      "average, p99 {}",
      dilated.slept.count(), ms(dilated.slept.mean()), ms(dilated.asked.mean()),
      ms(dilated.wait.mean()), ms(static_cast<double>(dilated.wait.quantile(0.99))));
}

void WorkQueue::add(Duration work, Then then) {
  pieces_.push_back({loop_.now(), work, std::move(then)});
  if (!busy_) serve();
}

// Until a piece is to be slept, or nothing is left. What is done may add more, which waits.
void WorkQueue::serve() {
  busy_ = true;
  while (!pieces_.empty()) {
    const Time began = loop_.now();
    if (pieces_.front().work >= kShortest) {
      alarm_(began + pieces_.front().work, [this, began] { slept(began); });
      return;
    }
    finish_first();
  }
  busy_ = false;
}

void WorkQueue::slept(Time began) {
  const Piece& piece = pieces_.front();
  if (piece.came >= Time{0} && piece.came < measure_) {
    dilated_.asked.record(piece.work.count());
    dilated_.slept.record((loop_.now() - began).count());
    dilated_.wait.record((began - piece.came).count());
  }
  finish_first();
  serve();
}

void WorkQueue::finish_first() {
  const Then then = std::move(pieces_.front().then);
  pieces_.pop_front();
  then();
}

void WorkQueue::forget_all() {
  pieces_.clear();
  busy_ = false;
}

}  // namespace squall::live
