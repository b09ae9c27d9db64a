// What nodes ask the broker's log, and the answers that are under way. See broker_logs.hpp.
//
// A question goes on the connection that speaks, like a publish; what the broker says meanwhile
// comes on the other one. One that cannot get through, or nobody answers, is `unavailable`.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/kernel/topics.hpp"
#include "sim/kernel/world.hpp"
#include "sim/machine/slots.hpp"

namespace squall {

class LogQuestions {
 public:
  explicit LogQuestions(World& world)
      : world_(world), last_arrival_(world.scenario.cluster.nodes.count, kBeforeAll) {}
  void ask(NodeId from, const Fetch& question, Time when);
  void event(const Event& event);
  void finish();  // the run is over: what is not read is let go

 private:
  struct Question {
    Fetch fetch;
    TopicId topic;
    std::uint32_t process,
        made;   // the epochs of who asks, and of whom he has connected to
    Time turn;  // of who asks: what is asked for in one is answered in one
  };
  void refuse(NodeId to, std::uint32_t epoch, std::uint32_t request, Time when);
  void answer(NodeId to, std::uint32_t epoch, Fetched answer, Time when);
  void question_arrives(NodeId node, std::uint32_t slot);
  void look_up(NodeId node, std::uint32_t slot);
  void answer_arrives(NodeId node, std::uint32_t slot, std::uint32_t process);
  void let_go(const Fetched& answer, Time now);
  void count_question(NodeId from, const WireCost& cost, Time turn);
  void share_answer(NodeId to, const WireCost& cost, Time turn, Time arrives);
  WireCost question_cost(const Fetch& question, TopicId topic) const;

  World& world_;
  Slots<Question> questions_;
  Slots<Fetched> answers_;
  std::vector<bool> unread_;        // by slot of answers_; of a process that is no more, too
  std::vector<Time> last_arrival_;  // by node: questions do not overtake each other
};

}  // namespace squall
