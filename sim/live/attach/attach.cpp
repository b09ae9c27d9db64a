// One run against servers of others, from the first dial to the closed books. See attach.hpp.
// The calling thread conducts: it calls the hooks, and waits for times, never for locks.
#include "sim/live/attach/attach.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <thread>

#include "sim/books/setup.hpp"
#include "sim/live/attach/doors.hpp"
#include "sim/live/attach/foreign_language.hpp"
#include "sim/live/attach/foreign_story.hpp"
#include "sim/live/node/node.hpp"
#include "sim/live/run/descriptors.hpp"
#include "sim/live/run/engine.hpp"
#include "sim/live/run/run_end.hpp"
#include "strategies/backplane/match.hpp"

namespace squall::live {
namespace {

using namespace std::chrono_literals;

constexpr auto kHeadStart = 50ms;

class Run {
 public:
  Run(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
      const LiveOptions& options, const AttachOptions& attached)
      : plan_(scenario, seed, options.stop),
        options_(options),
        attached_(attached),
        cluster_(plan_, spec, options),
        faults_(server_faults(plan_)),
        hooks_(attached.hooks, cluster_.clock) {
    cluster_.language = std::make_unique<ForeignLanguage>(cluster_, attached);
    cluster_.overhead = {};  // theirs is in what the sockets count
    cluster_.node_addresses.clear();
    for (const AttachTarget& target : attached.targets) {
      cluster_.node_addresses.push_back(target.at);
    }
    cluster_.has_front = attached.targets.size() == 1;
    cluster_.front_address = attached.targets.front().at;
  }

  RunRecord play() {
    look_at_doors(attached_);
    require_descriptors(cluster_, Ends::clients);
    for (std::size_t i = 0; i < loop_count(cluster_); ++i) {
      cluster_.loops.push_back(std::make_unique<RunLoop>(cluster_.clock));
    }
    for (std::size_t i = 0; i < cluster_.loops.size(); ++i) {
      clients_.push_back(std::make_unique<Clients>(cluster_, i));
    }
    for (const auto& loop : cluster_.loops) loop->start(options_.own_descriptors);
    try {
      begin();
      conduct();
    } catch (...) {
      finish();  // clients go before the loops that they are on
      throw;
    }
    finish();
    return tell();
  }

 private:
  void begin() {
    const Duration moved = cluster_.clock.start_measure_at(
        std::chrono::steady_clock::now() + kHeadStart + cluster_.scenario.time.warmup);
    for (std::size_t i = 0; i < cluster_.loops.size(); ++i) {
      cluster_.loops[i]->post([this, i, moved] {
        cluster_.loops[i]->moved(moved);
        schedule(i);
        cluster_.loops[i]->at(-cluster_.scenario.time.warmup, [this, i] { clients_[i]->begin(); });
      });
    }
  }

  // What the script does to clients; what it does to servers is the hooks'.
  void schedule(std::size_t loop) {
    for (const Stimulus& stimulus : plan_.stimuli()) {
      using Kind = Stimulus::Kind;
      if (stimulus.kind == Kind::disconnect) {
        cluster_.loops[loop]->at(stimulus.at,
                                 [this, loop, &stimulus] { clients_[loop]->disconnect(stimulus); });
      }
      if (stimulus.kind == Kind::join || stimulus.kind == Kind::leave) {
        cluster_.loops[loop]->at(stimulus.at,
                                 [this, loop, &stimulus] { clients_[loop]->membership(stimulus); });
      }
    }
  }

