// The logs that the embedded broker keeps: what the scripts of broker_log_script.hpp do in Redis.
//
// Plain data: time is told, nothing is sent. One instance per life of the broker, so a broker that
// was away begins another epoch.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "strategies/core/position.hpp"
#include "strategies/core/types.hpp"

namespace squall::live {

class BrokerLogs {
 public:
  struct Record {
    std::uint64_t offset;
    Time at;
    std::string message;
  };
  struct Found {
    bool reached = true;
    std::vector<const Record*> records = {};  // until the next call
  };

  // `run`: all logs of one share an epoch and count their offsets together.
  LogPlace keep(std::string_view run, std::string_view topic, std::string_view message, Time now,
                std::size_t most, Duration window);
  LogPlace newest(std::string_view run);
  Found since(std::string_view run, std::string_view topic, LogPlace after, Time now,
              Duration window);
  // What was kept for so long is gone, and nobody can see it: the places stay.
  void fall_behind(Time now, Duration lag);

 private:
  struct Log {
    std::deque<Record> kept;
    std::uint64_t gone = 0;
  };
  struct Run {
    LogPlace newest;
    std::map<std::string, Log, std::less<>> logs;
  };

  Run& run(std::string_view name);
  static void let_go_old(Log& log, Time now, Duration window);
  static void let_go_first(Log& log);

  std::map<std::string, Run, std::less<>> runs_;
};

}  // namespace squall::live
