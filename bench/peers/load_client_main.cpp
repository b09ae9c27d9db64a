// The load client: the same clients against any of the systems, over WebSocket.
//
// load_client_main --dialect squall|ws|socketio --servers PORT,... --pids PID,... [--only-connect]
// connects everybody, then searches the rate that the servers sustain. One line of JSON. With
// --once RATE only that rate is played, and the line says how many messages were said and heard.
#include <fmt/core.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <thread>

#include "bench/peers/crowd.hpp"
#include "bench/peers/setting.hpp"
#include "bench/peers/sustained.hpp"
#include "scenarios/model/plan.hpp"

namespace squall::bench {
namespace {

using std::chrono::steady_clock;

constexpr Duration kWarmUp = 700ms;       // of a step
constexpr Duration kStragglers = 1500ms;  // after a step, before what is missing counts as lost
constexpr Duration kCalm = 8s;            // until a system that was overrun is quiet again
constexpr Duration kConnecting = 60s;
constexpr std::uint32_t kNumbersApart = 1000;  // between two steps

struct Options {
  std::string dialect = "ws", name, pass;
  std::vector<std::uint16_t> servers;
  std::vector<int> pids;
  Setting setting;
  Search search;
  unsigned loops = 2;
  bool only_connect = false;
  double once = 0;       // deliveries per second; 0: search
  double seconds = 0.3;  // of it, after warming up
};

std::int64_t resident_bytes(const std::vector<int>& pids) {
  std::int64_t pages = 0;
  for (const int pid : pids) {
    std::ifstream file(fmt::format("/proc/{}/statm", pid));
    std::int64_t all = 0, resident = 0;
    file >> all >> resident;
    pages += resident;
  }
  return pages * ::sysconf(_SC_PAGESIZE);
}

// Of user and kernel, since they began.
double cpu_seconds(const std::vector<int>& pids) {
  double ticks = 0;
  for (const int pid : pids) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string field;
    std::getline(file, field, ')');  // the name may have spaces
    for (int i = 3; i < 14; ++i) file >> field;
    double user = 0, kernel = 0;
    file >> user >> kernel;
    ticks += user + kernel;
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

class LoadClient {
 public:
  explicit LoadClient(const Options& options) : options_(options) {
    const Scenario scenario = scenario_of(options.setting);
    const Plan plan(scenario, kSeed);
    std::vector<std::vector<Place>> places(options.loops);
    for (std::uint32_t c = 0; c < options.setting.clients; ++c) {
      const auto memberships = plan.memberships(EndpointId{c});
      const std::uint32_t room = static_cast<std::uint32_t>(memberships.front().room);
      places[c % options.loops].push_back({c, room, options.pass});
    }
    std::vector<live::SocketAddress> servers;
    for (const std::uint16_t port : options.servers) servers.push_back({"127.0.0.1", port});
    for (unsigned i = 0; i < options.loops; ++i) {
      loops_.push_back(std::make_unique<live::Loop>(clock_));
      crowds_.push_back(
          std::make_unique<Crowd>(*loops_[i], CrowdOptions{*dialect_named(options.dialect), servers,
                                                           places[i], options.setting.bytes}));
    }
    for (const auto& loop : loops_) loop->start(false);
  }

  ~LoadClient() {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      loops_[i]->call([&] { crowds_[i]->close(); });
    }
    for (const auto& loop : loops_) loop->stop();
    for (const auto& loop : loops_) loop->join();
  }

  // Connections per second; 0: not everybody came in.
  double connect() {
    const auto start = steady_clock::now();
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      loops_[i]->post([this, i] { crowds_[i]->connect(); });
    }
    const auto all_ready = [&] { return sum(&Crowd::ready) == options_.setting.clients; };
    if (!wait(kConnecting, all_ready) || failures() > 0) return 0;
    const std::chrono::duration<double> took = steady_clock::now() - start;
    return options_.setting.clients / took.count();
  }

  Point play(double deliveries, Duration measured) {
    const double hearers = options_.setting.clients / options_.setting.rooms - 1;
    const double cpu_before = cpu_seconds(options_.pids);
    const std::uint64_t heard_before = heard_;
    const Step step = begin_step(deliveries / hearers, measured);
    std::this_thread::sleep_until(clock_.at(step.end));
    const auto everything_came = [&] {
      const bool all_sent = step.due(next_number_) <= clock_.now();
      return all_sent && static_cast<double>(sum(&Crowd::heard)) >= sum(&Crowd::sent) * hearers;
    };
    if (!wait(kStragglers, everything_came)) wait_until_quiet();
    Histogram latency, lateness;
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      loops_[i]->call([&] {
        latency.merge(crowds_[i]->latency());
        lateness.merge(crowds_[i]->lateness());
      });
    }
    const double seconds = std::chrono::duration<double>(measured).count();
    heard_ += sum(&Crowd::heard);
    const auto heard = static_cast<double>(std::max<std::uint64_t>(1, heard_ - heard_before));
    Point point =
        point_of(deliveries, static_cast<double>(latency.count()) / seconds, latency, lateness);
    point.server_cpu_us = (cpu_seconds(options_.pids) - cpu_before) * 1e6 / heard;
    return point;
  }

