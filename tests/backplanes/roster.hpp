// A stranger's backplane that lives on what nodes hold: a lease, sets of nodes by room, and notes.
//
// Rooms go to the nodes of their set, and to those that have told us since; persons to everybody.
// It is not a good design: it asks for every message.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "tests/backplanes/mesh.hpp"

namespace squall::testing {

class Roster final : public Backplane {
 public:
  explicit Roster(const BackplaneContext& context) : context_(context), mesh_(context) {}

  void step(Time now, Input input, Actions& actions) override {
    std::visit(
        Match{[&](Started&) {
                since_ = static_cast<std::uint64_t>(now.count()) + kBeforeWarmUp;
                hold(actions);
              },
              [&](Timer&) { hold(actions); },
              [&](RoomOccupied& in) { say(in.room, true, actions); },
              [&](RoomVacated& in) { say(in.room, false, actions); }, [&](Told& in) { told(in); },
              [&](ClientMessage& in) { ask(std::move(in.copy), actions); },
              [&](RegistryReply& in) { answered(in, actions); },
              [&](PeerMessage& in) { actions.push(std::move(in.copy)); },
              [&](auto&) { SQUALL_CHECK(!carries_copy(input)); }},
        input);
  }

  void lose_all(Actions& actions) override {
    for (auto& [request, copy] : waiting_) {
      actions.drop(std::move(copy), Mechanism::ingress_lost_at_crash);
    }
    waiting_.clear();
  }

 private:
  using Verb = RegistryCall::Verb;
  static constexpr std::uint64_t kBeforeWarmUp = std::uint64_t{1} << 60;

  // Every answer is waited for, so the numbers of all requests are different.
  void hold(Actions& actions) {
    actions.call({Verb::hold, {}, ++last_request_, since_});
    actions.arm(0, context_.renewal);
  }

  void say(RoomId room, bool here, Actions& actions) {
    const auto number = static_cast<std::uint32_t>(room);
    const Verb verb = here ? Verb::add_member : Verb::remove_member;
    actions.call({verb, {kRoomKey | number}, ++last_request_, since_});
    for (std::uint16_t n = 0; n < context_.nodes; ++n) {
      if (NodeId{n} != context_.self) actions.tell(NodeId{n}, {number, here});
    }
  }

  void told(const Told& in) {
    if (in.note.size() != 2) return;
    std::set<NodeId>& nodes = told_[RoomId{in.note[0]}];
    in.note[1] != 0 ? static_cast<void>(nodes.insert(in.from))
                    : static_cast<void>(nodes.erase(in.from));
  }

  void ask(Copy copy, Actions& actions) {
    const Address to = copy.message().address;
    if (to.kind == Address::Kind::user) return mesh_.spread(std::move(copy), actions);
    waiting_.emplace(++last_request_, std::move(copy));
    actions.call({Verb::get_members, {kRoomKey | to.id}, last_request_});
  }

  void answered(const RegistryReply& reply, Actions& actions) {
    const auto found = waiting_.find(reply.request);
    if (found == waiting_.end()) return;
    Copy copy = std::move(found->second);
    waiting_.erase(found);
    std::set<NodeId> nodes = told_[copy.message().address.room()];
    nodes.insert(reply.nodes.begin(), reply.nodes.end());
    for (const NodeId node : nodes) {
      if (node != context_.self) actions.forward(actions.fork(copy), node);
    }
    actions.push(std::move(copy));
  }

  BackplaneContext context_;
  Mesh mesh_;
  std::uint64_t since_ = 0;
  std::uint32_t last_request_ = 0;
  std::map<std::uint32_t, Copy> waiting_;
  std::map<RoomId, std::set<NodeId>> told_;
};

inline BackplaneRow roster_row() {
  BackplaneRow row = mesh_row();
  row.name = "roster";
  row.meaning = "rooms go to the nodes that the registry, or a note, names for them";
  row.needs.registry = true;
  row.make = make<Roster>;
  return row;
}

}  // namespace squall::testing
