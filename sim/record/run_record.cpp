// The words for the stages of a delivery, and whether a record may be used at all.
//
// What is computed from a record stands in report/.
#include "sim/record/run_record.hpp"

#include <algorithm>
#include <string_view>

#include "strategies/core/check.hpp"

namespace squall {
namespace {

constexpr std::array<std::string_view, kStages> kStageNames{"client_wait", "uplink",  "ingress_cpu",
                                                            "backplane",   "fan_out", "downlink"};

}  // namespace

std::string_view name(Stage stage) {
  const auto position = static_cast<std::size_t>(stage);
  SQUALL_CHECK(position < kStageNames.size());
  return kStageNames[position];
}

std::string_view name(NodeSpell::What what) {
  switch (what) {
    case NodeSpell::What::draining: return "draining";
    case NodeSpell::What::down: return "down";
    case NodeSpell::What::paused: return "paused";
    case NodeSpell::What::slow: return "slow";
  }
  return {};
}

bool complete(const RunRecord& record) {
  const bool all_resolved = std::all_of(record.cells.begin(), record.cells.end(),
                                        [](const Cell& cell) { return cell.unresolved == 0; });
  const bool all_attributed =
      std::none_of(record.losses.begin(), record.losses.end(), [](const LossRow& loss) {
        return loss.mechanism == Mechanism::unattributed && loss.pairs > 0;
      });
  return record.violations.empty() && all_resolved && all_attributed;
}

}  // namespace squall
