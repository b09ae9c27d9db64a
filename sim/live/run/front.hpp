// A real nginx in front of the nodes of a live run: clients dial it, and it places them.
//
// Belongs to the thread that conducts. Drains and returns of nodes reach it as reloads of its
// configuration, as they would in a deployment; deaths it finds by itself.
#pragma once

#include <memory>
#include <vector>

#include "sim/live/cluster.hpp"
#include "sim/live/servers/nginx_front.hpp"

namespace squall::live {

class Front {
 public:
  explicit Front(Cluster& cluster);  // throws CannotRun; the nodes listen already
  // Passes on what the nodes have asked for since the last time; notices when nginx was killed.
  void update();

 private:
  std::vector<NginxServer> servers() const;

  Cluster& cluster_;
  std::uint64_t seen_ = 0;
  bool gone_ = false;
  Time alive_{0};  // the last time that somebody looked
  std::unique_ptr<NginxFront> nginx_;
};

}  // namespace squall::live
