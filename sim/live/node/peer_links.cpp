// Dialling, heartbeats and partitions of the links between nodes. See peer_links.hpp.
// The dialled link carries messages; pings go the same way, and the answers show that it lives.
#include "sim/live/node/peer_links.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "sim/books/paths.hpp"
#include "sim/live/net/conversation.hpp"
#include "sim/live/speech/envelope.hpp"

namespace squall::live {
namespace {

constexpr std::uint64_t kNoMessage = UINT32_MAX;  // a note, which is dropped as a message is
constexpr Duration kDialAgain = std::chrono::milliseconds{100};

}  // namespace

struct PeerLinks::Dialled final : Channel::Owner {
  Dialled(PeerLinks& the_links, NodeId the_peer) : links(the_links), peer(the_peer) {}
  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    if (http != nullptr) return on_http(bytes);
    const std::size_t used =
        wire.hear(bytes, *channel, [&](Opcode opcode, std::span<const std::byte>) {
          if (opcode == Opcode::pong) last_heard = links.loop_.now();
          return true;
        });
    if (wire.over()) links.lost(*this);
    return used;
  }
  std::size_t on_http(std::span<const std::byte> bytes) {
    const bool good = http->feed(bytes, [this](const std::string&) {
      last_heard = links.loop_.now();
      busy = false;
      links.post_next(*this);
    });
    if (!good) links.lost(*this);
    return bytes.size();
  }
  void on_end(Channel::End) override { links.lost(*this); }

  PeerLinks& links;
  NodeId peer;
  std::unique_ptr<HttpReader> http;  // null: this link speaks WebSocket
  std::deque<std::string> bodies;    // HTTP has one request under way; the others wait here
  Bytes waiting = 0;                 // in `bodies`
  bool busy = false;
  std::int64_t stalled = 0;  // frames that wait at a partition
  std::unique_ptr<Handshake> handshake;
  std::shared_ptr<Channel> channel;
  Conversation wire{Conversation::Side::client};
  Time last_heard{0};
  std::uint32_t generation = 0;
};

struct PeerLinks::Incoming final : Channel::Owner {
  Incoming(PeerLinks& the_links, NodeId the_peer, int descriptor)
      : links(the_links),
        peer(the_peer),
        channel(std::make_shared<Channel>(the_links.loop_, descriptor, *this)) {}
  std::size_t on_http(std::span<const std::byte> bytes) {
    const std::shared_ptr<Channel> mine = channel;
    const bool good = http->feed(bytes, [&](const std::string& body) { on_post(body); });
    if (!good) mine->reset(), links.forget(*this);
    return bytes.size();
  }
  // An empty body is a heartbeat.
  void on_post(const std::string& body) {
    channel->send(make_frame(http_no_content()));
    if (!body.empty()) links.deliver(peer, std::as_bytes(std::span(body)));
  }
  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    if (http != nullptr) return on_http(bytes);
    const std::shared_ptr<Channel> mine = channel;
    const std::size_t used =
        wire.hear(bytes, *mine, [&](Opcode opcode, std::span<const std::byte> payload) {
          if (opcode == Opcode::binary) links.deliver(peer, payload);
          return mine->open();
        });
    if (wire.over()) mine->send(wire.goodbye()), mine->close(), links.forget(*this);
    return used;
  }
  void on_end(Channel::End) override { links.forget(*this); }

  PeerLinks& links;
  NodeId peer;
  std::shared_ptr<Channel> channel;
  std::unique_ptr<HttpReader> http;  // null: WebSocket
  Conversation wire{Conversation::Side::server};
};

PeerLinks::PeerLinks(Cluster& cluster, NodeId self, Listener& listener)
    : cluster_(cluster),
      loop_(cluster.loop_of(self)),
      self_(self),
      listener_(listener),
      cut_(cluster.scenario.cluster.nodes.count, false) {
  for (std::uint16_t n = 0; n < cut_.size(); ++n) {
    dialled_.push_back(NodeId{n} == self ? nullptr : std::make_unique<Dialled>(*this, NodeId{n}));
  }
}

PeerLinks::~PeerLinks() = default;

void PeerLinks::start() {
  running_ = true;
  ++run_;
  for (const auto& channel : silent_) channel->reset();
  silent_.clear();
  for (const auto& link : dialled_) {
    if (link != nullptr) dial(*link);
  }
}

void PeerLinks::stop(bool silently) {
  running_ = held_ = false;
  const auto end = [&](std::shared_ptr<Channel>& channel) {
    if (channel == nullptr) return;
    count(*channel);
    if (silently) {
      channel->hold(true);
      silent_.push_back(std::move(channel));
    } else {
      channel->reset();
      loop_.retire(std::move(channel));
    }
    channel = nullptr;
  };
  for (const auto& link : dialled_) {
    if (link == nullptr) continue;
    ++link->generation;
    abandon(loop_, link->handshake);
    end(link->channel);
  }
  for (auto& incoming : incoming_) {
    end(incoming->channel);
    loop_.retire(std::shared_ptr<Incoming>(std::move(incoming)));
  }
  incoming_.clear();
  if (!silently) silent_.clear();
}

