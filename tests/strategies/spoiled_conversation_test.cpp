// One mistake each, put around a backplane and its recovery, and the conversation that catches it:
// with the mistake it does not go as it is written down. A conversation that lets it pass is red.
//
// Mistakes that only show in a whole run are in tests/explore/mutants.hpp.
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <utility>

#include "tests/support/golden_file.hpp"
#include "tests/support/transcript.hpp"

namespace squall::testing {
namespace {

// What becomes of an action, if it is not done; of an input, if it is not heard.
using Swallows = std::function<bool(const Action& action, Actions& actions)>;
using Takes = std::function<bool(const Input& input, Actions& actions)>;

class Around final : public Backplane {
 public:
  Around(std::unique_ptr<Backplane> inner, Takes takes, Swallows swallows)
      : inner_(std::move(inner)), takes_(std::move(takes)), swallows_(std::move(swallows)) {}

  bool admits() const override { return inner_->admits(); }
  void step(Time now, Input input, Actions& actions) override {
    if (takes_ && takes_(input, actions)) return;
    Actions wanted;
    inner_->step(now, std::move(input), wanted);
    actions.relay(std::move(wanted),
                  [&](const Action& action) { return swallows_ && swallows_(action, actions); });
  }
  void lose_all(Actions& actions) override { inner_->lose_all(actions); }

