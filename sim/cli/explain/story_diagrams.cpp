// A story as a sequence diagram: Mermaid text, and an SVG in a page of its own.
// Participants stand in the order in which they are met; their names are untrusted.
#include <fmt/core.h>
#include <algorithm>

#include "report/page/html_parts.hpp"
#include "report/page/svg.hpp"
#include "report/words/format.hpp"
#include "sim/cli/explain/story.hpp"

namespace squall {
namespace {

constexpr double kColumn = 190, kRow = 34, kTop = 70, kLeft = 130;

std::vector<std::string> participants(const Story& story) {
  std::vector<std::string> names;
  const auto meet = [&](const std::string& name) {
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const Step& step : story.steps) meet(step.from), meet(step.to);
  return names;
}

std::size_t position(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

// Mermaid ends a statement at a semicolon, and reads entities.
std::string for_mermaid(const std::string& text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (c == ';') {
      safe += ',';
    } else if (c == '#' || c == '<' || c == '>') {
      safe += ' ';
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string drawing(const Story& story) {
  const std::vector<std::string> names = participants(story);
  const double bottom = kTop + kRow * static_cast<double>(story.steps.size() + 1);
  const double width = kLeft + kColumn * static_cast<double>(names.size()) + 160;
  Svg svg("story", width, bottom + 10);
  const auto x = [](std::size_t i) { return kLeft + kColumn * (static_cast<double>(i) + 0.5); };
  for (std::size_t i = 0; i < names.size(); ++i) {
    svg.text({x(i), kTop - 30}, names[i], {.anchor = Anchor::middle, .size = 13, .bold = true});
    svg.line({x(i), kTop - 20}, {x(i), bottom}, {.ink = "grid", .width = 1, .dash = "4 4"});
  }
  for (std::size_t i = 0; i < story.steps.size(); ++i) {
    const Step& step = story.steps[i];
    const double y = kTop + kRow * static_cast<double>(i + 1);
    const std::string_view ink = step.bad ? "bad" : "fg";
    const double from = x(position(names, step.from));
    svg.text({kLeft - 10, y}, Names::time(step.at), {.anchor = Anchor::end, .ink = "muted"});
    if (step.to.empty() || step.to == step.from) {
      svg.circle({from, y}, 4, ink);
      svg.text({from + 8, y - 4}, step.what, {.size = 11, .ink = ink, .halo = true});
      continue;
    }
    const double to = x(position(names, step.to));
    const double back = to > from ? -8 : 8;
    svg.line({from, y}, {to, y}, {.ink = ink, .width = 1.5});
    svg.line({to, y}, {to + back, y - 4}, {.ink = ink, .width = 1.5});
    svg.line({to, y}, {to + back, y + 4}, {.ink = ink, .width = 1.5});
    svg.text({std::min(from, to) + 8, y - 4}, step.what, {.size = 11, .ink = ink, .halo = true});
  }
  return svg.element(story.title, story.verdict.empty() ? story.ends.front() : story.verdict);
}

}  // namespace

std::string as_mermaid(const Story& story) {
  std::string text = "sequenceDiagram\n";
  const std::vector<std::string> names = participants(story);
  const auto id = [&](const std::string& name) {
    return fmt::format("p{}", position(names, name));
  };
  for (const std::string& name : names) {
    text += fmt::format("  participant {} as {}\n", id(name), for_mermaid(name));
  }
  for (const Step& step : story.steps) {
    const std::string words = fmt::format("{} {}\n", Names::time(step.at), for_mermaid(step.what));
    if (step.to.empty()) {
      text += fmt::format("  Note over {}: {}", id(step.from), words);
    } else {
      text +=
          fmt::format("  {}{}{}: {}", id(step.from), step.bad ? "-x" : "->>", id(step.to), words);
    }
  }
  return text;
}

std::string as_drawing(const Story& story) { return drawing(story); }

std::string as_page(const Story& story) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>{}</title>\n"
      "</head>\n<body>\n<h1>{}</h1>\n{}\n{}\n</body>\n</html>\n",
      escaped(story.title), escaped(story.title), drawing(story),
      html::element("pre", as_text(story)));
}

}  // namespace squall
