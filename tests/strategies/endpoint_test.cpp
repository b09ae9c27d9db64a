// What no single conversation of a client can show: that no message is forgotten or said twice, on
// days drawn at random. The conversations are played by conversation_test.cpp.
#include "strategies/connection/endpoint.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/endpoint_transcript.hpp"

namespace squall {
namespace {

TEST(EndpointTranscript, a_line_that_makes_no_sense_is_pointed_at) {
  const std::string played =
      testing::EndpointTranscript().play("login\nclient u1 of 1 links\nlost l2\n");

  EXPECT_EQ(played,
            "login\n  NOT UNDERSTOOD\nclient u1 of 1 links\nlost l2\n  timer l1 at 3000 ms\n"
            "  NOT UNDERSTOOD\n");
}

// ---- Random days --------------------------------------------------------------------------------

// Links that are not about to be given up for another.
int busy(const std::vector<EndpointLink>& links) {
  int count = 0;
  for (const EndpointLink& link : links) {
    using Leaving = ClientLink::Leaving;
    const Leaving leaving = link.machine.leaving;
    if (leaving == Leaving::replaced || leaving == Leaving::moved) continue;
    count += link.machine.phase != LinkPhase::idle;
  }
  return count;
}

// A user who is logged in has k links that are ready or on their way, and whatever happens,
// each message has one end in the machine: written once for the first time, refused, or never sent.
RC_GTEST_PROP(Endpoint, every_message_is_written_or_given_up_once, ()) {
  const auto links = *rc::gen::inRange<std::uint16_t>(1, 4);
  EndpointOptions options{{Duration{25}, Duration{10}, Duration{5}, {}}};
  options.links = links;
  options.queue = *rc::gen::inRange<std::size_t>(0, 3);
  options.on_all_links = *rc::gen::arbitrary<bool>();
  options.make_before_break = *rc::gen::arbitrary<bool>();
  Endpoints machine(options, 1);
  std::vector<EndpointLink> state(options.slots());
  const Endpoint who{EndpointId{0}, state};
  std::map<MessageId, int> ends;
  const auto hear = [&](Endpoints::Actions actions) {
    using Step = EndpointAction::Step;
    for (const EndpointAction& action : actions) {
      if (action.kind != EndpointAction::Kind::message) continue;
      if (action.step == Step::write || action.step == Step::write_also) {
        RC_ASSERT(state[action.link].machine.phase == LinkPhase::ready);
      }
      const bool ended = action.step == Step::write || action.step == Step::refuse ||
                         action.step == Step::never_sent;
      if (ended) ++ends[action.message];
    }
  };

  std::uint32_t sent = 0;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int step = 0; step < steps; ++step) {
    const auto link = *rc::gen::inRange<std::uint16_t>(0, options.slots());
    const Time now{step};
    const bool is_ready = state[link].machine.phase == LinkPhase::ready;
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        if (busy(state) == 0) hear(machine.login(who, now));
        break;
      case 1: hear(machine.logout(who)); break;
      case 2:
      case 3: hear(machine.send(who, MessageId{sent++})); break;
      case 4:
        if (state[link].machine.phase == LinkPhase::connecting) {
          hear(machine.opened(who, link, now, {}));
        }
        break;
      case 5:
        if (is_ready) hear(machine.lost(who, link, now));
        break;
      case 6: hear(machine.going_away(who, link, now)); break;
      default: hear(machine.timer(who, link, state[link].machine.generation, now));
    }
    RC_ASSERT(busy(state) == 0 || busy(state) == links);
  }
  while (const auto waiting = machine.waiting()) hear(machine.give_up_queue(*waiting));

  RC_ASSERT(ends.size() == sent);
  for (const auto& [message, times] : ends) RC_ASSERT(times == 1);
}

}  // namespace
}  // namespace squall
