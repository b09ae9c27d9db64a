// A bracket that closes: below does not have it, above has it. See fewest.hpp.
// Numbers are whole, so the bracket is closed when its ends are neighbours.
#include "sim/cli/size/fewest.hpp"

#include <algorithm>

namespace squall {
namespace {

// `below` lies one under the range, or `above` one over it, as long as nothing was found there.
struct Bracket {
  int below, above;
  int before = above;  // what lay above before
  bool ended = false;

  bool open() const { return !ended && above - below > 1; }
  void look(int number, const HasProperty& has_property) {
    const std::optional<bool> answer = has_property(static_cast<std::uint16_t>(number));
    ended = !answer;
    if (!answer) return;
    if (*answer) before = above;
    (*answer ? above : below) = number;
  }
};

}  // namespace

Fewest fewest(NodeRange range, std::uint16_t start, const HasProperty& has_property) {
  const int low = range.low, high = range.high;
  const int first = std::clamp<int>(start, low, high);
  Bracket bracket{low - 1, high + 1};
  bracket.look(first, has_property);
  const bool down = bracket.above == first;
  for (int step = 1; bracket.open(); step *= 2) {
    const int next = down ? std::max(first - step, low) : std::min(first + step, high);
    bracket.look(next, has_property);
    if (down ? bracket.below == next : bracket.above == next) break;
  }
  while (bracket.open()) bracket.look((bracket.below + bracket.above) / 2, has_property);
  Fewest found{.number = {}, .ended = bracket.ended, .confirmed = true};
  if (found.ended || bracket.above > high) return found;
  found.number = static_cast<std::uint16_t>(bracket.above);
  if (bracket.above == high || bracket.before == bracket.above + 1) return found;
  const std::optional<bool> next = has_property(static_cast<std::uint16_t>(bracket.above + 1));
  found.ended = !next;
  found.confirmed = next.value_or(true);
  return found;
}

}  // namespace squall
