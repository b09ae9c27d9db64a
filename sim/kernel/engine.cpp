// The main loop: take the next event, hand it to the part it concerns, settle what has ended.
// Which part that is: dispatch.hpp.
#include "sim/kernel/engine.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <string>

#include "scenarios/model/settings.hpp"
#include "sim/books/setup.hpp"
#include "sim/kernel/balancer.hpp"
#include "sim/kernel/broker.hpp"
#include "sim/kernel/client_acks.hpp"
#include "sim/kernel/clients.hpp"
#include "sim/kernel/director.hpp"
#include "sim/kernel/event_table.hpp"
#include "sim/kernel/fetch_event.hpp"
#include "sim/kernel/heartbeats.hpp"
#include "sim/kernel/hurry.hpp"
#include "sim/kernel/left_over.hpp"
#include "sim/kernel/look.hpp"
#include "sim/kernel/memory.hpp"
#include "sim/kernel/nodes.hpp"
#include "sim/kernel/peers.hpp"
#include "sim/kernel/registry.hpp"
#include "sim/kernel/sessions.hpp"
#include "sim/kernel/supervisor.hpp"
#include "sim/kernel/world.hpp"

namespace squall {
namespace {

std::uint64_t fold(std::uint64_t hash, std::uint64_t value) {
  return (hash ^ value) * 0x100000001b3ULL;
}

class Run {
 public:
  Run(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
      const PlayOptions& options)
      : options_(options),
        world_(scenario, spec, seed, options),
        hurry_(world_),
        left_over_(world_),
        measure_(scenario.time.measure),
        end_(scenario.time.measure + scenario.time.drain),
        connected_(scenario.time.measure) {
    record_ = begin_record(world_.plan, spec);
    world_.ledger.share_work(world_.crew);
  }

  RunRecord play() {
    world_.nodes->begin();
    world_.clients->begin();
    world_.director->begin();
    world_.peers->begin();
    world_.balancer->begin();
    while (!world_.queue.empty() && !told_to_stop()) {
      Time at;
      const Event event = world_.queue.pop(at);
      world_.queue.look_ahead(near_, 5, [&](const Event& soon) { fetch_through(world_, soon); });
      world_.queue.look_ahead(far_, 12, [&](const Event& soon) { fetch_for(world_, soon); });
      pass_marks(at);
      if (at > end_) {
        left_over_.take(event);
        break;
      }
      world_.now = at;
      play_event(world_, event);
      schedule_settling();
      if (!row_of(event.kind).traits.heartbeat) {
        hash_ = fold(fold(hash_, static_cast<std::uint64_t>(at.count())),
                     static_cast<std::uint64_t>(event.kind) << 32 ^ event.a);
      }
      ++record_.events;
      if (hurry_.spent_by(at, event)) {
        cut_short_ = hurry_.sentence(event);
        break;
      }
    }
    finish();
    return std::move(record_);
  }

 private:
  bool told_to_stop() {
    const bool enough = options_.max_events != 0 && record_.events >= options_.max_events;
    if (record_.events % 1024 != 0) return stopped_by(enough, false);
    if (options_.reached != nullptr) options_.reached->store(world_.now.count());
    if (options_.onlooker != nullptr && options_.onlooker->wishes()) {
      options_.onlooker->show(look_at(world_, connected_, end_));
    }
    return stopped_by(enough, options_.stop != nullptr && *options_.stop);
  }

  bool stopped_by(bool enough, bool told) {
    if (enough || told) cut_short_ = enough ? "event limit" : "stopped";
    return enough || told;
  }

  // Counts the connected at every full second, and takes stock when measure ends.
  void pass_marks(Time at) {
    connected_.pass(at, world_.clients->tally().ready);
    if (at < measure_ || stock_taken_) return;
    stock_taken_ = true;
    world_.now = measure_;
    world_.nodes->end_measure(record_);
  }

  void schedule_settling() {
    for (const auto& [message, when] : world_.ledger.take_extinct()) {
      world_.at(std::max(when, world_.now),
                {EventKind::settle, kNoNode, static_cast<std::uint32_t>(message)});
    }
  }

