// PHOLD on the timers of SimGrid: what its kernel offers for a function at a given date.
//
// phold_simgrid_main SIZE: counts the sizes of bench/phold.hpp from zero. Dates are seconds as a
// double, which holds the nanoseconds of this load exactly enough to keep their order.
// Built only where SimGrid is installed; run by bench/peers/phold.
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>

#include "bench/peers/phold_peer.hpp"

namespace squall::bench {
namespace {

using simgrid::kernel::timer::Timer;

constexpr double kSecondsPerNs = 1e-9;

PholdMeter* meter = nullptr;
bool over = false;

double date(std::uint64_t ns) { return static_cast<double>(ns) * kSecondsPerNs; }

void schedule(std::uint64_t at, PholdEvent event);

void play(std::uint64_t at, PholdEvent event) {
  if (over) return;
  const PholdNext next = meter->play(at, event);
  schedule(at + next.delay, next.event);
}

void schedule(std::uint64_t at, PholdEvent event) {
  Timer::set(date(at), [at, event] { play(at, event); });
}

void finish() {
  over = true;
  meter->report("SimGrid_timers");
  std::fflush(stdout);
  std::_Exit(0);  // millions of timers are left; nobody needs them any more
}

void run(int argc, char** argv) {
  const PholdSize& size = phold_size_named(argc > 1 ? argv[1] : "");
  PholdMeter mine(size);
  meter = &mine;
  simgrid::s4u::Engine engine(&argc, argv);
  auto* zone = simgrid::s4u::create_full_zone("world");
  auto* host = zone->create_host("host", 1e9);
  zone->seal();
  // Half a nanosecond early: events of that very nanosecond are not part of it, as elsewhere.
  Timer::set(date(mine.warm_until()) - kSecondsPerNs / 2, [] { meter->begin(); });
  Timer::set(date(mine.end()) - kSecondsPerNs / 2, finish);
  for (std::uint64_t number = 0; number < size.pending(); ++number) {
    const PholdNext next = mine.phold.first(number);
    schedule(next.delay, next.event);
  }
  // An engine without actors stops at once.
  simgrid::s4u::Actor::create("awake", host, [] { simgrid::s4u::this_actor::sleep_for(1e9); });
  engine.run();
}

}  // namespace
}  // namespace squall::bench

int main(int argc, char** argv) {
  squall::bench::run(argc, argv);
  return 1;  // finish() ends the program; here it ran out of timers
}