  void conduct() {
    const TimeWindows& time = cluster_.scenario.time;
    end_ = time.measure + time.drain;
    bool at_start = false, at_end = false;
    auto fault = faults_.begin();
    for (Time next_report = -time.warmup; !stopped();) {
      const Time now = cluster_.clock.now();
      for (; fault != faults_.end() && fault->at <= now; ++fault) hooks_.call(*fault);
      hooks_.watch();
      if (!at_start && now >= -kAskedBefore) {
        at_start = true, facts_.window_begin = take_traffic();
        if (options_.on_measure) options_.on_measure(true);
      }
      if (!at_end && now >= time.measure) {
        at_end = true, facts_.window_end = take_traffic();
        if (options_.on_measure) options_.on_measure(false);
      }
      if (now >= end_) return;
      if (now >= next_report) report(now), next_report = now + 1s;
      Time wake = std::min(end_, now + 20ms);
      if (!at_start) wake = std::min(wake, Time{-kAskedBefore});
      if (!at_end) wake = std::min(wake, Time{time.measure});
      if (fault != faults_.end()) wake = std::min(wake, fault->at);
      std::this_thread::sleep_until(cluster_.clock.at(wake));
    }
    const bool measuring = at_start && !at_end;
    end_ = cut_short(cluster_, end_, [&] {
      if (measuring) facts_.window_end = take_traffic();
    });
  }

  // As the servers would count it.
  TrafficSample take_traffic() {
    TrafficSample sample;
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      RunLoop& loop = *cluster_.loops[i];
      Clients::Sockets sockets;
      loop.call([&] { sockets = clients_[i]->sockets(); });
      Traffic clients = sockets.ended;
      clients += from_the_other_side(traffic_of(loop, std::move(sockets.open)));
      sample.nodes.push_back({.clients = clients,
                              .peers = {},
                              .broker = {},
                              .registry = {},
                              .opening = sockets.opening,
                              .openings = sockets.openings});
    }
    sample.cpu = process_cpu();
    return sample;
  }

  bool stopped() const { return options_.stop != nullptr && *options_.stop; }

  void report(Time now) {
    if (!options_.on_progress) return;
    LiveProgress progress;
    progress.strategy = cluster_.spec.name;
    progress.now = now, progress.end = end_;
    add_progress(cluster_, clients_, progress);
    options_.on_progress(progress);
  }

  void finish() {
    finish_clients(cluster_, clients_);
    stop_loops(cluster_);
    hooks_.finish();
  }

  RunRecord tell() {
    const ForeignStory story = tell_story(cluster_, logs_of(cluster_), hooks_.called());
    add_remarks(story);
    return close_books(cluster_, story.index, clients_, facts_, end_);
  }

  void add_remarks(const ForeignStory& story) {
    const auto add = [this](const std::vector<std::string>& lines) {
      cluster_.remarks.insert(cluster_.remarks.end(), lines.begin(), lines.end());
    };
    for (const ServerFault& fault : faults_) {
      if (command_for(attached_.hooks, fault) != nullptr) continue;
      add({fmt::format("`{}` at {} was not brought about: {}", fault.name(), seconds(fault.at),
                       why_no_command(attached_.hooks))});
    }
    add(hooks_.log());
    add(static_cast<const ForeignLanguage&>(*cluster_.language).refusals());
    add(story.remarks(!cluster_.has_front));
  }

  const Plan plan_;
  const LiveOptions& options_;
  const AttachOptions& attached_;
  Cluster cluster_;
  const std::vector<ServerFault> faults_;
  HookRunner hooks_;
  std::vector<std::unique_ptr<Clients>> clients_;  // by loop
  EngineFacts facts_;
  Time end_{0};
};

class NoProcess final : public Backplane {
 public:
  void step(Time, Input input, Actions&) override { SQUALL_CHECK(!carries_copy(input)); }
  void lose_all(Actions&) override {}
};

std::unique_ptr<Backplane> no_process(const StrategySpec&, const BackplaneContext&) {
  return std::make_unique<NoProcess>();
}

}  // namespace

BackplaneRow foreign_row() {
  return {.name = "foreign",
          .meaning = "servers of somebody else, seen from their doors",
          .needs = {},
          .reach = Reach::everybody,
          .covers = Covers::always,
          .asks = Asks::never,
          .options = {},
          .uncovered = always<Mechanism::foreign_system>,
          .make = no_process};
}

RunRecord attach(const Scenario& scenario, const StrategySpec& spec, std::uint64_t seed,
                 const LiveOptions& options, const AttachOptions& attached) {
  try {
    return Run(scenario, with_placement(spec, scenario), seed, options, attached).play();
  } catch (const PlanStopped&) {
    throw CannotRun("stopped before the run began");
  }
}

}  // namespace squall::live
