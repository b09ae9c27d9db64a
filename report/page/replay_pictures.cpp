// The replay without scripts: the cluster at chosen seconds, one SVG each.
// See replay.hpp. A large cluster is drawn by the nodes that something happened to.
#include <fmt/core.h>
#include <algorithm>
#include <numeric>
#include <set>

#include "report/page/replay.hpp"
#include "report/page/svg.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

constexpr std::size_t kNodesDrawn = 10;
constexpr double kWidth = 340, kNodeRow = 18, kTop = 62;

std::uint64_t most_sessions(const FaultReplay& replay) {
  std::uint64_t most = 1;
  for (const ReplayNode& node : replay.nodes) {
    for (std::size_t i = 0; i < node.live.size(); ++i) {
      most = std::max(most, node.live[i] + node.ghosts[i]);
    }
  }
  return most;
}

// How much a node's sessions moved, states aside.
std::uint64_t unrest(const ReplayNode& node) {
  const auto [low, high] = std::ranges::minmax(node.live);
  const bool eventful =
      std::ranges::any_of(node.state, [](const std::string& state) { return state != "up"; });
  return high - low + (eventful ? std::uint64_t{1} << 40 : 0);
}

std::vector<const ReplayNode*> drawn_nodes(const FaultReplay& replay) {
  std::vector<const ReplayNode*> nodes;
  for (const ReplayNode& node : replay.nodes) nodes.push_back(&node);
  if (nodes.size() <= kNodesDrawn) return nodes;
  std::ranges::stable_sort(nodes, std::ranges::greater(),
                           [](const auto* one) { return unrest(*one); });
  nodes.resize(kNodesDrawn);
  std::ranges::sort(nodes);  // as they stand in the cluster
  return nodes;
}

}  // namespace

std::vector<std::size_t> chosen_seconds(const FaultReplay& replay) {
  const double last = static_cast<double>(replay.seconds() - 1);
  const double begin = replay.fault_begin - replay.first, end = replay.fault_end - replay.first;
  std::set<std::size_t> chosen;
  for (const double at : {begin - 1, begin + 1, begin + (end - begin) / 3,
                          begin + (end - begin) * 2 / 3, end + 1, end + 15, last}) {
    chosen.insert(static_cast<std::size_t>(std::clamp(at, 0.0, last)));
  }
  const auto worst = std::ranges::max_element(replay.lost);
  chosen.insert(static_cast<std::size_t>(worst - replay.lost.begin()));
  return {chosen.begin(), chosen.end()};
}

std::string replay_picture(const FaultReplay& replay, std::size_t place) {
  const std::vector<const ReplayNode*> nodes = drawn_nodes(replay);
  const bool some = nodes.size() < replay.nodes.size();
  const double height = kTop + kNodeRow * static_cast<double>(nodes.size()) + (some ? 20 : 6);
  Svg svg(fmt::format("second-{}", replay.first + place), kWidth, height);
  const std::string second = fmt::format("{} s", replay.first + place);
  const std::string counts = grouped(replay.connected[place]) + " connected";
  const std::string pairs = fmt::format("of {} pairs owed {} are lost", grouped(replay.owed[place]),
                                        grouped(replay.lost[place]));
  svg.text({0, 16}, second, {Anchor::start, 15, true, "fg"});
  svg.text({kWidth, 16}, counts, {Anchor::end, 12, false, "muted"});
  svg.text({0, 38}, pairs, {Anchor::start, 12, false, replay.lost[place] > 0 ? "bad" : "muted"});
  const double scale = 160 / static_cast<double>(most_sessions(replay));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const ReplayNode& node = *nodes[i];
    const double y = kTop + kNodeRow * static_cast<double>(i);
    const double live = static_cast<double>(node.live[place]) * scale;
    const double ghosts = static_cast<double>(node.ghosts[place]) * scale;
    svg.text({0, y + 10}, shortened(node.name, 6), {Anchor::start, 11, false, "fg"});
    svg.rect({40, y, 160, 12}, "margin");
    svg.rect({40, y, live, 12}, "s0");
    if (ghosts > 0) svg.rect({40 + live, y, ghosts, 12}, "bad", 0.5);
    std::string words = grouped(node.live[place]);
    if (node.state[place] != "up") words += ", " + node.state[place];
    if (node.waiting[place] > 0) words += ", " + grouped(node.waiting[place]) + " cut off";
    svg.text({206, y + 10}, shortened(words, 24), {Anchor::start, 11, false, "muted"});
  }
  if (some) {
    svg.text({0, height - 6},
             grouped(replay.nodes.size() - nodes.size()) + " calmer nodes are not drawn",
             {Anchor::start, 11, false, "muted"});
  }
  return svg.element("The cluster at " + second, counts + "; " + pairs);
}

}  // namespace squall
