// Which messages are kept. See kept_lives.hpp.
// An engine tells the ends of a message in one go, so the first sight of another one closes it.
#include "sim/cli/explain/kept_lives.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <utility>

#include "sim/cli/explain/life.hpp"

namespace squall {
namespace {

// Those whose connections explain what became of it: a room's members who got it are not.
std::set<EndpointId> concerned(const KeptLife& life) {
  std::set<EndpointId> people{life.message.sender};
  if (life.message.address.kind == Address::Kind::user) {
    people.insert(life.message.address.endpoint());
  }
  for (const Sight& sight : life.sights) {
    if (is_end(sight.what) && sight.what != Sight::What::received) people.insert(sight.endpoint);
  }
  return people;
}

}  // namespace

void KeptLives::tell(Witness& witness) const {
  for (const KeptLife& life : lives) {
    for (const Sight& sight : life.sights) witness.see(life.message, sight);
  }
  for (std::size_t i = 0; i < connections.size(); ++i) {
    witness.connection(ConnectionId{static_cast<std::uint32_t>(i)}, connections[i]);
  }
}

std::string how_much(const KeptLives& lives) {
  const std::string all = fmt::format("{} messages of the run are kept", lives.messages);
  if (lives.lives.size() == lives.messages) return "all " + all;
  return fmt::format(
      "{} of the {}: the first of each cause, of the late and of the repeated, and a sample",
      lives.lives.size(), all);
}

void LifeKeeper::see(const Message& message, const Sight& sight) {
  if (ended_ != 0 && sight.message != ended_) {
    const auto over = open_.extract(std::exchange(ended_, 0));
    if (!over.empty()) close(std::move(over.mapped()));
  }
  const auto [life, first] = open_.try_emplace(sight.message, KeptLife{message, {}});
  if (first) ++messages_;
  life->second.sights.push_back(sight);
  if (is_end(sight.what)) ended_ = sight.message;
}

void LifeKeeper::connection(ConnectionId, const ConnectionRecord& life) {
  if (life.opened != kNever) connections_.push_back(life);
}

std::set<std::size_t> LifeKeeper::reasons_of(const KeptLife& life) const {
  std::set<std::size_t> reasons;
  Time offered = kNever;
  for (const Sight& sight : life.sights) {
    switch (sight.what) {
      case Sight::What::offered: offered = sight.at; break;
      case Sight::What::lost:
        reasons.insert(static_cast<std::size_t>(sight.death.mechanism));
        break;
      case Sight::What::repeated: reasons.insert(static_cast<std::size_t>(Why::twice)); break;
      case Sight::What::received:
        if (offered != kNever && sight.at - offered > deadline_) {
          reasons.insert(static_cast<std::size_t>(Why::late));
        }
        break;
      case Sight::What::refused:
      case Sight::What::written:
      case Sight::What::arrived:
      case Sight::What::accepted:
      case Sight::What::acknowledged:
      case Sight::What::forked:
      case Sight::What::benign:
      case Sight::What::died:
      case Sight::What::unreached:
      case Sight::What::published:
      case Sight::What::from_broker:
      case Sight::What::forwarded:
      case Sight::What::from_peer:
      case Sight::What::fan_out:
      case Sight::What::push_failed:
      case Sight::What::missed: break;
    }
  }
  return reasons;
}

void LifeKeeper::close(KeptLife life) {
  ++closed_;
  const auto reasons = reasons_of(life);
  const bool wanted = std::ranges::any_of(
      reasons, [&](std::size_t reason) { return kept_for_[reason] < limits_.each; });
  if (!wanted || sights_ + life.sights.size() > limits_.sights) {
    return add_to_sample(std::move(life));
  }
  for (const std::size_t reason : reasons) ++kept_for_[reason];
  sights_ += life.sights.size();
  kept_.emplace(closed_, std::move(life));
}

// Every message, then every second one, every fourth: whenever there are too many of them.
void LifeKeeper::add_to_sample(KeptLife life) {
  if (closed_ % stride_ != 0) return;
  sample_sights_ += life.sights.size();
  sample_.emplace(closed_, std::move(life));
  while (sample_.size() > limits_.sample || sample_sights_ > limits_.sample_sights) thin_sample();
}

void LifeKeeper::thin_sample() {
  stride_ *= 2;
  std::erase_if(sample_, [&](const auto& one) {
    const bool out = one.first % stride_ != 0 || sample_.size() == 1;
    if (out) sample_sights_ -= one.second.sights.size();
    return out;
  });
}

KeptLives LifeKeeper::take() {
  for (auto& [number, life] : std::exchange(open_, {})) close(std::move(life));
  KeptLives all;
  all.messages = messages_;
  kept_.merge(std::exchange(sample_, {}));
  std::set<EndpointId> people;
  for (auto& [place, life] : std::exchange(kept_, {})) {
    people.merge(concerned(life));
    all.lives.push_back(std::move(life));
  }
  std::erase_if(connections_, [&](const auto& one) { return !people.contains(one.endpoint); });
  all.connections = std::exchange(connections_, {});
  return all;
}

}  // namespace squall
