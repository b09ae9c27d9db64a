// Appending, and letting go. See broker_logs.hpp.
// Whoever looks finds that time has let go when it was due.
#include "sim/kernel/broker_logs.hpp"

#include <algorithm>

namespace squall {

BrokerLogs::TopicLog& BrokerLogs::log(TopicId topic) {
  if (logs_.size() <= index(topic)) logs_.resize(index(topic) + 1);
  return logs_[index(topic)];
}

void BrokerLogs::append(TopicId topic, MessageId message, Time now) {
  let_go_old(now);
  TopicLog& log = this->log(topic);
  if (log.kept.size() == messages_) let_go_first(log, now);
  log.kept.push_back({++last_, message});
  by_age_.push_back({now, topic, last_});
  ledger_.keep(message, Ledger::Keeper::log);
  const auto slot = static_cast<std::size_t>(message);
  if (places_.size() <= slot) places_.resize(slot + 1);
  places_[slot] = newest();
}

BrokerLogs::Found BrokerLogs::since(TopicId topic, LogPlace after, Time now) {
  let_go_old(now);
  const TopicLog& log = this->log(topic);
  const bool same = after.epoch == epoch_;
  const std::uint64_t from = same ? after.offset : 0;
  const auto first = std::ranges::upper_bound(log.kept, from, {}, &Entry::offset);
  return {same && log.gone <= from, {first, log.kept.end()}};
}

std::optional<LogPlace> BrokerLogs::place_of(MessageId message) const {
  const auto slot = static_cast<std::size_t>(message);
  return slot < places_.size() ? places_[slot] : std::nullopt;
}

void BrokerLogs::let_go_old(Time now) {
  for (; !by_age_.empty() && by_age_.front().at + window_ <= now; by_age_.pop_front()) {
    TopicLog& log = this->log(by_age_.front().topic);
    const bool there = !log.kept.empty() && log.kept.front().offset == by_age_.front().offset;
    if (there) let_go_first(log, by_age_.front().at + window_);
  }
}

void BrokerLogs::let_go_first(TopicLog& log, Time now) {
  log.gone = log.kept.front().offset;
  ledger_.let_go(log.kept.front().message, Ledger::Keeper::log, now);
  log.kept.pop_front();
}

void BrokerLogs::let_go_all(Time now) {
  for (const TopicLog& log : logs_) {
    for (const Entry& entry : log.kept) {
      ledger_.let_go(entry.message, Ledger::Keeper::log, now);
    }
  }
  logs_.clear();
  by_age_.clear();
}

void BrokerLogs::lose(Time now, std::optional<TriggerId> blamed) {
  for (const TopicLog& log : logs_) {
    for (const Entry& entry : log.kept) {
      if (!blamed) break;
      ledger_.note(entry.message, {Mechanism::broker_lost, now, kNoNode, *blamed});
    }
  }
  let_go_all(now);
  ++epoch_;
  last_ = 0;
}

void BrokerLogs::fail_over(Time now, Duration lag, TriggerId blamed) {
  let_go_old(now);
  for (; !by_age_.empty() && by_age_.back().at + lag > now; by_age_.pop_back()) {
    std::deque<Entry>& kept = log(by_age_.back().topic).kept;
    if (kept.empty() || kept.back().offset != by_age_.back().offset) continue;
    ledger_.note(kept.back().message, {Mechanism::broker_lost, now, kNoNode, blamed});
    ledger_.let_go(kept.back().message, Ledger::Keeper::log, now);
    kept.pop_back();
  }
}

void BrokerLogs::finish() { let_go_all(kNever); }

}  // namespace squall
