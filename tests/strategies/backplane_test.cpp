// What no single conversation of a backplane can show: that no copy is ever forgotten, whatever
// comes in. The conversations are played by conversation_test.cpp.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/support/transcript.hpp"
#include "tests/support/words.hpp"

namespace squall {
namespace {

TEST(Backplane, every_row_of_the_registry_has_a_conversation) {
  const std::vector<std::string> names = testing::conversations_in("transcripts");

  for (const BackplaneRow& row : backplanes()) {
    EXPECT_TRUE(std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name.starts_with(std::string(row.name) + "_");
    })) << row.name;
  }
}

TEST(Transcript, a_line_that_makes_no_sense_is_pointed_at) {
  const std::string played = testing::Transcript().play("node n1 of 2 none\nsing\nopen n7\n");

  EXPECT_EQ(played, "node n1 of 2 none\nsing\n  NOT UNDERSTOOD\nopen n7\n  NOT UNDERSTOOD\n");
}

// ---- Random inputs ------------------------------------------------------------------------------

constexpr std::uint32_t kUsers = 6, kRooms = 2;
constexpr std::uint16_t kNodes = 3;

class RandomTalk {
 public:
  RandomTalk(const BackplaneRow& row, StrategySpec spec) : row_(row) {
    spec.backplane = row.name;
    for (const Option& option : row.options) {
      const std::int64_t high = std::min(option.high, option.low + 20);
      spec.options[std::string(option.name)] = *rc::gen::inRange(option.low, high + 1);
    }
    for (std::uint32_t user = 0; user < kUsers; ++user) {
      directory_.rooms[RoomId{user % kRooms}].push_back(EndpointId{user});
    }
    backplane_ = make_backplane(row, spec, {NodeId{0}, kNodes, sessions_, directory_});
  }

  void step() {
    now_ += Duration{*rc::gen::inRange(0, 5)};
    Actions actions;
    backplane_->step(now_, input(), actions);
    count(actions);
  }
  void die() {
    Actions actions;
    backplane_->lose_all(actions);
    count(actions);
    for (const Action& action : actions.list()) {
      if (std::holds_alternative<LetGo>(action)) continue;
      const auto* drop = std::get_if<Drop>(&action);
      RC_ASSERT(drop != nullptr && drop->mechanism == Mechanism::ingress_lost_at_crash);
    }
  }
  std::int64_t begun = 0, ended = 0;  // copies
  std::int64_t kept = 0, let_go = 0;

