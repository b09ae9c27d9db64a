// One mistake each, put around a backplane and its recovery, and the conversation that catches it:
// with the mistake it does not go as it is written down. A conversation that lets it pass is red.
//
// The mistakes are in tests/backplanes/mistakes.hpp; squall explore is set on some of them as well.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>

#include "tests/backplanes/mistakes.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/transcript.hpp"

namespace squall::testing {
namespace {

struct Caught {
  const char* name;
  const char* by;  // a conversation
  Mistake mistake;
};

void PrintTo(const Caught& caught, std::ostream* out) { *out << caught.name; }

using namespace mistake;

const Caught kCaught[] = {
    {"deletes_blindly", "routed_fenced_a_late_close_leaves_the_entry_of_the_newer_session_alone",
     deletes_blindly},
    {"writes_blindly", "routed_fenced_a_late_close_leaves_the_entry_of_the_newer_session_alone",
     writes_blindly},
    {"keeps_routes_to_the_dead", "routed_forgets_the_routes_to_a_peer_that_is_down",
     never_hears<PeerState>},
    {"never_asks_again", "routed_nack_asks_again_for_a_client_that_is_not_there", never_asks_again},
    {"asks_the_same_node_again", "routed_nack_asks_again_for_a_client_that_is_not_there",
     asks_the_same_node_again},
    {"does_not_say_who_is_absent", "routed_nack_gives_back_what_is_for_nobody_here",
     drops_instead<Return, Mechanism::route_stale>},
    {"never_asks_for_who_is_away",
     "routed_nack_mailbox_what_is_for_nobody_waits_and_is_asked_for_again", never_hears<Timer>},
    {"welcomes_before_the_route_is_written", "routed_nack_route_wait_welcomes_who_can_be_found",
     welcomes_at_once},
    {"welcomes_before_the_topic_is_heard", "interest_welcomes_a_session_when_its_topics_are_heard",
     welcomes_at_once},
    {"subscribes_once", "interest_lets_go_of_a_room_when_the_last_one_leaves", subscribes_once},
    {"lets_go_with_the_first_who_leaves", "interest_admits_nobody_while_the_broker_is_away",
     lets_go_with_the_first},
    {"never_lets_go_of_a_room", "interest_lets_go_of_a_room_when_the_last_one_leaves",
     never_does<Unsubscribe>},
    {"does_not_notice_a_lost_link", "broadcast_resume_says_no_after_its_link_was_down",
     never_hears<BrokerState>},
    {"replays_from_one_too_late", "broadcast_resume_replays_what_a_client_has_missed",
     replays_from_one_too_late},
    {"says_recovered_when_the_window_is_over", "broadcast_resume_says_no_when_the_window_is_over",
     always_says_recovered},
    {"says_recovered_of_another_log", "interest_log_says_no_when_the_broker_has_lost_it",
     always_says_recovered},
    {"publishes_without_keeping", "broadcast_log_keeps_what_it_cannot_publish",
     publishes_without_keeping},
    {"loses_what_comes_back", "broadcast_log_what_comes_back_goes_first", loses_what_comes_back},
    {"never_asks_the_log", "broadcast_log_reads_on_where_it_was_cut_off", never_does<Fetch>},
    {"forgets_what_is_for_somebody_elsewhere",
     "session_mailbox_what_is_said_waits_in_the_log_of_its_address", publishes_without_keeping},
    {"never_reads_the_mailboxes", "session_mailbox_what_is_said_waits_in_the_log_of_its_address",
     never_does<Fetch>},
    {"keeps_from_who_comes_back_the_first_of_it",
     "session_mailbox_who_comes_back_gets_what_was_for_him", replays_from_one_too_late},
    {"reads_out_to_who_has_just_joined_what_was_said_before",
     "session_mailbox_who_joins_while_the_logs_are_read_waits_for_the_next_time",
     tells_everybody_alike},
    {"welcomes_before_it_knows_where_he_stands",
     "session_mailbox_nobody_is_in_while_the_store_is_away", welcomes_at_once},
    {"says_that_a_lost_mailbox_was_read", "session_mailbox_says_no_when_the_store_has_lost_it",
     always_says_recovered},
    {"never_asks_who_owns_its_rooms", "room_owner_who_has_lost_a_room_sends_its_clients_away",
     never_hears<Timer>},
    {"keeps_the_clients_of_a_room_that_is_lost",
     "room_owner_who_has_lost_a_room_sends_its_clients_away", never_does<SendAway>},
    {"takes_a_room_whoever_is_newer", "room_owner_a_newer_client_takes_the_room_over",
     writes_blindly},
    {"deletes_the_owner_blindly", "room_owner_the_first_client_of_a_room_makes_it_ours",
     deletes_blindly},
    {"does_not_relay_a_hot_room", "room_owner_a_hot_room_is_relayed_by_its_owner_to_all",
     drops_instead<Forward, Mechanism::split_room>},
    {"passes_on_what_is_known", "broadcast_outbox_passes_on_each_message_once",
     passes_on_what_is_known},
};

class SpoiledConversation : public ::testing::TestWithParam<Caught> {};

TEST_P(SpoiledConversation, does_not_go_as_it_is_written_down) {
  const Caught& caught = GetParam();
  const std::string written = conversation("transcripts", caught.by);
  const auto spoil = [&](Transcript::Made inner) {
    return std::make_unique<Around>(std::move(inner), caught.mistake());
  };

  EXPECT_EQ(Transcript().play(written), written);
  EXPECT_NE(Transcript(spoil).play(written), written);
}

INSTANTIATE_TEST_SUITE_P(Backplane, SpoiledConversation, ::testing::ValuesIn(kCaught),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace squall::testing
