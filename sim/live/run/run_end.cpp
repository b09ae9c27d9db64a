// Progress, a run that is stopped, and the closing of books. See run_end.hpp.
// Nothing here knows whose servers they were.
#include "sim/live/run/run_end.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <string>
#include <thread>

namespace squall::live {
namespace {

constexpr auto kLastWords = std::chrono::milliseconds{20};  // what is due in a moment is still said
constexpr Duration kShortDrain = std::chrono::seconds{1};
constexpr std::size_t kAskedAtOnce = 256;  // sockets, for what went through them

}  // namespace

Traffic traffic_of(Loop& loop, std::vector<std::shared_ptr<Channel>> channels) {
  Traffic sum;
  for (std::size_t from = 0; from < channels.size(); from += kAskedAtOnce) {
    loop.call([&] {
      const std::size_t end = std::min(channels.size(), from + kAskedAtOnce);
      for (std::size_t i = from; i < end; ++i) {
        sum += channels[i]->traffic();
        channels[i] = nullptr;  // a channel ends on its own thread
      }
    });
  }
  return sum;
}

void add_progress(const Cluster& cluster, ClientsByLoop clients, LiveProgress& progress) {
  if (!cluster.has_front) progress.sessions = cluster.balancer.connections();
  for (const auto& one : clients) one->add_to(progress);
}

Time cut_short(Cluster& cluster, Time end, const std::function<void()>& at_cut) {
  const Time cut = cluster.clock.now() + kLastWords;
  cluster.cut_at = cut.count();
  std::this_thread::sleep_until(cluster.clock.at(cut));
  at_cut();
  end = std::min(end, cut + std::min<Duration>(cluster.scenario.time.drain, kShortDrain));
  std::this_thread::sleep_until(cluster.clock.at(end));
  return end;
}

void finish_clients(const Cluster& cluster, ClientsByLoop clients) {
  for (std::size_t i = 0; i < clients.size(); ++i) {
    cluster.loops[i]->call([&] { clients[i]->finish(); });
  }
}

void stop_loops(const Cluster& cluster) {
  for (const auto& loop : cluster.loops) loop->stop();
  for (const auto& loop : cluster.loops) loop->join();
}

std::vector<const Facts*> logs_of(const Cluster& cluster) {
  std::vector<const Facts*> logs;
  for (const auto& loop : cluster.loops) logs.push_back(&loop->facts());
  return logs;
}

RunRecord close_books(Cluster& cluster, const FactIndex& index, ClientsByLoop clients,
                      EngineFacts& facts, Time end) {
  Books books(cluster);
  books.replay(index, end);
  RunRecord record = books.finish(end);
  for (const auto& one : clients) {
    facts.lateness.merge(one->lateness());
    facts.sent += one->sent();
  }
  facts.end = end;
  add_engine_facts(cluster, facts, record);
  if (cluster.cut() != kNever) {
    record.violations.push_back(
        {std::string(kCutShort),
         fmt::format("stopped at {} of a measure of {}", seconds(cluster.cut()),
                     seconds(cluster.scenario.time.measure))});
  }
  return record;
}

}  // namespace squall::live
