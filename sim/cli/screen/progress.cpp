// The four ways of telling progress. A line that nobody can overwrite is written at most every
// ten seconds, so that a log of a long job stays short.
#include "sim/cli/screen/progress.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/words/format.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/screen/progress_clock.hpp"
#include "squall_version.hpp"

namespace squall {
namespace {

constexpr std::size_t kBarWidth = 12;

}  // namespace

ProgressKind progress_kind(const Options& options, const Console& console) {
  if (options.quiet || options.progress == "none") return ProgressKind::none;
  if (options.progress == "tty") return ProgressKind::bars;
  if (options.progress == "plain") return ProgressKind::plain;
  if (options.progress == "json") return ProgressKind::json;
  return console.err_is_terminal && !console.dumb ? ProgressKind::bars : ProgressKind::plain;
}

Progress::Progress(ProgressKind kind, const Console& console, ProgressSubject subject)
    : kind_(kind),
      console_(console),
      subject_(std::move(subject)),
      rows_(subject_.strategies.size()),
      total_(subject_.strategies.size() * subject_.reps) {
  // The screen takes bytes as they are.
  subject_.scenario = printable(subject_.scenario);
  for (std::string& strategy : subject_.strategies) strategy = printable(strategy);
}

Progress::~Progress() { stop_ticking(); }

void Progress::begin() {
  started_ = last_said_ = Clock::now();
  const std::string engine = subject_.engine == "sim" ? "simulator" : "live, on real sockets";
  const char* dot = subject_.ascii ? "-" : "·";
  switch (kind_) {
    case ProgressKind::bars:
      console_.screen << "squall " << squall_version() << ' ' << dot << ' ' << subject_.scenario
                      << " (sha256 " << subject_.scenario_sha256.substr(0, 6) << ") " << dot
                      << " seed " << subject_.first_seed << ' ' << dot << ' ' << subject_.reps
                      << " replications x " << subject_.strategies.size() << " strategies " << dot
                      << ' ' << engine << '\n'
                      << (subject_.estimate.empty() ? "" : subject_.estimate + "\n") << '\n';
      draw_bars();
      break;
    case ProgressKind::plain:
      console_.screen << "[0:00] squall " << squall_version() << " scenario=" << subject_.scenario
                      << " seed=" << subject_.first_seed << " reps=" << subject_.reps
                      << " strategies=" << subject_.strategies.size()
                      << " engine=" << subject_.engine
                      << (subject_.estimate.empty() ? "" : "  " + subject_.estimate) << std::endl;
      break;
    case ProgressKind::json:
    case ProgressKind::none: return;
  }
  ticking_ = std::thread([this] { tick(); });
}

void Progress::tick() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kRedrawEvery * 5, [this] { return over_; })) {
    if (kind_ == ProgressKind::bars && live_.empty()) draw_bars();
    if (kind_ == ProgressKind::plain && Clock::now() - last_said_ >= kPlainLineEvery) {
      last_said_ = Clock::now();
      say_plain_line();
    }
  }
}

void Progress::stop_ticking() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  ended_.notify_all();
  if (ticking_.joinable()) ticking_.join();
}

PlayFunction Progress::watched(PlayFunction engine) {
  return [this, engine = std::move(engine)](const Scenario& scenario, const StrategySpec& spec,
                                            std::uint64_t seed, const PlayOptions& limits) {
    std::list<UnderWay>::iterator mine;
    {
      const std::lock_guard lock(mutex_);
      mine = under_way_.emplace(under_way_.end());
      mine->strategy = spec.name;
      mine->seed = seed;
    }
    PlayOptions options = limits;
    options.reached = &mine->reached;
    const auto leave = [this, mine] {
      const std::lock_guard lock(mutex_);
      under_way_.erase(mine);
    };
    try {
      RunRecord record = engine(scenario, spec, seed, options);
      leave();
      return record;
    } catch (...) {
      leave();
      throw;
    }
  };
}

void Progress::finished(const FarmProgress& progress) {
  const std::lock_guard lock(mutex_);
  Row& row = rows_[progress.job.strategy];
  ++row.done;
  row.so_far.add(progress.record);
  finished_ = progress.finished;
  if (kind_ == ProgressKind::json) say_json_line(progress);
  const auto now = Clock::now();
  if (kind_ == ProgressKind::bars && now - last_said_ >= kRedrawEvery) {
    last_said_ = now;
    draw_bars();
  }
  if (kind_ == ProgressKind::plain && now - last_said_ >= kPlainLineEvery) {
    last_said_ = now;
    say_plain_line();
  }
}

