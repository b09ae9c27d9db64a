// What laws take for granted, as values: a question, and what is said when the answer is no.
//
// A law lists those it needs in its row (predict.cpp); none of them is checked anywhere else.
#pragma once

#include "scenarios/predict/prediction.hpp"
#include "sim/record/wire.hpp"

namespace squall::predict {

extern const Condition kConnectionsComeAbout, kPongsComeInTime, kLeasesLast, kQueuesSettle,
    kMessagesFit, kSettled;
extern const Condition kConnectionsStay;  // no limit, no time-out and no age ends one or refuses it
extern const Condition kNoFaults;         // nor anything that disconnects by script
extern const Condition kNoDrops;          // nobody's connection breaks by itself
extern const Condition kNoIndividuals;    // populations only, and applications
extern const Condition kTraffic;          // somebody speaks, by traffic classes only
extern const Condition kEvenTraffic;      // no flash
extern const Condition kSomebodyIsMeant;  // of each message to a user: else it is not said
extern const Condition kOneByOne;         // messages of one client get to its node
extern const Condition kOneRoomEach;      // every user is in exactly one room, of one set
extern const Condition kMembersSpeak;     // into rooms; senders are any members, or applications
extern const Condition kClientsSpeak;     // and no application that is nobody's client
extern const Condition kEverybodyReached;  // when everybody is connected and nothing fails
extern const Condition kAnywhere;      // nobody is pinned to a node, or in some sets of rooms only
extern const Condition kEquallyFar;    // every client is as far from one node as from another
extern const Condition kClientsAlike;  // no population has a `client` of its own
extern const Condition kOneConnection;
extern const Condition kNothingReplayed;
extern const Condition kNoLog;         // whose places go with each message
extern const Condition kUsualOptions;  // of the backplane: one of them may multiply what is said
extern const Condition kOneBroker;     // and no cluster of several masters
extern const Condition kUnhashed;      // where a user sits has nothing to do with whom it talks to

// The one room set of kOneRoomEach.
const RoomSet& rooms_of(const Case& of);

// What is larger than the kernel's buffer waits in the node until it is on the line.
bool frames_fit_into_the_kernel(const Case& of);

bool is_keyed(const Case& of);
wire::Tls tls_of(const Case& of);
std::string_view policy_of(const Case& of);
bool has_traffic_to_rooms(const Scenario& scenario);

// Messages to a room of which somebody else is a member: recipients, expected over the users'
// choice of their rooms. Needs kOneRoomEach and kMembersSpeak.
double recipients_in_room(const Case& of);

// Of a message of this class. Needs the same.
double recipients_of(const Case& of, const Traffic& traffic);

// Share of all users that is in the room of a delivery: a room is heard as often as two of its
// members can be picked, so the larger ones weigh more. Needs the same.
double share_of_heard_room(const Case& of);

double effective_rooms_of(const Case& of);  // by popularity; the same

}  // namespace squall::predict