bool PeerLinks::all_up() const {
  return std::ranges::all_of(
      dialled_, [](const auto& link) { return link == nullptr || link->channel != nullptr; });
}

// ---- dialling ----------------------------------------------------------------------------------

std::string PeerLinks::target(const std::string& path) const {
  return fmt::format("{}?from={}&run={}", path, index(self_), cluster_.run.pass);
}

void PeerLinks::dial(Dialled& link) {
  if (cut_[index(link.peer)] || held_) {
    again(link);
    return;
  }
  const SocketAddress& to = cluster_.node_addresses[index(link.peer)];
  const auto done = [this, &link](const Upgrade& upgrade) {
    abandon(loop_, link.handshake);
    if (upgrade.error.empty() && cut_[index(link.peer)]) ::close(upgrade.descriptor);
    const bool good = upgrade.error.empty() && !cut_[index(link.peer)];
    good ? opened(link, upgrade.descriptor) : again(link);
  };
  if (cluster_.options.forwarding == Forwarding::http) {
    link.handshake = connect_plain(loop_, to, done);
  } else {
    link.handshake = connect_upgrade(loop_, {{}, to, target("/peer")}, done);
  }
}

void PeerLinks::opened(Dialled& link, int descriptor) {
  link.channel = std::make_shared<Channel>(loop_, descriptor, link);
  link.channel->limit({cluster_.scenario.cluster.net.peer_queue, OnFullQueue::drop_newest});
  if (held_) link.channel->hold(true);
  link.wire = Conversation(Conversation::Side::client);
  link.http = cluster_.options.forwarding == Forwarding::http ? make_http_reader(false) : nullptr;
  link.bodies.clear();
  link.waiting = 0;
  link.busy = false;
  link.last_heard = loop_.now();
  beat(link, ++link.generation);
  cluster_.note(loop_, FactKind::peer_link, static_cast<std::uint32_t>(index(link.peer)), 0, self_,
                1);
  listener_.peer_state(link.peer, true);
}

void PeerLinks::again(Dialled& link) {
  loop_.at(loop_.now() + kDialAgain, [this, &link, run = run_] {
    if (running_ && run == run_ && link.channel == nullptr && link.handshake == nullptr) dial(link);
  });
}

void PeerLinks::lost(Dialled& link) {
  ++link.generation;
  if (link.wire.over()) {
    link.channel->send(link.wire.goodbye());
    link.channel->close();
  }
  count(*link.channel);
  // The kernel would have sent them, into the partition that we only play.
  if (link.stalled > 0) closed_.sent += link.channel->queued();
  closed_.segments_sent += std::exchange(link.stalled, 0);
  link.channel->close();  // what the kernel has taken still comes, to a peer that only slept
  loop_.retire(std::move(link.channel));
  link.channel = nullptr;
  cluster_.note(loop_, FactKind::peer_link, static_cast<std::uint32_t>(index(link.peer)), 0, self_,
                0);
  listener_.peer_state(link.peer, false);
  again(link);
}

void PeerLinks::beat(Dialled& link, std::uint32_t generation) {
  if (generation != link.generation || link.channel == nullptr) return;
  const NetConfig& net = cluster_.scenario.cluster.net;
  const Time now = loop_.now();
  if (held_) {  // a process that stands still asks nobody, and gives nobody up
    loop_.at(now + net.peer_heartbeat, [this, &link, generation] { beat(link, generation); });
    return;
  }
  // The last answer came up to one beat before the silence: T + U(0, I) after that began.
  const bool cut = cut_[index(link.peer)];
  if (!cut && now - link.last_heard > net.peer_timeout + net.peer_heartbeat / 2) {
    lost(link);
    return;
  }
  if (link.http == nullptr) {
    link.channel->send(link.wire.frame(Opcode::ping, {}));
  } else if (!link.busy) {
    link.bodies.emplace_back();
    post_next(link);
  }
  loop_.at(now + net.peer_heartbeat, [this, &link, generation] { beat(link, generation); });
}

// When pings come is an accident, and what is lost in a cut depends on it: the moment is drawn
// once, for both engines.
void PeerLinks::give_up_later(Dialled& link) {
  const auto cut = cut_at(cluster_.plan, node_place(self_), node_place(link.peer), loop_.now());
  const Patience patience = of_peers(cluster_.scenario.cluster.net);
  const Time end = cut ? given_up(cluster_.plan, *cut, patience, self_) : kNever;
  if (end == kNever) return;
  loop_.at(end, [this, &link, generation = link.generation] {
    if (generation == link.generation && link.channel != nullptr && cut_[index(link.peer)]) {
      lost(link);
    }
  });
}

