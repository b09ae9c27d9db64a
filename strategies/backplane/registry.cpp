// The table of backplanes. What a row says stands in the file of its algorithm.
// It is made when it is first asked for, so that no order of initialisation matters.
#include "strategies/backplane/registry.hpp"

#include <algorithm>
#include <utility>

#include "strategies/backplane/once.hpp"
#include "strategies/backplane/resume.hpp"
#include "strategies/backplane/resume_log.hpp"

namespace squall {
namespace {

// A deque: a row keeps its place when another is added, and runs hold on to theirs.
std::deque<BackplaneRow>& table() {
  static std::deque<BackplaneRow> rows{
      none_row(),   session_store_row(), broadcast_row(),       interest_row(),
      routed_row(), routed_nack_row(),   session_mailbox_row(), room_owner_row(),
  };
  return rows;
}

}  // namespace

const std::deque<BackplaneRow>& backplanes() { return table(); }

const BackplaneRow* backplane_named(std::string_view name) {
  const auto found = std::ranges::find(table(), name, &BackplaneRow::name);
  return found == table().end() ? nullptr : &*found;
}

// A message that comes twice does not reach the history.
std::unique_ptr<Backplane> make_backplane(const BackplaneRow& row, const StrategySpec& spec,
                                          const BackplaneContext& context) {
  std::unique_ptr<Backplane> made = row.make(spec, context);
  if (row.recovers) return made;
  if (spec.has_log() && !row.reads_log) {
    const auto topics = row.covers == Covers::topic ? ResumeFromLog::Topics::one_each
                                                    : ResumeFromLog::Topics::one_for_all;
    made = std::make_unique<ResumeFromLog>(std::move(made), context.sessions, topics,
                                           ResumeFromLog::Reading{spec.start_at, spec.commit});
  } else if (spec.resumes() && !spec.has_log()) {
    made = std::make_unique<Resume>(
        std::move(made), History::Limits{spec.resume, spec.resume_messages}, context.sessions);
  }
  if (spec.outbox > 0) made = std::make_unique<Once>(std::move(made));
  return made;
}

void add_backplane(const BackplaneRow& row) {
  SQUALL_CHECK(backplane_named(row.name) == nullptr);
  table().push_back(row);
}

}  // namespace squall
