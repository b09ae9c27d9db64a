// The "why pairs were lost" block of the terminal output: mechanism by strategy, with bars on one
// common scale and the triggers that carry most of each.
#include <algorithm>

#include "report/measure/comparison.hpp"
#include "report/words/text_parts.hpp"

namespace squall::text {
namespace {

constexpr std::size_t kTriggersShown = 2;
constexpr std::size_t kBarWidth = 12;

struct MechanismLoss {
  std::string mechanism;
  std::uint64_t pairs = 0;
  std::vector<const LossShare*> shares;  // descending
};

std::vector<MechanismLoss> by_mechanism(const StrategyResult& strategy) {
  std::vector<MechanismLoss> all;
  for (const LossShare& share : strategy.loss) {
    auto known = std::find_if(all.begin(), all.end(), [&](const MechanismLoss& loss) {
      return loss.mechanism == share.mechanism;
    });
    if (known == all.end()) {
      all.push_back({share.mechanism, 0, {}});
      known = all.end() - 1;
    }
    known->pairs += share.pairs;
    known->shares.push_back(&share);
  }
  std::stable_sort(all.begin(), all.end(), [](const MechanismLoss& a, const MechanismLoss& b) {
    return a.pairs > b.pairs;
  });
  return all;
}

// `share` of `whole`, in eighths of a cell; anything above zero shows at least a sliver.
std::string bar(double share, double whole, const Glyphs& glyphs) {
  if (whole <= 0 || share <= 0) return "";
  const double eighths = share / whole * kBarWidth * 8;
  auto left = std::max<std::size_t>(1, static_cast<std::size_t>(eighths + 0.5));
  std::string text;
  for (; left >= 8; left -= 8) text += glyphs.bar[7];
  if (left > 0) text += glyphs.bar[left - 1];
  return text;
}

std::string triggers_of(const MechanismLoss& loss, const Pen& pen) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kTriggersShown, loss.shares.size()); ++i) {
    const LossShare& share = *loss.shares[i];
    const double percent =
        100.0 * static_cast<double>(share.pairs) / static_cast<double>(loss.pairs);
    text += (text.empty() ? "" : ", ") + pen.safe(share.trigger);
    if (share.reason != "none") text += " (" + pen.safe(share.reason) + ")";
    if (loss.shares.size() > 1) text += " " + sensible(percent, pen.glyphs) + " %";
  }
  if (loss.shares.size() > kTriggersShown) text += ", ...";
  return text;
}

struct StrategyLoss {
  const StrategyResult* strategy;
  double owed;
  std::vector<MechanismLoss> mechanisms;
};

std::string mechanism_line(const StrategyLoss& loss, const MechanismLoss& mechanism, double largest,
                           std::size_t name_width, const Pen& pen) {
  const double share = static_cast<double>(mechanism.pairs) / loss.owed;
  std::string line = "      " + pad_right(pen.safe(mechanism.mechanism), name_width);
  if (!pen.narrow()) {
    line += "  " + pen.ink(Ink::bad, pad_right(bar(share, largest, pen.glyphs), kBarWidth));
  }
  line += "  " + pad_right(sensible(share * 100, pen.glyphs) + " %", 9);
  // Who is to blame is never cut: what does not fit stands on the next line.
  const std::string triggers = triggers_of(mechanism, pen);
  if (pen.narrow()) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n" + wrapped("        ", triggers, pen.options.width);
  }
  const std::size_t used = 6 + name_width + 2 + kBarWidth + 2 + 9 + 2;
  const std::string rest = wrapped(std::string(used, ' '), triggers, pen.options.width);
  return line + "  " + rest.substr(used);
}

}  // namespace

std::string losses_block(const Result& result, const Pen& pen) {
  std::vector<StrategyLoss> losses;
  double largest = 0;
  std::size_t name_width = 0;
  for (const StrategyResult* strategy : compare_strategies(result, {}).strategies) {
    StrategyLoss loss{strategy, total_of(*strategy, "pairs.owed"), by_mechanism(*strategy)};
    if (loss.mechanisms.empty() || loss.owed <= 0) continue;
    for (const MechanismLoss& mechanism : loss.mechanisms) {
      largest = std::max(largest, static_cast<double>(mechanism.pairs) / loss.owed);
      name_width = std::max(name_width, display_width(mechanism.mechanism));
    }
    losses.push_back(std::move(loss));
  }
  if (losses.empty()) return "";
  std::string text = "    why pairs were lost (share of owed pairs, all seeds)\n";
  for (const StrategyLoss& loss : losses) {
    text += "    " + pen.ink(Ink::bold, pen.safe(loss.strategy->strategy)) + "\n";
    for (const MechanismLoss& mechanism : loss.mechanisms) {
      text += mechanism_line(loss, mechanism, largest, name_width, pen);
    }
  }
  return text + "\n";
}

}  // namespace squall::text