 private:
  std::unique_ptr<Backplane> inner_;
  Takes takes_;
  Swallows swallows_;
};

struct Mistake {
  const char* name;
  const char* caught_by;  // a conversation
  std::function<Swallows()> swallows = nullptr;
  Takes takes = nullptr;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

template <typename Kind>
Swallows never_does() {
  return [](const Action& action, Actions&) { return std::holds_alternative<Kind>(action); };
}

template <typename Kind>
bool never_hears(const Input& input, Actions&) {
  return std::holds_alternative<Kind>(input);
}

// A registry call with another verb.
Swallows calls_instead(RegistryCall::Verb right, RegistryCall::Verb wrong) {
  return [=](const Action& action, Actions& actions) {
    const auto* call = std::get_if<RegistryCall>(&action);
    if (call == nullptr || call->verb != right) return false;
    actions.call({wrong, call->keys, call->request});
    return true;
  };
}

Swallows replays_from_one_too_late() {
  return [replayed = false](const Action& action, Actions& actions) mutable {
    const auto* replay = std::get_if<Replay>(&action);
    if (replay == nullptr || std::exchange(replayed, true)) return false;
    actions.discard(Copy::adopt(replay->message));
    return true;
  };
}

Swallows always_says_recovered() {
  return [](const Action& action, Actions& actions) {
    const auto* admit = std::get_if<Admit>(&action);
    if (admit == nullptr || admit->resumption.recovered != Recovered::no) return false;
    actions.admit(admit->endpoint, {Recovered::yes, admit->resumption.position});
    return true;
  };
}

// Done with the message: to be ended in another way.
template <typename Kind>
Swallows drops_instead(Mechanism mechanism) {
  return [=](const Action& action, Actions& actions) {
    const auto* wish = std::get_if<Kind>(&action);
    if (wish == nullptr) return false;
    actions.drop(Copy::adopt(wish->message), mechanism);
    return true;
  };
}

Swallows publishes_without_keeping() {
  return [](const Action& action, Actions& actions) {
    const auto* said = std::get_if<Publish>(&action);
    if (said == nullptr) return false;
    actions.publish(Copy::adopt(said->message), said->topic);
    return true;
  };
}

Swallows passes_on_what_is_known() {
  return [](const Action& action, Actions& actions) {
    const auto* end = std::get_if<Discard>(&action);
    if (end == nullptr) return false;
    actions.publish(Copy::adopt(end->message));
    return true;
  };
}

bool welcomes_at_once(const Input& input, Actions& actions) {
  if (const auto* in = std::get_if<SessionOpened>(&input)) actions.admit(in->endpoint);
  return false;
}

// The first member who leaves ends what the others hear.
bool lets_go_with_the_first(const Input& input, Actions& actions) {
  const auto* in = std::get_if<SessionClosed>(&input);
  if (in != nullptr) actions.unsubscribe(Topic::room(RoomId{1}));
  return false;
}

// Who stood further back than the others is told what they have heard, and nothing else.
Swallows tells_everybody_alike() {
  return [](const Action& action, Actions& actions) {
    const auto* push = std::get_if<Push>(&action);
    if (push == nullptr || push->only.empty()) return false;
    actions.push(Copy::adopt(push->message), {}, push->place);
    return true;
  };
}

using Verb = RegistryCall::Verb;

const Mistake kMistakes[] = {
    {"deletes_blindly", "routed_fenced_a_late_close_leaves_the_entry_of_the_newer_session_alone",
     [] { return calls_instead(Verb::delete_if_mine, Verb::delete_route); }},
    {"writes_blindly", "routed_fenced_a_late_close_leaves_the_entry_of_the_newer_session_alone",
     [] { return calls_instead(Verb::set_if_newer, Verb::set_route); }},
    {"keeps_routes_to_the_dead", "routed_forgets_the_routes_to_a_peer_that_is_down", nullptr,
     never_hears<PeerState>},
    {"does_not_say_who_is_absent", "routed_nack_gives_back_what_is_for_nobody_here",
     [] { return drops_instead<Return>(Mechanism::route_stale); }},
    {"never_asks_for_who_is_away",
     "routed_nack_mailbox_what_is_for_nobody_waits_and_is_asked_for_again", nullptr,
     never_hears<Timer>},
    {"welcomes_before_the_route_is_written", "routed_nack_route_wait_welcomes_who_can_be_found",
     nullptr, welcomes_at_once},
    {"welcomes_before_the_topic_is_heard", "interest_welcomes_a_session_when_its_topics_are_heard",
     nullptr, welcomes_at_once},
    {"lets_go_with_the_first_who_leaves", "interest_lets_go_of_a_room_when_the_last_one_leaves",
     nullptr, lets_go_with_the_first},
    {"never_lets_go_of_a_room", "interest_lets_go_of_a_room_when_the_last_one_leaves",
     [] { return never_does<Unsubscribe>(); }},
    {"does_not_notice_a_lost_link", "broadcast_resume_says_no_after_its_link_was_down", nullptr,
     never_hears<BrokerState>},
    {"replays_from_one_too_late", "broadcast_resume_replays_what_a_client_has_missed",
     replays_from_one_too_late},
    {"says_recovered_when_the_window_is_over", "broadcast_resume_says_no_when_the_window_is_over",
     always_says_recovered},
    {"says_recovered_of_another_log", "interest_log_says_no_when_the_broker_has_lost_it",
     always_says_recovered},
    {"publishes_without_keeping", "broadcast_log_keeps_what_it_cannot_publish",
     publishes_without_keeping},
    {"never_asks_the_log", "broadcast_log_reads_on_where_it_was_cut_off",
     [] { return never_does<Fetch>(); }},
    {"forgets_what_is_for_somebody_elsewhere",
     "session_mailbox_what_is_said_waits_in_the_log_of_its_address", publishes_without_keeping},
    {"never_reads_the_mailboxes", "session_mailbox_what_is_said_waits_in_the_log_of_its_address",
     [] { return never_does<Fetch>(); }},
    {"keeps_from_who_comes_back_the_first_of_it",
     "session_mailbox_who_comes_back_gets_what_was_for_him", replays_from_one_too_late},
    {"reads_out_to_who_has_just_joined_what_was_said_before",
     "session_mailbox_who_joins_while_the_logs_are_read_waits_for_the_next_time",
     tells_everybody_alike},
    {"welcomes_before_it_knows_where_he_stands",
     "session_mailbox_nobody_is_in_while_the_store_is_away", nullptr, welcomes_at_once},
    {"says_that_a_lost_mailbox_was_read", "session_mailbox_says_no_when_the_store_has_lost_it",
     always_says_recovered},
    {"never_asks_who_owns_its_rooms", "room_owner_who_has_lost_a_room_sends_its_clients_away",
     nullptr, never_hears<Timer>},
    {"keeps_the_clients_of_a_room_that_is_lost",
     "room_owner_who_has_lost_a_room_sends_its_clients_away",
     [] { return never_does<SendAway>(); }},
    {"takes_a_room_whoever_is_newer", "room_owner_a_newer_client_takes_the_room_over",
     [] { return calls_instead(Verb::set_if_newer, Verb::set_route); }},
    {"deletes_the_owner_blindly", "room_owner_the_first_client_of_a_room_makes_it_ours",
     [] { return calls_instead(Verb::delete_if_mine, Verb::delete_route); }},
    {"does_not_relay_a_hot_room", "room_owner_a_hot_room_is_relayed_by_its_owner_to_all",
     [] { return drops_instead<Forward>(Mechanism::split_room); }},
    {"passes_on_what_is_known", "broadcast_outbox_passes_on_each_message_once",
     passes_on_what_is_known},
};

class SpoiledConversation : public ::testing::TestWithParam<Mistake> {};

TEST_P(SpoiledConversation, does_not_go_as_it_is_written_down) {
  const Mistake& mistake = GetParam();
  const std::string written = conversation("transcripts", mistake.caught_by);
  const auto spoil = [&](Transcript::Made inner) {
    return std::make_unique<Around>(std::move(inner), mistake.takes,
                                    mistake.swallows ? mistake.swallows() : nullptr);
  };

  EXPECT_EQ(Transcript().play(written), written);
  EXPECT_NE(Transcript(spoil).play(written), written);
}

INSTANTIATE_TEST_SUITE_P(Backplane, SpoiledConversation, ::testing::ValuesIn(kMistakes),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace squall::testing