// A live run takes as long as the scenario: one line says where it is and how fast.
void Progress::live(const live::LiveProgress& now) {
  if (kind_ == ProgressKind::none) return;
  const std::lock_guard lock(mutex_);
  const std::uint64_t sent = now.sent - std::min(now.sent, sent_before_);
  const std::uint64_t delivered = now.delivered - std::min(now.delivered, delivered_before_);
  sent_before_ = now.sent, delivered_before_ = now.delivered;
  const auto seconds = [](Time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
  };
  const auto wall = Clock::now();
  const bool bars = kind_ == ProgressKind::bars;
  if (!bars && wall - last_said_ < kPlainLineEvery) return;
  last_said_ = wall;
  if (kind_ == ProgressKind::json) {
    const nlohmann::json line = {{"progress", subject_.scenario}, {"strategy", now.strategy},
                                 {"time_s", seconds(now.now)},    {"end_s", seconds(now.end)},
                                 {"connected", now.connected},    {"sent_per_s", sent},
                                 {"delivered_per_s", delivered}};
    console_.screen << line.dump() << std::endl;
    return;
  }
  const std::string at =
      now.now < Time{0} ? "warming up" : fmt::format("{}/{} s", seconds(now.now), seconds(now.end));
  const std::string line = fmt::format("{} live {}, connected {}, sent {}/s, delivered {}/s",
                                       printable(now.strategy), at, now.connected, sent, delivered);
  if (bars) {
    live_ = line;
    draw_bars();
  } else {
    console_.screen << '[' << clock_text(seconds_since(started_)) << "] " << line << std::endl;
  }
}

void Progress::end() {
  stop_ticking();
  live_.clear();
  if (kind_ == ProgressKind::bars) {
    draw_bars();
    console_.screen << std::endl;
  }
  if (kind_ == ProgressKind::plain) say_plain_line();
}

std::string Progress::bar(std::size_t done) const {
  const std::size_t reps = std::max<std::size_t>(1, subject_.reps);
  const std::size_t filled = kBarWidth * done / reps;
  std::string text;
  for (std::size_t i = 0; i < kBarWidth; ++i) {
    if (subject_.ascii) {
      text += i < filled ? '#' : '.';
    } else {
      text += i < filled ? "█" : "░";
    }
  }
  return text;
}

std::string Progress::totals() const {
  const double elapsed = seconds_since(started_);
  std::string text = fmt::format("{}/{} runs, elapsed {}", finished_, total_, clock_text(elapsed));
  if (finished_ > 0 && finished_ < total_) {
    const double left =
        elapsed * static_cast<double>(total_ - finished_) / static_cast<double>(finished_);
    text += ", left " + clock_text(left);
  }
  return text;
}

// "broadcast seed 1 at 37 of 420 s": the run that is farthest back in the line of those under way.
std::string Progress::under_way() const {
  if (under_way_.empty() || subject_.length == Duration{0}) return "";
  const auto seconds = [](std::int64_t ns) { return ns / 1'000'000'000; };
  const UnderWay& first = under_way_.front();
  const std::int64_t reached = first.reached.load();
  return fmt::format("{} seed {}{}", printable(first.strategy), first.seed,
                     reached < 0 ? " warming up"
                                 : fmt::format(" at {} of {} s", seconds(reached),
                                               seconds(subject_.length.count())));
}

// A line that the terminal would break cannot be drawn over.
std::string Progress::fitting(const std::string& line) const {
  const auto columns = static_cast<std::size_t>(std::max(20, console_.err_columns));
  return "\x1b[2K" + shortened(line, columns - 1) + "\n";
}

std::vector<std::vector<std::string>> Progress::table() const {
  std::vector<std::vector<std::string>> rows{{"strategy", "", "runs"}};
  const auto append = [&](const std::vector<std::string>& cells) {
    rows.back().insert(rows.back().end(), cells.begin(), cells.end());
  };
  append(so_far_titles(subject_.unit, glyphs()));
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::size_t done = rows_[i].done;
    rows.push_back({subject_.strategies[i], bar(done), fmt::format("{}/{}", done, subject_.reps)});
    append(rows_[i].so_far.cells(subject_.unit, glyphs()));
  }
  return rows;
}

void Progress::draw_bars() {
  std::string text;
  if (drawn_) text += fmt::format("\x1b[{}A", rows_.size() + 2);
  std::istringstream lines(text_table(table(), 2, "  "));
  for (std::string line; std::getline(lines, line);) text += fitting(line);
  const std::string now = live_.empty() ? under_way() : live_;
  text += fitting("  " + totals() + (now.empty() ? "" : "   " + now));
  console_.screen << text << std::flush;
  drawn_ = true;
}

void Progress::say_plain_line() {
  console_.screen << '[' << clock_text(seconds_since(started_)) << "] " << subject_.scenario << ' '
                  << totals();
  if (!under_way().empty()) console_.screen << ", " << under_way();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].done == 0) continue;
    console_.screen << "  " << subject_.strategies[i]
                    << " lost=" << rows_[i].so_far.cells(subject_.unit, glyphs()).front() << " %";
  }
  console_.screen << std::endl;
}

void Progress::say_json_line(const FarmProgress& progress) {
  const nlohmann::json line = {
      {"progress", subject_.scenario}, {"strategy", progress.record.strategy},
      {"seed", progress.record.seed},  {"finished", progress.finished},
      {"total", progress.total},       {"elapsed_s", seconds_since(started_)}};
  console_.screen << line.dump() << std::endl;
}

}  // namespace squall
