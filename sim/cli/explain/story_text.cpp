// A story on a terminal: at most 40 lines, the steps in the middle give way.
// What the steps are is decided in story.cpp.
#include <fmt/core.h>
#include <algorithm>
#include <span>

#include "report/words/format.hpp"
#include "sim/cli/explain/story.hpp"

namespace squall {
namespace {

constexpr std::size_t kLines = 40;
constexpr std::size_t kLastSteps = 8;
constexpr std::size_t kEnds = 5;

std::string line_of(const Step& step, std::size_t wide) {
  const std::string where = step.to.empty() ? step.from : step.from + " > " + step.to;
  return fmt::format("{:>14} {} {}  {}\n", Names::time(step.at), step.bad ? 'x' : ' ',
                     pad_right(where, wide), step.what);
}

std::string lines_of(std::span<const Step> steps, std::size_t wide) {
  std::string text;
  for (const Step& step : steps) text += line_of(step, wide);
  return text;
}

std::string left_out(std::size_t count) {
  if (count == 0) return "";
  return fmt::format("                 ... {} {} left out\n", count,
                     count == 1 ? "step is" : "steps are");
}

// Behind what became of it for the recipient: a history may go on telling others for minutes.
std::size_t end_of_interest(std::span<const Step> steps) {
  const auto last = std::ranges::find(steps.rbegin(), steps.rend(), true, &Step::end);
  const auto count = static_cast<std::size_t>(steps.rend() - last);
  if (count == 0) return steps.size();
  return std::min(steps.size(), std::max(count, kLastSteps));
}

std::string steps_of(std::span<const Step> steps, std::size_t room) {
  std::size_t wide = 0;
  for (const Step& step : steps) {
    wide = std::max(wide, step.from.size() + (step.to.empty() ? 0 : step.to.size() + 3));
  }
  if (steps.size() <= room) return lines_of(steps, wide);
  const std::size_t end = end_of_interest(steps);
  const std::size_t gaps = end < steps.size() ? 2 : 1;
  const std::size_t last = std::min(kLastSteps, room - gaps);
  const std::size_t first = std::min(room - last - gaps, end - last);
  return lines_of(steps.first(first), wide) + left_out(end - last - first) +
         lines_of(steps.subspan(end - last, last), wide) + left_out(steps.size() - end);
}

}  // namespace

std::string as_text(const Story& story) {
  std::string tail;
  std::size_t lines = 5;
  if (!story.verdict.empty()) tail += "\n" + story.verdict + "\n", lines += 2;
  for (const Fact& fact : story.facts) {
    tail += fmt::format("  {}{}\n", pad_right(fact.what, 10), fact.text);
    ++lines;
  }
  tail += "\n";
  for (std::size_t i = 0; i < std::min(kEnds, story.ends.size()); ++i, ++lines) {
    const bool more = i + 1 == kEnds && story.ends.size() > kEnds;
    tail += pad_right(i == 0 ? "ends" : "", 12) +
            (more ? fmt::format("{} more kinds", story.ends.size() - i) : story.ends[i]) + "\n";
  }
  for (const auto& [what, text] : {std::pair{"checked", story.checked}, {"again", story.again}}) {
    if (text.empty()) continue;
    tail += pad_right(what, 12) + text + "\n";
    ++lines;
  }
  return fmt::format("{}\n{}\n{}{}", story.title, story.played.empty() ? "" : story.played + "\n",
                     steps_of(story.steps, kLines - lines), tail);
}

}  // namespace squall
