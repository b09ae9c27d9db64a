// Connecting, speaking and listening. See crowd.hpp.
// Who speaks next is fixed by the number of the message: neighbors in number are not in one room.
#include "bench/peers/crowd.hpp"

#include <utility>

namespace squall::bench {
namespace {

constexpr std::size_t kDialsAtOnce = 32;  // of one loop
constexpr std::uint32_t kStride = 7919;   // prime: visits every client before any of them again

}  // namespace

struct Crowd::Client final : live::Channel::Owner {
  Client(Crowd& the_crowd, const Place& the_place) : crowd(the_crowd), place(the_place) {}

  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    const Time now = crowd.loop_.now();
    const auto used = reader.feed(bytes, [&](live::Opcode opcode, auto payload) {
      crowd.heard(*this, opcode, payload, now);
      return true;
    });
    if (!used) ++crowd.failures_;
    return used.value_or(bytes.size());
  }
  void on_end(live::Channel::End) override { ++crowd.failures_; }

  Crowd& crowd;
  const Place place;
  bool ready = false;
  std::unique_ptr<live::Handshake> handshake;
  std::shared_ptr<live::Channel> channel;
  live::FrameReader reader{false};
};

Crowd::Crowd(live::Loop& loop, CrowdOptions options) : loop_(loop), options_(std::move(options)) {
  for (const Place& place : options_.places) {
    clients_.push_back(std::make_unique<Client>(*this, place));
  }
}

Crowd::~Crowd() = default;

// ---- connecting --------------------------------------------------------------------------------

void Crowd::connect() {
  for (std::size_t i = 0; i < kDialsAtOnce; ++i) connect_next();
}

void Crowd::connect_next() {
  if (dialled_ < clients_.size()) dial(*clients_[dialled_++]);
}

void Crowd::dial(Client& client) {
  live::ConnectRequest request;
  request.to = options_.servers[client.place.client % options_.servers.size()];
  request.target = options_.dialect.target(client.place);
  client.handshake = live::connect_upgrade(loop_, request, [this, &client](live::Upgrade upgrade) {
    dialled(client, std::move(upgrade));
  });
}

void Crowd::dialled(Client& client, live::Upgrade upgrade) {
  loop_.retire(std::move(client.handshake));
  client.handshake = nullptr;
  if (!upgrade.error.empty()) {
    ++failures_;
    connect_next();
    return;
  }
  live::Channel::Owner& owner = client;
  client.channel = std::make_shared<live::Channel>(loop_, upgrade.descriptor, owner);
  const std::string hello = options_.dialect.hello();
  if (hello.empty()) return became_ready(client);
  write(client, options_.dialect.opcode, hello);
}

void Crowd::became_ready(Client& client) {
  if (std::exchange(client.ready, true)) return;
  ++ready_;
  connect_next();
}

void Crowd::close() {
  for (const auto& client : clients_) {
    client->handshake = nullptr;
    if (client->channel == nullptr) continue;
    write(*client, live::Opcode::close, live::close_payload(live::kGoingAway));
    client->channel->close();
  }
}

// ---- a step ------------------------------------------------------------------------------------

void Crowd::play(const Step& step) {
  step_ = step;
  next_ = step.first + step.loop;
  latency_ = lateness_ = Histogram();
  heard_ = 0;
  sent_ = 0;
  loop_.at(step_.due(next_), [this] { speak(); });
}

void Crowd::speak() {
  const Time now = loop_.now();
  for (; step_.due(next_) < step_.end; next_ += step_.loops) {
    const Time due = step_.due(next_);
    if (due > now) {
      loop_.at(due, [this] { speak(); });
      return;
    }
    const std::uint64_t turn = (next_ - step_.first) / step_.loops;
    Client& client = *clients_[turn * kStride % clients_.size()];
    if (due >= step_.measure_from) lateness_.record((now - due).count());
    if (client.channel == nullptr) continue;
    write(client, options_.dialect.opcode,
          options_.dialect.message(client.place, next_, options_.bytes));
    sent_.fetch_add(1, std::memory_order_relaxed);
  }
}

void Crowd::heard(Client& client, live::Opcode opcode, std::span<const std::byte> payload,
                  Time now) {
  if (opcode == live::Opcode::ping) {
    const auto* const text = reinterpret_cast<const char*>(payload.data());
    write(client, live::Opcode::pong, {text, payload.size()});
    return;
  }
  if (opcode == live::Opcode::close) {
    ++failures_;
    return;
  }
  const Heard said = options_.dialect.hear(payload);
  if (said.kind == Heard::Kind::ready) became_ready(client);
  if (!said.answer.empty()) write(client, live::Opcode::text, said.answer);
  if (said.kind != Heard::Kind::message || said.number < step_.first) return;
  heard_.fetch_add(1, std::memory_order_relaxed);
  const Time due = step_.due(said.number);
  if (due >= step_.measure_from) latency_.record((now - due).count());
}

void Crowd::write(Client& client, live::Opcode opcode, std::string_view payload) {
  if (client.channel == nullptr) return;
  masks_ = masks_ * 1664525 + 1013904223;  // any numbers will do between two programs of one's own
  client.channel->send(live::make_frame(live::encode_frame(opcode, payload, masks_)));
}

}  // namespace squall::bench