  void finish() {
    pass_marks(end_);
    world_.now = std::max(world_.now, end_);
    world_.queue.for_each([&](const Event& left) { left_over_.take(left); });
    world_.heartbeats->book_pongs_in_flight();
    world_.client_acks->finish();
    world_.clients->finish();
    world_.broker->finish();
    left_over_.add("in the queues of the broker", world_.broker->links().queues().left_over());
    left_over_.add(kHeldByNodes, world_.nodes->give_back());
    for (const auto& [message, when] : world_.ledger.take_extinct()) world_.ledger.settle(message);
    world_.ledger.settle_decided(world_.now);
    world_.oracle.finish(world_.now, record_);
    world_.ledger.finish(record_);
    world_.memory->finish(record_);
    world_.supervisor->finish(record_);
    world_.nodes->finish(record_);
    record_.bytes = world_.bytes.window();
    record_.zone_crossing = world_.bytes.crossing();
    connected_.write(world_.window, record_);
    check();
    // The books of half a run cannot balance; that is no news.
    if (!cut_short_.empty()) record_.violations = {{std::string(kCutShort), cut_short_}};
    seal();
    if (world_.witness != nullptr) world_.oracle.tell(*world_.witness);
  }

  // The conservation laws of every run.
  void check() {
    const Clients::Tally& tally = world_.clients->tally();
    record_.attempts = tally.attempts;
    record_.connection_attempts = tally.attempts_in_measure;
    record_.established = tally.established;
    record_.refused = tally.refused;
    record_.timed_out = tally.timed_out;
    record_.abandoned = tally.abandoned;
    record_.pending = world_.clients->pending();
    const std::uint64_t ends =
        tally.established + tally.refused + tally.timed_out + tally.abandoned + record_.pending;
    if (tally.attempts != ends) {
      record_.violations.push_back(
          {"connections", fmt::format("attempts {} != their ends {}", tally.attempts, ends)});
    }
    world_.ledger.check(record_.violations, left_over_.copies());
    world_.oracle.check(record_.violations);
    world_.bytes.check(record_.violations);
    world_.registry->check(record_.violations);
  }

  void seal() {
    for (const Cell& cell : record_.cells) {
      for (const std::uint64_t count : std::initializer_list<std::uint64_t>{
               cell.owed, cell.live, cell.live_after_reconnect, cell.lost, cell.excused,
               cell.dup_suppressed, static_cast<std::uint64_t>(cell.latency.sum())}) {
        hash_ = fold(hash_, count);
      }
    }
    // The bus of a cluster of brokers is the last of the links, and there only where there is one.
    const auto& totals = world_.bytes.totals();
    const std::size_t links = totals.back().sent > 0 ? kLinks : kLinks - 1;
    for (const LinkBytes& link : std::span(record_.bytes).first(links)) {
      for (const Bytes bytes : link.sent) hash_ = fold(hash_, static_cast<std::uint64_t>(bytes));
    }
    for (const ByteBook::Totals& link : std::span(totals).first(links)) {
      hash_ = fold(fold(hash_, static_cast<std::uint64_t>(link.received)),
                   static_cast<std::uint64_t>(link.lost));
    }
    record_.fingerprint = hash_;
  }

  const PlayOptions& options_;
  World world_;
  Hurry hurry_;
  LeftOver left_over_;
  Time measure_, end_;
  RunRecord record_;
  EventQueue<Event>::Outlook near_, far_;
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
  ConnectedSeconds connected_;
  bool stock_taken_ = false;
  std::string cut_short_;  // why, when it was
};

}  // namespace

RunRecord play(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
               const PlayOptions& options) {
  try {
    return as_played_by(spec, scenario,
                        [&](const Scenario& own) { return Run(own, spec, seed, options).play(); });
  } catch (const PlanStopped&) {
    RunRecord record;
    record.violations.push_back({std::string(kCutShort), "stopped while its plan was made"});
    return record;
  }
}

}  // namespace squall
