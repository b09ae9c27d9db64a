// What is heard is kept before it is pushed; what was missed follows the welcome.
// See resume.hpp.
#include "strategies/backplane/resume.hpp"

#include <utility>

#include "strategies/backplane/match.hpp"

namespace squall {

void Resume::step(Time now, Input input, Actions& actions) {
  history_.let_go_old(now, actions);
  std::optional<EndpointId> opened;
  std::optional<RoomJoined> joined;
  std::visit(Match{
                 [&](const SessionOpened& in) {
                   opened = in.endpoint;
                   seen_.erase(in.endpoint);
                   if (!in.seen) return;
                   if (const auto* const seen = std::get_if<MessageIdentity>(&*in.seen)) {
                     seen_.emplace(in.endpoint, *seen);
                   }
                 },
                 [&](const SessionClosed& in) {
                   if (!sessions_.has(in.endpoint)) seen_.erase(in.endpoint);
                 },
                 [&](const RoomJoined& in) { joined = in; },
                 [&](const BrokerState& in) {
                   if (!in.up) history_.let_go_all(actions);  // what is said now is not heard
                 },
                 [](const auto&) {},
             },
             input);
  Actions wanted;
  inner_->step(now, std::move(input), wanted);
  std::vector<EndpointId> welcomed;
  actions.relay(std::move(wanted), [&](const Action& action) {
    const auto* const push = std::get_if<Push>(&action);
    if (push != nullptr && push->only.empty()) history_.keep(push->message, now, actions);
    const auto* const admit = std::get_if<Admit>(&action);
    if (admit == nullptr || admit->room) return false;
    welcomed.push_back(admit->endpoint);
    return true;
  });
  for (const EndpointId endpoint : welcomed) welcome(endpoint, actions);
  if (inner_->admits()) return;
  if (opened) welcome(*opened, actions);
  if (joined) actions.admit(joined->endpoint, joined->room);
}

void Resume::welcome(EndpointId endpoint, Actions& actions) {
  const auto found = seen_.find(endpoint);
  if (found == seen_.end()) {
    actions.admit(endpoint, {Recovered::not_asked, newest()});
    return;
  }
  const MessageIdentity seen = found->second;
  seen_.erase(found);
  const auto missed = history_.since(seen, addresses_of(endpoint));
  if (!missed) {
    actions.admit(endpoint, {Recovered::no, newest()});
    return;
  }
  actions.admit(endpoint, {Recovered::yes, seen});
  for (const Message& message : *missed) {
    if (message.sender != endpoint) actions.replay(message, endpoint);
  }
}

std::optional<Position> Resume::newest() const {
  const auto& newest = history_.newest();
  return newest ? std::optional<Position>(*newest) : std::nullopt;
}

std::vector<Address> Resume::addresses_of(EndpointId endpoint) const {
  std::vector<Address> addresses{Address::user(endpoint)};
  for (const RoomId room : sessions_.rooms_of(endpoint)) addresses.push_back(Address::room(room));
  return addresses;
}

void Resume::lose_all(Actions& actions) {
  inner_->lose_all(actions);
  history_.let_go_all(actions);
}

}  // namespace squall
