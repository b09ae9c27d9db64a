// From the cluster's nodes to nginx's upstream block. See front.hpp.
// nginx hashes the addresses as they are written, so a ring over live ports is not the planned one.
#include "sim/live/run/front.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "sim/live/run/engine.hpp"

namespace squall::live {

Front::Front(Cluster& cluster) : cluster_(cluster) {
  if (cluster.scenario.cluster.lb.sticky) {
    throw CannotRun("the scenario says cluster.lb.sticky, and the nginx of Debian sets no such " +
                    std::string("cookies; play it without --lb nginx"));
  }
  const auto reloads = [](const ScriptStep& step) { return step.verb == Verb::lb_reload; };
  if (std::ranges::any_of(cluster.scenario.script, reloads)) {
    throw CannotRun("lb_reload ends old workers when the script says so, and nginx does when it " +
                    std::string("likes; play it without --lb nginx"));
  }
  NginxFrontOptions options;
  options.policy = cluster.spec.placement;
  options.failures = {cluster.scenario.cluster.lb.max_fails,
                      cluster.scenario.cluster.lb.fail_timeout};
  std::string error;
  nginx_ = NginxFront::start(options, servers(), error, cluster.options.stop);
  if (nginx_ == nullptr) throw CannotRun(error);
  cluster.front_address = {"127.0.0.1", nginx_->port()};
  cluster.has_front = true;
  const bool counts = !placement_named(options.policy)->keyed;
  if (counts && cluster.scenario.cluster.lb.reload == OnReload::keep_counts) {
    cluster.remarks.push_back(
        "nginx forgets its counts in every reload, and is reloaded at every drain and return of a "
        "node: the scenario says cluster.lb.reload: keep_counts, the simulator plays so");
  }
}

void Front::update() {
  if (gone_) return;
  const Time now = cluster_.clock.now();  // before the look: it was there then
  if (!nginx_->running()) {
    gone_ = true;
    cluster_.accident_of("balancer", "private nginx", nginx_->how_it_ended(), alive_);
    return;
  }
  if (nginx_->lives()) alive_ = now;
  const std::uint64_t news = cluster_.rotation_news.load();
  if (news == seen_) return;
  seen_ = news;
  const std::string error = nginx_->begin_reload(servers());
  if (!error.empty()) throw CannotRun(error);
}

std::vector<NginxServer> Front::servers() const {
  std::vector<NginxServer> list;
  for (std::size_t n = 0; n < cluster_.node_addresses.size(); ++n) {
    const SocketAddress& address = cluster_.node_addresses[n];
    NginxServer& server = list.emplace_back();
    server.backend.address = fmt::format("{}:{}", address.host, address.port);
    server.drained = !cluster_.in_rotation(NodeId{static_cast<std::uint16_t>(n)});
  }
  return list;
}

}  // namespace squall::live
