// Half-closed sockets that are read to their ends. See farewells.hpp.
// A channel that is added belongs to an owner here that wants nothing.
#include "sim/live/net/farewells.hpp"

#include <utility>

namespace squall::live {

struct Farewells::Parting final : Channel::Owner {
  Parting(Farewells& the_farewells, std::uint64_t the_number, std::shared_ptr<Channel> the_channel,
          bool counts)
      : farewells(the_farewells),
        number(the_number),
        channel(std::move(the_channel)),
        before(channel->traffic()),
        counted(counts) {}
  std::size_t on_bytes(std::span<const std::byte> bytes) override {
    heard = true;
    return bytes.size();
  }
  void on_end(Channel::End) override { farewells.gone(number); }
  Traffic traffic() const {
    return counted ? channel->traffic() - before : Traffic{};
  }

  Farewells& farewells;
  std::uint64_t number;
  std::shared_ptr<Channel> channel;
  Traffic before;
  bool counted;
  bool heard = false;  // since the last wait began
  int waits = 0;
};

Farewells::Farewells(Loop& loop, Duration patience) : loop_(loop), patience_(patience) {}
Farewells::~Farewells() = default;

void Farewells::add(std::shared_ptr<Channel> channel, First first, bool counted) {
  const std::uint64_t number = ++added_;
  const auto [place, added] = parting_.emplace(
      number, std::make_unique<Parting>(*this, number, std::move(channel), counted));
  Parting& parting = *place->second;
  parting.channel->give_to(parting);
  parting.channel->read(true);
  if (!parting.channel->open() || (first == First::us && !parting.channel->finish_writing())) {
    parting.channel->close();
    gone(number);
    return;
  }
  if (held_) parting.channel->hold(true);
  wait(number);
}

void Farewells::wait(std::uint64_t number) {
  loop_.at(loop_.now() + patience_, [this, number] {
    const auto found = parting_.find(number);
    if (found == parting_.end()) return;
    if (held_) return wait(number);
    Parting& parting = *found->second;
    if (std::exchange(parting.heard, false) && ++parting.waits < kMostWaits) return wait(number);
    parting.channel->close();
    gone(number);
  });
}

void Farewells::gone(std::uint64_t number) {
  const auto found = parting_.find(number);
  closed_ += found->second->traffic();
  loop_.retire(std::shared_ptr<Parting>(std::move(found->second)));
  parting_.erase(found);
}

void Farewells::hold(bool yes) {
  held_ = yes;
  for (const auto& [number, parting] : parting_) parting->channel->hold(yes);
}

void Farewells::end(bool abruptly) {
  held_ = false;
  while (!parting_.empty()) {
    Channel& channel = *parting_.begin()->second->channel;
    abruptly ? channel.reset() : channel.close();
    gone(parting_.begin()->first);
  }
}

Traffic Farewells::traffic() const {
  Traffic total = closed_;
  for (const auto& [number, parting] : parting_) total += parting->traffic();
  return total;
}

}  // namespace squall::live
