// The clients of one loop: their lives, connections and messages, on real sockets.
//
// A link of a client is a link of the sans-IO Endpoints plus a socket; when to connect, to give up,
// to come back and where to send is the machine's decision. What the clients do and when comes from
// the timeline; how late this loop is with it is measured.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "sim/live/cluster.hpp"
#include "sim/live/net/channel.hpp"
#include "sim/live/net/farewells.hpp"
#include "sim/live/net/framing.hpp"
#include "sim/record/histogram.hpp"
#include "strategies/connection/endpoint.hpp"

namespace squall::live {

// How and by whom the paths of a client are cut, where that is why they end.
struct Cutting {
  DisconnectHow how = DisconnectHow::abort;
  TriggerId trigger = kStructural;
};

class Clients {
 public:
  Clients(Cluster& cluster, std::size_t loop);
  ~Clients();

  // ---- on the loop's thread ----
  void begin();                               // plays this loop's share of the timeline
  void disconnect(const Stimulus& stimulus);  // a population's share, or an individual
  void membership(const Stimulus& stimulus);  // join or leave of an individual
  // The balancer's old workers keep what they have; what that still is when they end is cut.
  void reload(const Stimulus& stimulus);  // it begins; they end
  void finish();  // what is still queued was never sent; then every connection is closed

  // What went through the sockets, with the servers' eyes: sent is what came to the clients.
  struct Sockets {
    Traffic ended;    // of connections that the clients are done with
    Traffic opening;  // of handshakes, those that failed too
    std::int64_t openings = 0;
    std::vector<std::shared_ptr<Channel>> open;  // not in `ended`
  };
  Sockets sockets() const;

  // ---- from any thread, while it runs: rough; exact when the loop has stopped ----
  std::uint64_t sent() const { return sent_.load(std::memory_order_relaxed); }
  void add_to(LiveProgress& progress) const {
    progress.connected += ready_.load(std::memory_order_relaxed);
    progress.sent += sent();
    progress.delivered += read_.load(std::memory_order_relaxed);
  }

  const Histogram& lateness() const { return lateness_; }  // of planned sends, ns

 private:
  struct Link;
  struct Person {
    std::vector<EndpointLink> states;
    std::vector<std::unique_ptr<Link>> links;
  };

  Person& person(EndpointId endpoint) { return people_[index(endpoint) / cluster_.client_loops()]; }
  bool mine(EndpointId endpoint) const;
  void play_due();
  void happen(const Happening& what);

  void login(EndpointId endpoint);
  void logout(EndpointId endpoint);
  void cut_all(EndpointId endpoint, DisconnectHow how, TriggerId trigger);

  // What the machine wants done.
  Endpoint at(EndpointId endpoint) { return {endpoint, person(endpoint).states}; }
  void play(EndpointId endpoint, Endpoints::Actions actions, Cutting cut = {});
  void play_message(Link& link, const EndpointAction& action);
  void connect(Link& link);
  void dial(Link& link);
  bool balanced(const Link& link) const;  // by ours, which counts it
  void dialled(Link& link, Upgrade upgrade);
  void attempt_failed(Link& link, CloseReason why);
  void timer(Link& link, std::uint32_t generation);
  void give_up(Link& link, CloseReason why);
  void close(Link& link, CloseReason why, const Cutting& cut);
  void lost(Link& link);
  void drop_channel(Link& link, CloseReason why);

  // Messages.
  void send(std::uint32_t number);
  void write_frame(Link& link, Opcode opcode, std::string_view payload);
  void say(Link& link, const std::function<void(Speech&, Turn&)>& what);

  // What a link hears.
  void heard(Link& link, Opcode opcode, std::span<const std::byte> payload);
  void understood(Link& link, const Heard& what);
  void now_ready(Link& link);
  void ended(Link& link);
  void throttle(Link& link, std::size_t bytes);

  void note(FactKind kind, std::uint32_t a, std::uint32_t b = 0, NodeId node = kNoNode,
            std::uint8_t detail = 0, TriggerId trigger = TriggerId{0}) {
    cluster_.note(loop_, kind, a, b, node, detail, trigger);
  }

  Cluster& cluster_;
  RunLoop& loop_;
  std::size_t number_;
  Endpoints machine_;
  std::vector<Person> people_;
  std::vector<std::uint32_t> due_;  // indices of happenings, ascending
  std::size_t next_ = 0;
  std::map<std::uint32_t, std::set<ConnectionId>> old_;  // of workers that will end, by step
  std::vector<std::shared_ptr<Channel>> ghosts_;         // held open without a word
  Farewells farewells_;
  Traffic ended_, opening_;  // with the clients' eyes
  std::int64_t openings_ = 0;
  Histogram lateness_;
  std::atomic<std::uint64_t> ready_{0}, sent_{0}, read_{0};
};

}  // namespace squall::live