void PeerLinks::accept(NodeId from, const Upgrade& upgrade) {
  incoming_.push_back(std::make_unique<Incoming>(*this, from, upgrade.descriptor));
  Incoming& incoming = *incoming_.back();
  if (cut_[index(from)] || held_) incoming.channel->hold(true);
  if (!upgrade.http) return;
  incoming.http = make_http_reader(true);
  incoming.on_post(upgrade.body);
  incoming.on_http(std::as_bytes(std::span(upgrade.rest)));
}

// The next request, once the one before is answered.
void PeerLinks::post_next(Dialled& link) {
  if (link.busy || link.bodies.empty() || link.channel == nullptr) return;
  link.busy = true;
  link.waiting -= static_cast<Bytes>(link.bodies.front().size());
  link.channel->send(make_frame(http_post(cluster_.node_addresses[index(link.peer)],
                                          target("/forward"), link.bodies.front())));
  link.bodies.pop_front();
}

void PeerLinks::deliver(NodeId from, std::span<const std::byte> payload) {
  if (auto told = decode_told(payload, cluster_.run.stamp); told && told->from == from) {
    return listener_.peer_told(from, std::move(told->numbers));
  }
  auto envelope = decode_peer(payload, cluster_.run.stamp);
  const auto known = [&](EndpointId who) { return index(who) < cluster_.plan.endpoints(); };
  if (envelope && envelope->from == from && cluster_.planned(envelope->message) &&
      std::ranges::all_of(envelope->note.who, known)) {
    listener_.peer_message(std::move(*envelope));
  } else {
    cluster_.strangers.frame();
  }
}

void PeerLinks::forget(Incoming& incoming) {
  const auto found = std::ranges::find(incoming_, &incoming, &std::unique_ptr<Incoming>::get);
  count(*incoming.channel);
  loop_.retire(std::shared_ptr<Incoming>(std::move(*found)));
  incoming_.erase(found);
}

// ---- using -------------------------------------------------------------------------------------

PeerLinks::Sent PeerLinks::send(NodeId to, const Message& message, const PeerNote& note) {
  return put(*dialled_[index(to)], encode_peer_message(message, self_, cluster_.run.stamp, note),
             std::uint64_t{static_cast<std::uint32_t>(message.id)});
}

void PeerLinks::tell(NodeId to, std::span<const std::uint32_t> numbers) {
  put(*dialled_[index(to)], encode_told(numbers, self_, cluster_.run.stamp), kNoMessage);
}

PeerLinks::Sent PeerLinks::post(Dialled& link, std::string body) {
  const auto size = static_cast<Bytes>(body.size());
  const Bytes limit = cluster_.scenario.cluster.net.peer_queue;
  if (link.waiting > 0 && link.waiting + size > limit) return Sent::full;
  link.waiting += size;
  link.bodies.push_back(std::move(body));
  post_next(link);
  return Sent::queued;
}

PeerLinks::Sent PeerLinks::put(Dialled& link, std::string payload, std::uint64_t tag) {
  if (link.channel == nullptr) return Sent::down;
  if (link.http != nullptr) return post(link, std::move(payload));
  const auto sent = link.channel->send(link.wire.frame(Opcode::binary, payload), tag);
  link.stalled += cut_[index(link.peer)] && sent == Channel::Sent::queued;
  return sent == Channel::Sent::full ? Sent::full : Sent::queued;
}

void PeerLinks::hold(bool yes) {
  held_ = yes;
  for (const auto& link : dialled_) {
    if (link == nullptr || link->channel == nullptr) continue;
    link->channel->hold(yes || cut_[index(link->peer)]);
    if (!yes) link->last_heard = loop_.now();  // who slept cannot blame the others for silence
  }
  for (const auto& incoming : incoming_)
    incoming->channel->hold(yes || cut_[index(incoming->peer)]);
}

void PeerLinks::partition(NodeId peer, bool cut) {
  cut_[index(peer)] = cut;
  Dialled* const link = dialled_[index(peer)].get();
  const bool stands = link != nullptr && link->channel != nullptr;
  if (stands) link->channel->hold(cut || held_);
  if (stands && cut) give_up_later(*link);
  if (stands && !cut) link->last_heard = loop_.now();  // what was said meanwhile comes now
  if (link != nullptr && !cut) link->stalled = 0;
  for (const auto& incoming : incoming_) {
    if (incoming->peer == peer) incoming->channel->hold(cut || held_);
  }
}

void PeerLinks::count(const Channel& channel) { closed_ += channel.traffic(); }

Traffic PeerLinks::traffic() const {
  Traffic total = closed_;
  for (const auto& link : dialled_) {
    if (link != nullptr && link->channel != nullptr) total += link->channel->traffic();
  }
  for (const auto& incoming : incoming_) total += incoming->channel->traffic();
  return total;
}

}  // namespace squall::live
