// A story on a terminal: at most 40 lines, the steps in the middle give way.
// What the steps are is decided in story.cpp.
#include <algorithm>

#include "report/words/format.hpp"
#include "sim/cli/explain/story.hpp"

namespace squall {
namespace {

constexpr std::size_t kLines = 40;
constexpr std::size_t kLastSteps = 8;
constexpr std::size_t kEnds = 5;

std::string line_of(const Step& step, std::size_t wide) {
  const std::string where = step.to.empty() ? step.from : step.from + " > " + step.to;
  const std::string at = Names::time(step.at);
  return std::string(at.size() < 14 ? 14 - at.size() : 0, ' ') + at + (step.bad ? " x " : "   ") +
         pad_right(where, wide) + "  " + step.what + "\n";
}

std::string steps_of(const std::vector<Step>& steps, std::size_t room) {
  std::size_t wide = 0;
  for (const Step& step : steps) {
    wide = std::max(wide, step.from.size() + (step.to.empty() ? 0 : step.to.size() + 3));
  }
  const std::size_t last = std::min({kLastSteps, steps.size(), room - 1});
  const bool all = steps.size() <= room;
  const std::size_t first = all ? steps.size() - last : room - last - 1;
  std::string text;
  for (std::size_t i = 0; i < first; ++i) text += line_of(steps[i], wide);
  if (!all) {
    text += "                 ... " + std::to_string(steps.size() - first - last) +
            " steps are left out\n";
  }
  for (std::size_t i = steps.size() - last; i < steps.size(); ++i) text += line_of(steps[i], wide);
  return text;
}

}  // namespace

std::string as_text(const Story& story) {
  std::string tail;
  std::size_t lines = 5;
  if (!story.verdict.empty()) tail += "\n" + story.verdict + "\n", lines += 2;
  for (const Fact& fact : story.facts) {
    tail += "  " + pad_right(fact.what, 10) + fact.text + "\n";
    ++lines;
  }
  tail += "\n";
  for (std::size_t i = 0; i < std::min(kEnds, story.ends.size()); ++i, ++lines) {
    const bool more = i + 1 == kEnds && story.ends.size() > kEnds;
    tail += pad_right(i == 0 ? "ends" : "", 12) +
            (more ? std::to_string(story.ends.size() - i) + " more kinds" : story.ends[i]) + "\n";
  }
  for (const auto& [what, text] : {std::pair{"checked", story.checked}, {"again", story.again}}) {
    if (text.empty()) continue;
    tail += pad_right(what, 12) + text + "\n";
    ++lines;
  }
  return story.title + "\n" + (story.played.empty() ? "" : story.played + "\n") + "\n" +
         steps_of(story.steps, kLines - lines) + tail;
}

}  // namespace squall
