// PHOLD on the event queue of ns-3, with one of its schedulers.
//
// phold_ns3_main SIZE [SCHEDULER]: SIZE counts the sizes of bench/phold.hpp from zero; SCHEDULER is
// MapScheduler (ns-3's default), PriorityQueueScheduler, HeapScheduler or CalendarScheduler.
// Built only where ns-3 is installed; run by bench/peers/phold.
#include <ns3/core-module.h>

#include <string>

#include "bench/peers/phold_peer.hpp"

namespace squall::bench {
namespace {

PholdMeter* meter = nullptr;  // ns-3's events are functions and plain arguments

void play(PholdEvent event) {
  const auto now = static_cast<std::uint64_t>(ns3::Simulator::Now().GetNanoSeconds());
  const PholdNext next = meter->play(now, event);
  ns3::Simulator::Schedule(ns3::NanoSeconds(next.delay), &play, next.event);
}

void run(const PholdSize& size, const std::string& scheduler) {
  PholdMeter mine(size);
  meter = &mine;
  ns3::Simulator::SetScheduler(ns3::ObjectFactory("ns3::" + scheduler));
  // First, so that nothing else that happens at the end comes before it.
  ns3::Simulator::Schedule(ns3::NanoSeconds(mine.warm_until()), [] { meter->begin(); });
  ns3::Simulator::Stop(ns3::NanoSeconds(mine.end()));
  for (std::uint64_t number = 0; number < size.pending(); ++number) {
    const PholdNext next = mine.phold.first(number);
    ns3::Simulator::Schedule(ns3::NanoSeconds(next.delay), &play, next.event);
  }
  ns3::Simulator::Run();
  mine.report("ns-3_" + scheduler);
}

}  // namespace
}  // namespace squall::bench

int main(int argc, char** argv) {
  using namespace squall::bench;
  run(phold_size_named(argc > 1 ? argv[1] : ""), argc > 2 ? argv[2] : "MapScheduler");
  return 0;  // nothing is destroyed event by event: the process ends
}
