// From glimpses to one JSON object. See watch_state.hpp.
// Its keys are read by report/assets/watch.js, and by nobody else: it is no format to build upon.
#include "sim/cli/watch/watch_state.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/model/plan.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

double seconds_of(Time time) { return std::chrono::duration<double>(time).count(); }

Json series(const std::vector<GlimpseSecond>& seconds, std::uint64_t GlimpseSecond::*of) {
  Json values = Json::array();
  for (const GlimpseSecond& second : seconds) values.push_back(second.*of);
  return values;
}

Glimpse last_look(const RunRecord& record, Time end) {
  Glimpse look{end, end, 0, {}, {}};
  for (const SecondRow& row : record.seconds) {
    look.seconds.push_back({row.owed, row.lost, row.delivered, row.connected});
  }
  if (!look.seconds.empty()) look.connected = look.seconds.back().connected;
  for (const NodeRow& node : record.node_rows) look.sessions.push_back(node.connections_end);
  return look;
}

}  // namespace

void WatchState::begin(const Scenario& scenario, std::string engine, std::size_t reps) {
  Json faults = Json::array();
  for (const FaultSpan& span : fault_spans(scenario)) {
    const Time end = std::min(span.end, Time{scenario.time.measure});
    faults.push_back(
        {{"name", span.label}, {"from", seconds_of(span.begin)}, {"to", seconds_of(end)}});
  }
  const std::lock_guard lock(mutex_);
  scenario_ = scenario.name, engine_ = std::move(engine), reps_ = reps;
  measure_ns_ = scenario.time.measure.count();
  faults_ = faults.dump();
  over_ = false;
  rows_.clear();
  for (const StrategySpec& spec : scenario.strategies) {
    rows_.emplace_back().strategy = spec.name;
  }
}

void WatchState::end() {
  const std::lock_guard lock(mutex_);
  over_ = true;
}

PlayFunction WatchState::watched(PlayFunction engine) {
  return [this, engine = std::move(engine)](const Scenario& scenario, const StrategySpec& spec,
                                            std::uint64_t seed, const PlayOptions& limits) {
    PlayOptions options = limits;
    std::list<Look>::iterator mine;
    {
      const std::lock_guard lock(mutex_);
      const auto row = std::ranges::find(rows_, spec.name, &Row::strategy);
      mine = looks_.emplace(looks_.end(), *this,
                            static_cast<std::size_t>(row - rows_.begin()), seed);
      ++row->under_way;
    }
    struct Leave {  // also when the engine throws
      WatchState& state;
      std::list<Look>::iterator look;
      ~Leave() {
        const std::lock_guard lock(state.mutex_);
        --state.rows_[look->row].under_way;
        state.looks_.erase(look);
      }
    } const leave{*this, mine};
    options.onlooker = &*mine;
    return engine(scenario, spec, seed, options);
  };
}

void WatchState::seen(const Look& look, const Glimpse& glimpse) {
  const std::lock_guard lock(mutex_);
  Row& row = rows_[look.row];
  row.seed = look.seed;
  row.shown = glimpse;
}

void WatchState::finished(const FarmProgress& progress) {
  const std::lock_guard lock(mutex_);
  Row& row = rows_[progress.job.strategy];
  ++row.done;
  row.pairs.add(progress.record);
  row.seed = progress.record.seed;
  row.shown = last_look(progress.record, Time{measure_ns_});
}

std::string WatchState::text() {
  std::unique_lock lock(mutex_);
  for (Look& look : looks_) look.wish();
  const std::vector<Row> copies = rows_;  // no engine waits while text is written
  Json all = {{"scenario", scenario_},
              {"engine", engine_},
              {"reps", reps_},
              {"measure", seconds_of(Time{measure_ns_})},
              {"faults", faults_.empty() ? Json::array() : Json::parse(faults_)},
              {"over", over_}};
  lock.unlock();
  Json rows = Json::array();
  for (const Row& row : copies) {
    const std::vector<GlimpseSecond>& seconds = row.shown.seconds;
    rows.push_back({{"strategy", row.strategy},
                    {"seed", row.seed},
                    {"done", row.done},
                    {"under_way", row.under_way},
                    {"owed_done", row.pairs.owed},
                    {"lost_done", row.pairs.lost},
                    {"now", seconds_of(row.shown.now)},
                    {"connected_now", row.shown.connected},
                    {"sessions", row.shown.sessions},
                    {"owed", series(seconds, &GlimpseSecond::owed)},
                    {"lost", series(seconds, &GlimpseSecond::lost)},
                    {"delivered", series(seconds, &GlimpseSecond::delivered)},
                    {"connected", series(seconds, &GlimpseSecond::connected)}});
  }
  all["rows"] = std::move(rows);
  return all.dump();
}

}  // namespace squall
