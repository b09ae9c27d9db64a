// The link to a server that a node's process has while it lives, and the traffic of all that it
// had. What is said on it, and when it is opened again: node_broker.hpp, node_registry.hpp.
#pragma once

#include <memory>
#include <utility>

#include "sim/live/net/loop.hpp"

namespace squall::live {

template <typename Link>
class HeldLink {
 public:
  void hold(std::unique_ptr<Link> link) { link_ = std::move(link); }
  Link* operator->() const { return link_.get(); }
  Link& operator*() const { return *link_; }

  // Its process has died.
  void end(Loop& loop) {
    if (link_ == nullptr) return;
    closed_ += link_->traffic();
    link_->close();
    loop.retire(std::move(link_));
  }
  void pause(bool yes) {
    if (link_ != nullptr) link_->pause(yes);
  }
  void close() {
    if (link_ != nullptr) link_->close();
  }
  Traffic traffic() const {
    Traffic total = closed_;
    if (link_ != nullptr) total += link_->traffic();
    return total;
  }

 private:
  std::unique_ptr<Link> link_;
  Traffic closed_;  // of those that have ended
};

}  // namespace squall::live