 private:
  Input input() {
    const EndpointId user{*rc::gen::inRange<std::uint32_t>(0, kUsers)};
    const NodeId node{*rc::gen::inRange<std::uint16_t>(1, kNodes)};
    const Topic topic = *rc::gen::arbitrary<bool>()
                            ? Topic::user(user)
                            : Topic::room(RoomId{static_cast<std::uint32_t>(user) % kRooms});
    switch (*rc::gen::inRange(0, 19)) {
      case 0: sessions_.open.insert(user); return SessionOpened{user, position()};
      case 1: sessions_.open.erase(user); return SessionClosed{user};
      case 2: return RenewalDue{user};
      case 3: return PeerState{node, *rc::gen::arbitrary<bool>()};
      case 4: return reply();
      case 5:
        if (row_.needs.peers) return from_peer(node, user);
        if (row_.needs.broker) return BrokerMessage{node, copy(user), place()};
        break;
      case 6:
        if (row_.name == "broadcast") return Unpublished{copy(user), Topic::global()};
        break;
      case 8: return RoomOccupied{RoomId{topic.id % kRooms}};
      case 9: return RoomVacated{RoomId{topic.id % kRooms}};
      case 10: return RoomJoined{user, RoomId{topic.id % kRooms}};
      case 11: return Subscribed{topic, *rc::gen::arbitrary<bool>()};
      case 12: return BrokerState{*rc::gen::arbitrary<bool>()};
      case 13: return Timer{static_cast<std::uint32_t>(user)};
      case 16:  // any numbers, and such as a routed backplane may have told
        return Told{node, *rc::gen::container<std::vector<std::uint32_t>>(
                              rc::gen::inRange<std::uint32_t>(0, kUsers))};
      case 18: return RegistryBack{};
      case 17:
        if (!armed_.empty()) return Timer{*rc::gen::elementOf(armed_)};
        break;
      case 14:
      case 15:
        if (!questions_.empty()) return answer(user);
        break;
      default: break;
    }
    return ClientMessage{copy(user)};
  }
  std::optional<LogPlace> place() {
    if (!*rc::gen::arbitrary<bool>()) return std::nullopt;
    return LogPlace{*rc::gen::inRange<std::uint16_t>(1, 3),
                    *rc::gen::inRange<std::uint64_t>(0, 30)};
  }
  std::optional<Position> position() {
    if (const auto place = this->place()) return *place;
    return heard_ ? std::optional<Position>(*heard_) : std::nullopt;
  }
  // To the oldest question to the log; the messages are the engine's, and no copies.
  Fetched answer(EndpointId sender) {
    Fetched answer{questions_.front(),
                   *rc::gen::element(Fetched::Outcome::reached, Fetched::Outcome::gone,
                                     Fetched::Outcome::unavailable)};
    questions_.erase(questions_.begin());
    if (answer.outcome == Fetched::Outcome::unavailable) return answer;
    answer.newest = LogPlace{1, 30};
    for (std::uint64_t offset = 0; offset < *rc::gen::inRange<std::uint64_t>(0, 5); ++offset) {
      const Message message = copy(sender).release();
      --begun;
      answer.messages.push_back({message, {1, offset}});
    }
    return answer;
  }
  // A peer that says for whom, as those that know how to do.
  Input from_peer(NodeId node, EndpointId sender) {
    Copy said = copy(sender);
    const auto attempt = *rc::gen::inRange<std::uint8_t>(0, 5);
    std::vector<EndpointId> people = *rc::gen::container<std::vector<EndpointId>>(rc::gen::map(
        rc::gen::inRange<std::uint32_t>(0, kUsers), [](auto n) { return EndpointId{n}; }));
    if (said.message().address.kind == Address::Kind::user) {
      people = {said.message().address.endpoint()};
    }
    const bool back = row_.name == "routed_nack" && *rc::gen::arbitrary<bool>();
    if (back) return Returned{node, std::move(said), std::move(people), attempt};
    return PeerMessage{node, std::move(said), std::move(people), attempt};
  }
  Copy copy(EndpointId sender) {
    ++begun;
    const bool room = *rc::gen::arbitrary<bool>();
    const auto to = *rc::gen::inRange<std::uint32_t>(0, room ? kRooms : kUsers);
    const Address address = room ? Address::room(RoomId{to}) : Address::user(EndpointId{to});
    const Message message{MessageId{static_cast<std::uint32_t>(begun)}, sender, address, 10,
                          *rc::gen::inRange<std::uint32_t>(1, 20)};
    if (*rc::gen::arbitrary<bool>()) heard_ = message.identity();
    return Copy::adopt(message);
  }
  // To a request of any age, answered before or not; or to one that was never made.
  RegistryReply reply() {
    RegistryReply reply;
    reply.request = *rc::gen::inRange<std::uint32_t>(0, requests_ + 2);
    reply.available = *rc::gen::arbitrary<bool>();
    reply.keys = asked_[reply.request];
    for (std::size_t i = 0; i < reply.keys.size(); ++i) {
      const auto node = *rc::gen::inRange<std::uint16_t>(0, kNodes + 1);
      reply.nodes.push_back(node == kNodes ? kNoNode : NodeId{node});
    }
    return reply;
  }
  void count(const Actions& actions) {
    for (const Fork& fork : actions.forks()) begun += fork.copies;
    for (const Action& action : actions.list()) {
      const auto* call = std::get_if<RegistryCall>(&action);
      if (call != nullptr && call->request != 0) {
        requests_ = std::max(requests_, call->request);
        asked_[call->request] = call->keys;
      }
      if (const auto* timer = std::get_if<Arm>(&action)) armed_.push_back(timer->number);
      if (const auto* question = std::get_if<Fetch>(&action)) {
        questions_.push_back(question->request);
        continue;
      }
      const bool keeps = std::holds_alternative<Keep>(action);
      const bool lets_go = std::holds_alternative<LetGo>(action);
      kept += keeps, let_go += lets_go;
      const bool names_one = std::visit(
          [](const auto& a) {
            return requires { a.message; };
          },
          action);
      ended += names_one && !keeps && !lets_go;
    }
  }

  const BackplaneRow& row_;
  testing::SessionsOnPaper sessions_;
  testing::DirectoryOnPaper directory_;
  std::unique_ptr<Backplane> backplane_;
  Time now_{0};
  std::optional<MessageIdentity> heard_;  // by some client
  std::vector<std::uint32_t> questions_;  // to the broker's log, and not answered
  std::vector<std::uint32_t> armed_;      // at any time, or again
  std::uint32_t requests_ = 0;
  std::map<std::uint32_t, std::vector<std::uint32_t>> asked_;  // keys, by request
};

class EveryBackplane : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryBackplane, ends_each_copy_exactly_once_whatever_happens) {
  const BackplaneRow& row = *backplane_named(GetParam());

  StrategySpec recovering;
  recovering.outbox = 1;
  if (row.hears == Hears::everything) recovering.resume = Duration{20};
  recovering.resume_messages = 3;
  StrategySpec from_log = recovering;
  from_log.history = HistoryAt::broker;
  from_log.resume = Duration{row.needs.broker ? 20 : 0};
  StrategySpec all;  // that can be on
  for (const Option& option : row.options) {
    if (option.kind != Option::Kind::count) all.options[std::string(option.name)] = option.high;
  }
  for (const StrategySpec& spec : {StrategySpec{}, all, recovering, from_log}) {
    const bool held = rc::check([&] {
      RandomTalk talk(row, spec);
      const int steps = *rc::gen::inRange(0, 60);
      for (int i = 0; i < steps; ++i) talk.step();
      talk.die();
      RC_ASSERT(talk.begun == talk.ended);
      RC_ASSERT(talk.kept == talk.let_go);
    });

    EXPECT_TRUE(held);
  }
}

std::vector<std::string> backplane_names() {
  std::vector<std::string> names;
  for (const BackplaneRow& row : backplanes()) names.emplace_back(row.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Backplane, EveryBackplane, ::testing::ValuesIn(backplane_names()),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace squall