  std::uint64_t failures() const { return sum(&Crowd::failures); }
  std::uint64_t sent() const { return sum(&Crowd::sent); }  // of the last step, as the next
  std::uint64_t heard() const { return sum(&Crowd::heard); }

 private:
  Step begin_step(double messages_per_second, Duration measured) {
    const Time begin = clock_.now() + 20ms;
    Step step{.first = next_number_,
              .gap_ns = 1e9 / messages_per_second,
              .begin = begin,
              .measure_from = begin + kWarmUp,
              .end = begin + kWarmUp + measured,
              .loop = 0,
              .loops = static_cast<std::uint32_t>(loops_.size())};
    const Duration whole = kWarmUp + measured;
    next_number_ += kNumbersApart +
                    static_cast<std::uint32_t>(static_cast<double>(whole.count()) / step.gap_ns);
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      step.loop = static_cast<std::uint32_t>(i);
      loops_[i]->call([&] { crowds_[i]->play(step); });
    }
    return step;
  }

  template <typename Count>
  std::uint64_t sum(Count (Crowd::*count)() const) const {
    std::uint64_t all = 0;
    for (const auto& crowd : crowds_) all += (*crowd.*count)();
    return all;
  }

  template <typename Condition>
  bool wait(Duration patience, Condition condition) const {
    const auto deadline = steady_clock::now() + patience;
    while (!condition()) {
      if (steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }

  void wait_until_quiet() const {
    std::uint64_t before = 0;
    auto changed = steady_clock::now();
    wait(kCalm, [&] {
      const std::uint64_t now = sum(&Crowd::heard);
      if (now != std::exchange(before, now)) changed = steady_clock::now();
      return steady_clock::now() - changed > 300ms;
    });
  }

  const Options& options_;
  live::RunClock clock_{steady_clock::now()};
  std::uint32_t next_number_ = 0;
  std::uint64_t heard_ = 0;  // of all steps
  std::vector<std::unique_ptr<live::Loop>> loops_;
  std::vector<std::unique_ptr<Crowd>> crowds_;
};

int run(const Options& options) {
  LoadClient client(options);
  const std::int64_t before = resident_bytes(options.pids);
  const double connects = client.connect();
  if (connects == 0) {
    std::fprintf(stderr, "not everybody could connect: %llu failures\n",
                 static_cast<unsigned long long>(client.failures()));
    return 1;
  }
  if (options.only_connect) {
    std::this_thread::sleep_for(500ms);  // what a handshake needed only for itself is freed
    const double each =
        static_cast<double>(resident_bytes(options.pids) - before) / options.setting.clients;
    std::printf(
        "{\"system\":\"%s\",\"connects_per_s\":%.0f,\"server_bytes_per_connection\":%.0f}\n",
        options.name.c_str(), connects, each);
    return 0;
  }
  if (options.once > 0) {
    const Point point =
        client.play(options.once, Duration{static_cast<std::int64_t>(options.seconds * 1e9)});
    std::printf("{\"system\":\"%s\",\"sent\":%llu,\"heard\":%llu,\"failures\":%llu,\"step\":%s}\n",
                options.name.c_str(), static_cast<unsigned long long>(client.sent()),
                static_cast<unsigned long long>(client.heard()),
                static_cast<unsigned long long>(client.failures()), json_of(point).c_str());
    return client.failures() == 0 ? 0 : 1;
  }
  const auto play = [&](double rate, Duration measured) { return client.play(rate, measured); };
  std::printf("%s\n", json_of(options.name, find_sustained(play, options.search)).c_str());
  if (client.failures() == 0) return 0;
  std::fprintf(stderr, "%llu connections ended\n",
               static_cast<unsigned long long>(client.failures()));
  return 1;
}

}  // namespace
}  // namespace squall::bench

int main(int argc, char** argv) {
  squall::bench::Options options;
  CLI::App app{"Fan-out load over WebSocket"};
  app.add_option("--dialect", options.dialect)->check(CLI::IsMember({"squall", "ws", "socketio"}));
  app.add_option("--name", options.name, "of the system, in the result");
  app.add_option("--pass", options.pass, "what squall_nodes_main printed");
  app.add_option("--once", options.once, "play this rate alone, deliveries per second");
  app.add_option("--seconds", options.seconds, "of --once");
  app.add_option("--servers", options.servers, "ports of 127.0.0.1")->delimiter(',')->required();
  app.add_option("--pids", options.pids, "of the servers: memory, processor time")->delimiter(',');
  app.add_option("--clients", options.setting.clients);
  app.add_option("--rooms", options.setting.rooms);
  app.add_option("--from", options.search.from, "first rate, deliveries per second");
  app.add_option("--equal", options.search.equal, "a rate to look at as well");
  app.add_option("--loops", options.loops);
  app.add_flag("--only-connect", options.only_connect);
  CLI11_PARSE(app, argc, argv);
  if (options.name.empty()) options.name = options.dialect;
  return squall::bench::run(options);
}
