// Limits of the machine. See descriptors.hpp.
// A connection costs a descriptor for each of its ends that is in this process.
#include "sim/live/run/descriptors.hpp"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <thread>

#include "sim/live/run/engine.hpp"

namespace squall::live {
namespace {

constexpr std::size_t kStrangersPerNode = 1024;  // twice what a node lets stay at its door
constexpr std::size_t kOwn = 64;                 // standard streams, loops, listeners, servers

std::size_t needed(const Cluster& cluster, Ends ends) {
  const std::size_t nodes = cluster.scenario.cluster.nodes.count;
  const std::size_t links =
      std::min<std::size_t>(cluster.spec.connections, nodes) + cluster.spec.make_before_break;
  const std::size_t ours = ends == Ends::both ? 2 : 1;
  const std::size_t clients = std::size_t{cluster.plan.endpoints()} * links * ours;
  const std::size_t peers = cluster.backplane.needs.peers ? nodes * nodes * 2 : 0;
  const std::size_t servers = nodes * 8;  // two links with a relay in each
  const std::size_t all = clients + peers + servers;
  // With a table of its own, a thread holds only its share.
  return kOwn + (cluster.options.own_descriptors ? all / loop_count(cluster) + nodes * 8 : all);
}

}  // namespace

std::size_t loop_count(const Cluster& cluster) {
  const std::size_t asked = cluster.options.loops > 0
                                ? cluster.options.loops
                                : std::max(1U, std::thread::hardware_concurrency());
  if (cluster.options.apart) return std::max<std::size_t>(asked, 2);
  return std::clamp<std::size_t>(asked, 1, cluster.scenario.cluster.nodes.count);
}

void require_descriptors(const Cluster& cluster, Ends ends) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t want = needed(cluster, ends);
  // Strangers at the doors shall not take what our own ends need; where the machine has it.
  const std::size_t doors = ends == Ends::both ? cluster.scenario.cluster.nodes.count : 0;
  const std::size_t ample = want + doors * kStrangersPerNode;
  if (ample <= limit.rlim_cur) return;
  const rlimit with_room{std::min<rlim_t>(ample, limit.rlim_max), limit.rlim_max};
  if (want <= limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &with_room) == 0) return;
  if (want <= limit.rlim_cur) return;
  const rlimit raised{want, std::max<rlim_t>(want, limit.rlim_max)};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return;
  throw CannotRun(
      fmt::format("this run needs {} file descriptors, and the limit is {} (ulimit -Hn); raise it, "
                  "or play fewer clients",
                  want, limit.rlim_max));
}

}  // namespace squall::live
