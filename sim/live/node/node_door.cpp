// Accepted connections and their handshakes, until it is known who they are. See node_door.hpp.
// A process that stands still, or whose host is lost, accepts as its kernel does, and answers none.
#include "sim/live/node/node_door.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace squall::live {
namespace {

// The number in the query of a target; empty when it is not one.
std::optional<std::uint32_t> number_in(std::string_view target, std::string_view name) {
  const std::string text = query_value(target, name);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Beyond what clients and nodes may open at once. The oldest goes first: ours are never old.
constexpr std::size_t kStrangers = 256;
constexpr Duration kPatience = std::chrono::seconds{10};  // for an opening handshake, at least

}  // namespace

// ---- the port ----------------------------------------------------------------------------------

bool NodeDoor::listen(std::string& error) {
  acceptor_ = listen_on(
      process_.loop(), port_, [this](int descriptor) { accepted(descriptor); }, error);
  if (acceptor_ == nullptr) return false;
  port_ = acceptor_->port();
  process_.cluster().node_addresses[index(process_.id())] = {"127.0.0.1", port_};
  return true;
}

std::string NodeDoor::listen_again() {
  close_waiting();
  return acceptor_->listen_again();
}

// A lost host keeps its port, and whom its kernel has accepted; that of a dead process resets them.
void NodeDoor::shut() {
  if (!process_.silent()) {
    acceptor_->refuse();
    close_waiting();
  }
  for (auto& [attempt, handshake] : handshakes_) abandon(process_.loop(), handshake);
  handshakes_.clear();
}

void NodeDoor::answer_waiting() {
  for (const int descriptor : std::exchange(waiting_, {})) accepted(descriptor);
}

void NodeDoor::finish() {
  process_.loop().retire(std::move(acceptor_));
  acceptor_ = nullptr;
  handshakes_.clear();
  close_waiting();
}

void NodeDoor::close_waiting() {
  for (const int descriptor : std::exchange(waiting_, {})) ::close(descriptor);
}

// ---- opening -----------------------------------------------------------------------------------

void NodeDoor::accepted(int descriptor) {
  if (process_.silent() || process_.paused()) return make_wait(descriptor);
  if (!process_.alive()) {
    ::close(descriptor);
    return;
  }
  if (!work_.dilated()) return answer(descriptor);
  make_wait(descriptor);
  if (waiting_.size() == 1) work_.in_turn([this] { answer_next(); });
}

// The oldest that waits, if it has not been answered or closed meanwhile. The next one stands
// behind what has come until then: one at a time, as in virtual time.
void NodeDoor::answer_next() {
  if (waiting_.empty()) return;
  const int descriptor = waiting_.front();
  waiting_.erase(waiting_.begin());
  answer(descriptor);
  if (waiting_.empty()) return;
  process_.later(process_.now(), [this] { work_.in_turn([this] { answer_next(); }); });
}

void NodeDoor::answer(int descriptor) {
  if (handshakes_.size() >= most()) give_up(handshakes_.begin()->first);
  const std::uint64_t attempt = ++attempts_;
  auto handshake = accept_upgrade(
      process_.loop(), descriptor,
      [this, attempt](const Upgrade& upgrade) { upgraded(attempt, upgrade); },
      [this] { return process_.accepting(); });
  handshakes_[attempt] = std::move(handshake);
  const Duration timeout = process_.cluster().longest_connect;
  process_.later(process_.now() + std::max(kPatience, 2 * timeout),
                 [this, attempt] { give_up(attempt); });
}

void NodeDoor::make_wait(int descriptor) {
  if (waiting_.size() >= most()) {
    process_.cluster().strangers.connection();
    ::close(waiting_.front());
    waiting_.erase(waiting_.begin());
  }
  waiting_.push_back(descriptor);
}

std::size_t NodeDoor::most() const {
  const Cluster& cluster = process_.cluster();
  return cluster.plan.endpoints() + cluster.nodes.size() + kStrangers;
}

// Whoever has not asked for anything by now is none of ours.
void NodeDoor::give_up(std::uint64_t attempt) {
  const auto found = handshakes_.find(attempt);
  if (found == handshakes_.end()) return;
  process_.cluster().strangers.connection();
  abandon(process_.loop(), found->second);
  handshakes_.erase(found);
}

void NodeDoor::upgraded(std::uint64_t attempt, const Upgrade& upgrade) {
  const auto found = handshakes_.find(attempt);
  if (found != handshakes_.end()) {
    abandon(process_.loop(), found->second);
    handshakes_.erase(found);
  }
  if (!upgrade.error.empty()) {
    count(upgrade);
    return;
  }
  if (!process_.alive() || process_.silent()) {
    ::close(upgrade.descriptor);
    return;
  }
  const Cluster& cluster = process_.cluster();
  const bool ours = query_value(upgrade.target, "run") == cluster.run.pass;
  if (upgrade.http || (ours && upgrade.target.starts_with("/peer"))) {
    accept_peer(upgrade);
    return;
  }
  const auto endpoint = number_in(upgrade.target, "endpoint");
  const auto connection = number_in(upgrade.target, "connection");
  const bool known = ours && endpoint && connection && *endpoint < cluster.plan.endpoints() &&
                     *connection < cluster.connections &&
                     sessions_.of(ConnectionId{*connection}) == nullptr;
  known ? accept_client(upgrade, ConnectionId{*connection}, EndpointId{*endpoint})
        : accept_guest(upgrade);
}

void NodeDoor::accept_client(const Upgrade& upgrade, ConnectionId connection, EndpointId endpoint) {
  count(upgrade);
  auto session =
      std::make_unique<NodeSession>(process_.loop(), listener_, upgrade, connection, endpoint);
  const std::shared_ptr<Channel> channel = session->channel;
  if (work_.dilated()) session->wire.leave_pings();
  sessions_.add(std::move(session));
  channel->found(std::as_bytes(std::span(upgrade.rest)));
}

void NodeDoor::accept_peer(const Upgrade& upgrade) {
  Cluster& cluster = process_.cluster();
  const auto from = number_in(upgrade.target, "from");
  const bool ours = query_value(upgrade.target, "run") == cluster.run.pass;
  if (ours && from && *from < cluster.nodes.size() && *from != index(process_.id())) {
    peers_.accept(NodeId{static_cast<std::uint16_t>(*from)}, upgrade);
    return;
  }
  cluster.strangers.connection();
  const std::string no = http_forbidden();
  ::send(upgrade.descriptor, no.data(), no.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::close(upgrade.descriptor);
}

void NodeDoor::accept_guest(const Upgrade& upgrade) {
  process_.cluster().strangers.connection();
  sessions_.add_guest(std::make_unique<NodeSession>(process_.loop(), listener_, upgrade,
                                                    kNoConnection, kNoEndpoint));
}

void NodeDoor::count(const Upgrade& upgrade) {
  opening_ += traffic_of(upgrade.counters);
  ++openings_;
}

}  // namespace squall::live
