// Recovery out of a log that the broker keeps: a node asks there what its client missed at another
// one, and what it missed itself while its link was down.
//
// First the topic is subscribed, then the log is asked, then both are merged: what came meanwhile
// waits, and what is in both is said once, also what is under way to the node when the answer is
// there. Who asks first loses what is said in between. Offsets count over all topics, and a node
// hears in order; so one place says where a client stands. A welcome says no when the log has let
// go of something, or is another one since the broker lost its own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "strategies/core/spec.hpp"
#include "strategies/core/strategy.hpp"

namespace squall {

class ResumeFromLog final : public Backplane {
 public:
  // What an address is published on.
  enum class Topics : std::uint8_t { one_for_all, one_each };

  // How a node whose link was down reads on.
  struct Reading {
    StartAt start_at = StartAt::place;
    Duration commit{0};
  };

  ResumeFromLog(std::unique_ptr<Backplane> inner, const LocalSessions& sessions, Topics topics,
                Reading reading)
      : inner_(std::move(inner)), sessions_(sessions), topics_(topics), reading_(reading) {}

  void step(Time now, Input input, Actions& actions) override;
  void lose_all(Actions& actions) override;
  bool admits() const override { return true; }

 private:
  // Kept until it is said.
  using Waiting = std::map<LogPlace, Message>;

  // Somebody who has come back, and waits for what he has missed.
  struct Guest {
    LogPlace seen;
    std::uint32_t first;        // question that is his
    bool admitted = false;      // by the inner part: his topics are heard
    std::set<Topic> open = {};  // of these he does not know yet
    bool reached = true;
    std::optional<LogPlace> newest = {};
    Waiting missed = {}, since = {};
  };
  struct Question {
    Topic topic;
    std::optional<EndpointId> guest;  // nobody: for the node itself
    std::uint32_t link;               // in which life of it
  };

  void before(const Input& input, Actions& actions);
  void carry_out(Time now, Input input, Actions& actions);
  void subscribed(const Subscribed& answer, Actions& actions);
  void link_back(Actions& actions);
  void link_lost(Actions& actions);
  void welcome(EndpointId endpoint, Actions& actions);
  void ask(Topic topic, std::optional<EndpointId> guest, Actions& actions);
  void answered(const Fetched& answer, Actions& actions);
  void tell_guest(const Question& question, const Fetched& answer, Actions& actions);
  void catch_up(Topic topic, const Fetched& answer, Actions& actions);
  void caught_up(Actions& actions);
  void finish(EndpointId endpoint, Actions& actions);
  void forget(EndpointId endpoint, Actions& actions);
  void forget(Topic topic, Actions& actions);
  void hear(const Push& push, LogPlace place, Actions& actions);
  void deliver(Copy copy, LogPlace place, Actions& actions);
  std::vector<EndpointId> not_now(const Message& message, LogPlace place, Actions& actions);
  static bool echoes(std::set<LogPlace>& said, LogPlace place);
  bool is_for(EndpointId endpoint, const Message& message) const;
  bool can_ask(Topic topic) const;
  std::set<Topic> topics_of(EndpointId endpoint) const;
  void advance(LogPlace place);
  void commit(Time now, bool heard);
  std::optional<LogPlace> reads_on_from() const;
  static void keep(Waiting& waiting, const Logged& logged, Actions& actions);
  static void let_go(Waiting& waiting, Actions& actions);

  std::unique_ptr<Backplane> inner_;
  const LocalSessions& sessions_;
  Topics topics_;
  Reading reading_;

  bool up_ = false;                // the link, as far as we were told
  std::uint32_t link_ = 0;         // its lives, counted
  std::set<Topic> heard_;          // subscribed
  std::set<Topic> behind_;         // heard before the link was lost, and not caught up with since
  Waiting held_;                   // what came meanwhile, and what was fetched
  std::optional<LogPlace> place_;  // up to here nothing is missing
  std::optional<LogPlace> saved_;  // where it was when it saved it last
  std::optional<LogPlace> asked_to_save_;
  Time commits_ = kNever;             // when it does so next
  std::optional<LogPlace> asked_at_;  // the newest place, when the first one behind was asked for
  std::map<EndpointId, Guest> guests_;
  // What was said out of the log, and may come once more from the broker: to all, to one.
  std::set<LogPlace> said_;
  std::map<EndpointId, std::set<LogPlace>> said_to_;
  std::map<std::uint32_t, Question> questions_;
  std::uint32_t last_question_ = 0;
};

}  // namespace squall
