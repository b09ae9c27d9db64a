// One line of progress in four forms. The time left counts what was played since the start, not
// what a resumed sweep had before.
#include "sim/cli/sweep/sweep_progress.hpp"

#include <fmt/core.h>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"
#include "sim/cli/screen/progress_clock.hpp"
#include "squall_version.hpp"

namespace squall {
namespace {

constexpr std::size_t kBarWidth = 30;

}  // namespace

SweepProgress::SweepProgress(ProgressKind kind, const Console& console, SweepSubject subject)
    : kind_(kind), console_(console), subject_(std::move(subject)), done_(subject_.already) {
  subject_.scenario = printable(subject_.scenario);  // the screen takes bytes as they are
}

void SweepProgress::begin() {
  started_ = last_said_ = Clock::now();
  if (kind_ == ProgressKind::none || kind_ == ProgressKind::json) return;
  if (kind_ == ProgressKind::plain) console_.screen << "[0:00] ";
  console_.screen << "squall " << squall_version() << " sweep of " << subject_.scenario << ": "
                  << subject_.points << " points, " << subject_.cells << " cells";
  if (subject_.already > 0) console_.screen << ", " << subject_.already << " of them done before";
  console_.screen << std::endl;
  if (kind_ == ProgressKind::bars) draw_bar();
}

void SweepProgress::finished(std::size_t cell) {
  ++done_;
  if (kind_ == ProgressKind::json) {
    const nlohmann::json line = {{"progress", subject_.scenario},
                                 {"cell", cell},
                                 {"finished", done_},
                                 {"total", subject_.cells},
                                 {"elapsed_s", seconds_since(started_)}};
    console_.screen << line.dump() << std::endl;
    return;
  }
  const auto now = Clock::now();
  if (kind_ == ProgressKind::bars && now - last_said_ >= kRedrawEvery) {
    last_said_ = now;
    draw_bar();
  }
  if (kind_ == ProgressKind::plain && now - last_said_ >= kPlainLineEvery) {
    last_said_ = now;
    say_plain_line();
  }
}

void SweepProgress::end() {
  if (kind_ == ProgressKind::bars) {
    draw_bar();
    console_.screen << std::endl;
  }
  if (kind_ == ProgressKind::plain) say_plain_line();
}

std::string SweepProgress::totals() const {
  const double elapsed = seconds_since(started_);
  std::string text =
      fmt::format("{}/{} cells, elapsed {}", done_, subject_.cells, clock_text(elapsed));
  const std::size_t played = done_ - subject_.already;
  if (played == 0 || done_ >= subject_.cells) return text;
  const double left =
      elapsed * static_cast<double>(subject_.cells - done_) / static_cast<double>(played);
  return text + ", left " + clock_text(left);
}

void SweepProgress::draw_bar() {
  const std::size_t filled = subject_.cells == 0 ? kBarWidth : kBarWidth * done_ / subject_.cells;
  std::string bar;
  for (std::size_t i = 0; i < kBarWidth; ++i) {
    bar += subject_.ascii ? (i < filled ? "#" : ".") : (i < filled ? "█" : "░");
  }
  console_.screen << "\r\x1b[2K  " << bar << " " << totals()
                  << "   Ctrl-C stops and keeps what is done" << std::flush;
}

void SweepProgress::say_plain_line() {
  console_.screen << '[' << clock_text(seconds_since(started_)) << "] " << subject_.scenario << ' '
                  << totals() << std::endl;
}

}  // namespace squall
