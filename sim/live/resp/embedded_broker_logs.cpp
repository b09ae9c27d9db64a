// Appending, trimming, looking up. See embedded_broker_logs.hpp.
// The epoch comes from the wall clock, as in the scripts: a later life has another one.
#include "sim/live/resp/embedded_broker_logs.hpp"

#include <chrono>

namespace squall::live {

BrokerLogs::Run& BrokerLogs::run(std::string_view name) {
  const auto found = runs_.find(name);
  if (found != runs_.end()) return found->second;
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wall).count();
  return runs_.emplace(name, Run{{static_cast<std::uint16_t>(seconds % 65535 + 1), 0}, {}})
      .first->second;
}

LogPlace BrokerLogs::keep(std::string_view run_name, std::string_view topic,
                          std::string_view message, Time now, std::size_t most, Duration window) {
  Run& run = this->run(run_name);
  Log& log = run.logs[std::string(topic)];
  log.kept.push_back({++run.newest.offset, now, std::string(message)});
  if (log.kept.size() > most) let_go_first(log);
  let_go_old(log, now, window);
  return run.newest;
}

LogPlace BrokerLogs::newest(std::string_view run_name) { return run(run_name).newest; }

BrokerLogs::Found BrokerLogs::since(std::string_view run_name, std::string_view topic,
                                    LogPlace after, Time now, Duration window) {
  Run& run = this->run(run_name);
  Log& log = run.logs[std::string(topic)];
  let_go_old(log, now, window);
  const bool same = after.epoch == run.newest.epoch;
  const std::uint64_t from = same ? after.offset : 0;
  Found found{same && log.gone <= from};
  for (const Record& record : log.kept) {
    if (record.offset > from) found.records.push_back(&record);
  }
  return found;
}

void BrokerLogs::fall_behind(Time now, Duration lag) {
  for (auto& [name, run] : runs_) {
    for (auto& [topic, log] : run.logs) {
      while (!log.kept.empty() && log.kept.back().at + lag > now) log.kept.pop_back();
    }
  }
}

void BrokerLogs::let_go_old(Log& log, Time now, Duration window) {
  while (!log.kept.empty() && log.kept.front().at + window <= now) let_go_first(log);
}

void BrokerLogs::let_go_first(Log& log) {
  log.gone = log.kept.front().offset;
  log.kept.pop_front();
}

}  // namespace squall::live
