// What the broker keeps: a log per topic, bounded by number and by time, as a stream of Redis with
// a limit of both; and where each message of late stands.
//
// Offsets count over all topics. An outage takes the logs away unless the broker is persistent;
// what is kept after it is of another epoch. It sends nothing: questions and answers are in
// log_questions.hpp. Each message in it is kept in the ledger, too.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "sim/kernel/topics.hpp"
#include "sim/record/ledger.hpp"
#include "strategies/core/spec.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

class BrokerLogs {
 public:
  struct Entry {
    std::uint64_t offset;
    MessageId message;
  };
  struct Found {
    bool reached;
    std::vector<Entry> entries;
  };

  BrokerLogs(const StrategySpec& spec, Ledger& ledger)
      : window_(spec.resume), messages_(spec.resume_messages), ledger_(ledger) {}

  void append(TopicId topic, MessageId message, Time now);
  // On this topic, all that came after the place.
  Found since(TopicId topic, LogPlace after, Time now);
  std::optional<LogPlace> place_of(MessageId message) const;  // if it was appended
  LogPlace newest() const { return {epoch_, last_}; }
  std::uint16_t epoch() const { return epoch_; }

  // All of it, and the epoch ends. `blamed`: where nobody was told, what was in it is lost with it.
  void lose(Time now, std::optional<TriggerId> blamed);
  // A replica goes on, without what was appended in the last `lag`. Who reads on is not told, and
  // no offset is given twice.
  void fail_over(Time now, Duration lag, TriggerId blamed);
  void finish();  // the run is over

 private:
  struct TopicLog {
    std::deque<Entry> kept;
    std::uint64_t gone = 0;  // the last one that was let go
  };
  struct Age {
    Time at;
    TopicId topic;
    std::uint64_t offset;
  };

  TopicLog& log(TopicId topic);
  void let_go_old(Time now);
  void let_go_first(TopicLog& log, Time now);
  void let_go_all(Time now);

  Duration window_;
  std::size_t messages_;
  Ledger& ledger_;
  std::vector<TopicLog> logs_;                   // by topic
  std::deque<Age> by_age_;                       // those let go for their number are still in it
  std::vector<std::optional<LogPlace>> places_;  // by message; of one that has gone: the last one's
  std::uint16_t epoch_ = 1;
  std::uint64_t last_ = 0;
};

}  // namespace squall
