// Rejection with a budget, then a tree of sums. See room_choice.hpp.
// The draws are numbered through, so that what a user gets depends on nobody else.
#include "scenarios/model/room_choice.hpp"

#include <bit>

#include "strategies/core/check.hpp"
#include "strategies/core/exact_math.hpp"

namespace squall {
namespace {

// Draws before the tree is asked. Ordinary sets never come so far.
std::uint64_t cheap_draws(std::uint32_t wanted) { return 256 + 16 * std::uint64_t{wanted}; }

}  // namespace

RoomChoice::RoomChoice(std::uint32_t rooms, double exponent)
    : exponent_(exponent), popularity_(rooms, exponent), taken_by_(rooms, 0) {}

const std::vector<std::uint32_t>& RoomChoice::choose(const Rng& rng, std::uint32_t wanted) {
  SQUALL_CHECK(wanted <= taken_by_.size());
  chosen_.clear();
  ++call_;
  std::uint64_t draw = 0;
  for (const std::uint64_t enough = cheap_draws(wanted); draw < enough; ++draw) {
    if (chosen_.size() == wanted) return chosen_;
    take(popularity_.sample(rng.at(draw)));
  }
  draw_from_the_rest(rng, draw, wanted);
  return chosen_;
}

bool RoomChoice::take(std::uint32_t rank) {
  if (taken_by_[rank] == call_) return false;
  taken_by_[rank] = call_;
  chosen_.push_back(rank);
  return true;
}

void RoomChoice::draw_from_the_rest(const Rng& rng, std::uint64_t draw, std::uint32_t wanted) {
  if (sums_.empty()) plant();
  for (const std::uint32_t rank : chosen_) weigh(rank, 0);
  for (; chosen_.size() < wanted; ++draw) {
    const std::uint32_t rank = rank_under(rng.at(draw));
    SQUALL_CHECK(take(rank));
    weigh(rank, 0);
  }
  for (const std::uint32_t rank : chosen_) weigh(rank, weight(rank));
}

// The rank under a point of the remaining weight. A room has at least 10^-35 of the first one's,
// so a subtree with a free room in it weighs more than nothing.
std::uint32_t RoomChoice::rank_under(std::uint64_t bits) const {
  double point = unit(bits) * sums_[1];
  std::uint32_t at = 1;
  while (at < leaves_) {
    const double left = sums_[2 * at];
    const bool go_right = left == 0 || (point >= left && sums_[2 * at + 1] > 0);
    if (go_right) point -= left;
    at = 2 * at + (go_right ? 1 : 0);
  }
  return at - leaves_;
}

double RoomChoice::weight(std::uint32_t rank) const {
  return exact::pow(static_cast<double>(rank) + 1.0, -exponent_);
}

void RoomChoice::plant() {
  const auto rooms = static_cast<std::uint32_t>(taken_by_.size());
  leaves_ = std::bit_ceil(rooms);
  sums_.assign(2 * std::size_t{leaves_}, 0);
  for (std::uint32_t rank = 0; rank < rooms; ++rank) sums_[leaves_ + rank] = weight(rank);
  for (std::uint32_t at = leaves_ - 1; at > 0; --at) sums_[at] = sums_[2 * at] + sums_[2 * at + 1];
}

void RoomChoice::weigh(std::uint32_t rank, double weight) {
  std::uint32_t at = leaves_ + rank;
  sums_[at] = weight;
  for (at /= 2; at > 0; at /= 2) sums_[at] = sums_[2 * at] + sums_[2 * at + 1];
}

}  // namespace squall
