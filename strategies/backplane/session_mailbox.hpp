// Shared sessions with mailboxes in the shared store: what is said is written to the log of its
// address, wherever its people are, and nobody is told. Each node reads the logs of its own clients
// every `poll`, and pushes what it finds.
//
// All logs count in one sequence. A node asks for all of them, and takes from the answers what came
// before the first of them was given: so it stands at one place, and everybody hears in order. Who
// has just come, or has joined a room, stands at a place of his own until the next reading.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "strategies/core/backplane.hpp"

namespace squall {

class SessionMailbox final : public Backplane {
 public:
  SessionMailbox(const StrategySpec& spec, const BackplaneContext& context);

  void step(Time now, Input input, Actions& actions) override;
  void lose_all(Actions& actions) override;
  bool admits() const override { return true; }

 private:
  // Kept until it is said.
  using Waiting = std::map<LogPlace, Message>;
  // Somebody who has opened a session; with a room: who has joined it.
  using Guest = std::pair<EndpointId, std::optional<RoomId>>;

  // Where a guest stands is asked for, and what he has missed if he says where he stood.
  struct Visit {
    std::optional<LogPlace> seen;
    std::uint32_t first;         // question that is his
    std::set<Topic> open = {};   // not answered yet
    std::set<Topic> again = {};  // of these: nobody could be asked
    bool reached = true;
    std::optional<LogPlace> newest = {};  // the earliest of the answers
    Waiting missed = {};
  };
  // Of one client in one log, since he came. Nothing yet: his visit is under way.
  struct Standing {
    std::optional<LogPlace> since;
    std::uint32_t reading;  // that was the last one when he got it
  };
  struct Reading {
    std::optional<LogPlace> from;  // where those stand who have been here for longer
    std::size_t open = 0;          // questions that are not answered yet
    bool failed = false;
    std::optional<LogPlace> newest = {};  // as of a visit
    Waiting heard = {};
  };
  struct Question {
    Topic topic;
    std::optional<Guest> guest;  // nobody: of a reading
  };

  void opened(const SessionOpened& in, Actions& actions);
  void closed(EndpointId endpoint, Actions& actions);
  void visit(const Guest& guest, const std::optional<LogPlace>& seen, Actions& actions);
  void tell_guest(const Guest& guest, const Question& question, const Fetched& answer,
                  Actions& actions);
  void settle(const Guest& guest, Actions& actions);
  void tick(Actions& actions);
  void read(Actions& actions);
  void tell_reading(const Fetched& answer, Actions& actions);
  void finish_reading(Actions& actions);
  void deliver(const Message& message, LogPlace place, Actions& actions);
  bool is_due(EndpointId who, Topic topic, LogPlace place) const;
  void answered(const Fetched& answer, Actions& actions);
  void ask(Topic topic, const std::optional<Guest>& guest, const std::optional<LogPlace>& after,
           Actions& actions);
  std::set<Topic> topics_of(const Guest& guest) const;
  void forget(EndpointId endpoint, Actions& actions);
  static void keep(Waiting& waiting, const Logged& logged, Actions& actions);
  static void let_go(Waiting& waiting, Actions& actions);

  BackplaneContext context_;
  const LocalSessions& sessions_;
  Duration poll_;
  std::optional<LogPlace> place_;  // up to here everybody has been told who has no standing
  std::set<EndpointId> people_;
  std::map<Guest, Visit> visits_;
  std::map<EndpointId, std::map<Topic, Standing>> standing_;
  std::optional<Reading> reading_;  // under way
  std::uint32_t readings_ = 0;
  std::map<std::uint32_t, Question> questions_;
  std::uint32_t last_question_ = 0;
};

}  // namespace squall
