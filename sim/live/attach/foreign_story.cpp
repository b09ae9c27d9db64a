// Completes the clients' facts. See foreign_story.hpp for the rules.
// In order of time, as they were written down; what is added follows what it is concluded from.
#include "sim/live/attach/foreign_story.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <utility>

namespace squall::live {
namespace {

using namespace std::chrono_literals;

// A message that was written, or should have been read, so shortly before its connection ended was
// on the line: nobody outside can say on which side of the door it was lost.
constexpr std::int64_t kInFlight = 200'000'000;
// What a fault brings about shows a moment later, and so does its end.
constexpr Duration kLater = 2s;

constexpr std::uint16_t kTryAgainLater = 1013;

struct Read {
  std::int64_t at;
  std::uint32_t connection;
};

struct Life {  // of a connection
  EndpointId endpoint = kNoEndpoint;
  NodeId node{0};
  std::int64_t begun = kNever.count(), ready = kNever.count(), end = kNever.count();
  bool alive(std::int64_t at) const { return ready <= at && at < end; }
  // Times of the warm-up are below zero: what never ends has no distance from them.
  bool ends_soon_after(std::int64_t at) const {
    return end != kNever.count() && end - at < kInFlight;
  }
};

class Teller {
 public:
  Teller(const Cluster& cluster, const std::vector<ServerFault>& faults)
      : cluster_(cluster), faults_(faults), links_(cluster.plan.endpoints()) {}

  ForeignStory tell(std::span<const Facts* const> logs) {
    for (const Facts* const log : logs) {
      for (const auto& chunk : log->chunks())
        facts_.insert(facts_.end(), chunk.begin(), chunk.end());
    }
    std::ranges::stable_sort(facts_, {}, &Fact::at);
    reads_.resize(cluster_.timeline.messages.size());
    acknowledged_.resize(reads_.size());
    for (const Fact& fact : facts_) learn(fact);
    for (const Fact& fact : facts_) complete(fact);
    add_recovered();
    std::ranges::sort(story_.index.arrived);
    return std::move(story_);
  }

 private:
  // ---- first: who lived when, and who heard what ----
  void learn(const Fact& fact) {
    if (fact.kind == FactKind::attempted) {
      if (lives_.size() <= fact.a) lives_.resize(fact.a + 1);
      lives_[fact.a].endpoint = EndpointId{fact.b};
      lives_[fact.a].begun = fact.at;
      links_[fact.b].push_back(fact.a);
    }
    if (fact.kind == FactKind::ready) {
      lives_[fact.a].ready = fact.at;
      if (NodeId{fact.node} != kNoNode) lives_[fact.a].node = NodeId{fact.node};
    }
    if (fact.kind == FactKind::cut || fact.kind == FactKind::noticed_end) {
      lives_[fact.a].end = std::min(lives_[fact.a].end, fact.at);
    }
    if (fact.kind == FactKind::read) reads_[fact.a].push_back({fact.at, fact.b});
    if (fact.kind == FactKind::acknowledged) acknowledged_[fact.a] = true;
  }

  // ---- then: each fact, and what must have been ----
  void complete(const Fact& fact) {
    if (fact.kind == FactKind::read) return;  // is a push of its message
    if (fact.kind == FactKind::noticed_end) return ended(fact);
    if (fact.kind == FactKind::ready) add(of(fact, FactKind::opened, lives_[fact.a].node));
    add(fact);
    if (fact.kind == FactKind::cut) add(of(fact, FactKind::session_ended, lives_[fact.a].node));
    if (fact.kind == FactKind::written) written(fact);
    if (fact.kind == FactKind::written_also) {
      arrived(fact);
      add({fact.at, fact.a, 0, 0, node_number(fact.b), FactKind::benign, 0});
    }
  }

  void ended(const Fact& fact) {
    const Life& life = lives_[fact.a];
    auto& counted = fact.detail == 1 ? story_.mistakes : story_.ends;
    ++counted[{life.node, fact.b}];
    const TriggerId blamed = blame(life.node, kNoNode, fact.at);
    const bool known = blamed != kStructural;
    Fact closed = of(fact, FactKind::session_closed, life.node);
    closed.detail = static_cast<std::uint8_t>(reason_of(fact));
    closed.c = static_cast<std::uint16_t>(known ? blamed : accident_trigger(cluster_.scenario));
    add(closed);
    add(fact);
  }

  static CloseReason reason_of(const Fact& fact) {
    if (fact.b == 0 || fact.detail == 1) return CloseReason::crash;  // without a word
    const bool unwanted = fact.b == kPolicyViolation || fact.b == kTryAgainLater;
    return unwanted ? CloseReason::kick : CloseReason::drain;
  }

  void written(const Fact& fact) {
    const Message& message = cluster_.timeline.messages[fact.a].message;
    const Life& sender = lives_[fact.b];
    const auto& reads = reads_[fact.a];
    const auto in_time = [&](const Read& read) { return read.at >= fact.at; };
    const bool accepted = acknowledged_[fact.a] || std::ranges::any_of(reads, in_time);
    if (!accepted && sender.ends_soon_after(fact.at)) return;  // lost on its way in
    arrived(fact);
    IndexedFact fan_out{{fact.at, fact.a, 0, 0, node_number(fact.b), FactKind::fan_out, 0},
                        static_cast<std::uint32_t>(story_.index.pushes.size()),
                        0};
    if (message.address.kind == Address::Kind::user) {
      tell_recipient(fact, message.address.endpoint(), accepted);
    } else {
      for (const EndpointId who : cluster_.plan.members(message.address.room())) {
        if (who != message.sender) tell_recipient(fact, who, accepted);
      }
    }
    fan_out.pushes = static_cast<std::uint32_t>(story_.index.pushes.size()) - fan_out.first_push;
    if (later_ > 0) {
      add({fact.at, fact.a, std::exchange(later_, 0), 0, node_number(fact.b), FactKind::forked, 0});
    }
    std::uint64_t told = 0;
    for (const Read& read : reads) {
      told += in_time(read) && lives_[read.connection].endpoint == message.sender;
    }
    story_.unlikely += reads.size() - told - read_by_recipients_;
    read_by_recipients_ = 0;
    fan_out.fact.b = fan_out.pushes;
    story_.index.facts.push_back(fan_out);
  }

  // A frame for each time that it was heard; or the one that was to come.
  void tell_recipient(const Fact& written, EndpointId who, bool accepted) {
    const std::uint64_t before = read_by_recipients_;
    for (const Read& read : reads_[written.a]) {
      if (lives_[read.connection].endpoint != who || read.at < written.at) continue;
      ++read_by_recipients_;
      if (lives_[read.connection].begun > written.at) {
        recovered_.push_back({written.a, read});
        ++later_;
        continue;
      }
      story_.index.pushes.push_back(
          {written.a, read.connection, read.at, read.at, Mechanism::unattributed});
    }
    if (read_by_recipients_ > before) return;
    const std::uint32_t connection = alive(who, written.at);
    if (connection == kNone) return;  // it is in its gap
    const Life& life = lives_[connection];
    if (life.ends_soon_after(written.at)) {
      story_.index.pushes.push_back(
          {written.a, connection, written.at, life.end + 1, Mechanism::unattributed});
      return;
    }
    const NodeId from = lives_[written.b].node;
    story_.index.pushes.push_back({written.a, connection, written.at, kNever.count(),
                                   Mechanism::foreign_system, blame(from, life.node, written.at)});
    const std::int64_t intended = cluster_.timeline.messages[written.a].at.count();
    if (intended < 0 || intended >= cluster_.measured().count()) return;
    ++story_.losses[{from, life.node, intended / 1'000'000'000, accepted}];
  }

  // Heard on a connection that was dialled after it was said: a copy of its own, out of something
  // that remembers, and no earlier than that connection stands.
  void add_recovered() {
    for (const auto& [message, read] : recovered_) {
      const Life& life = lives_[read.connection];
      const std::int64_t at =
          std::max(read.at, life.ready == kNever.count() ? read.at : life.ready);
      IndexedFact fan_out{{at, message, 1, 0, node_number(read.connection), FactKind::fan_out, 1},
                          static_cast<std::uint32_t>(story_.index.pushes.size()),
                          1};
      story_.index.pushes.push_back({message, read.connection, at, at, Mechanism::unattributed});
      story_.index.facts.push_back(fan_out);
    }
    std::ranges::stable_sort(story_.index.facts, {}, [](const auto& one) { return one.fact.at; });
  }

  std::uint32_t alive(EndpointId who, std::int64_t at) const {
    for (const std::uint32_t connection : links_[index(who)]) {
      if (lives_[connection].alive(at)) return connection;
    }
    return kNone;
  }

  // The fault that was going on at one of the nodes, or where all of them meet: the latest.
  TriggerId blame(NodeId one, NodeId other, std::int64_t at) const {
    TriggerId found = kStructural;
    for (std::size_t i = 0; i < faults_.size(); ++i) {
      const ServerFault& fault = faults_[i];
      const bool here = fault.node == kNoNode || fault.node == one || fault.node == other;
      if (!here || !fault.begins || fault.at.count() > at) continue;
      if (at < (end_of(i) + kLater).count()) found = fault.trigger;
    }
    return found;
  }
  // Of one that nothing ends: never.
  Time end_of(std::size_t number) const {
    const ServerFault& fault = faults_[number];
    for (std::size_t i = number + 1; i < faults_.size(); ++i) {
      const bool same = faults_[i].node == fault.node && faults_[i].trigger == fault.trigger;
      if (same && !faults_[i].begins) return faults_[i].at;
    }
    return kNever - kLater;
  }

  void arrived(const Fact& written) {
    story_.index.arrived.push_back(std::uint64_t{written.a} << 32 | written.b);
    if (written.kind == FactKind::written) {
      add({written.at, written.a, written.b, 0, node_number(written.b), FactKind::arrived, 0});
    }
  }
  std::uint16_t node_number(std::uint32_t connection) const {
    return static_cast<std::uint16_t>(lives_[connection].node);
  }
  static Fact of(const Fact& fact, FactKind kind, NodeId node) {
    return {fact.at, fact.a, 0, 0, static_cast<std::uint16_t>(node), kind, 0};
  }
  void add(const Fact& fact) { story_.index.facts.push_back({fact}); }

  static constexpr std::uint32_t kNone = UINT32_MAX;

  const Cluster& cluster_;
  const std::vector<ServerFault>& faults_;
  std::vector<Fact> facts_;
  std::vector<Life> lives_;                        // by connection
  std::vector<std::vector<std::uint32_t>> links_;  // connections, by endpoint, in order of time
  std::vector<std::vector<Read>> reads_;           // by message
  std::vector<bool> acknowledged_;
  std::uint64_t read_by_recipients_ = 0;
  std::vector<std::pair<std::uint32_t, Read>> recovered_;  // messages, and where they were heard
  std::uint32_t later_ = 0;                                // of them, of the message that is told
  ForeignStory story_;
};

std::string name(NodeId node) { return fmt::format("n{}", index(node) + 1); }

}  // namespace

ForeignStory tell_story(const Cluster& cluster, std::span<const Facts* const> logs,
                        const std::vector<ServerFault>& faults) {
  return Teller(cluster, faults).tell(logs);
}

// One line for each pair of nodes; of the seconds, the first and the last, and the worst.
std::vector<std::string> ForeignStory::remarks(bool nodes_known) const {
  struct Line {
    std::uint64_t pairs = 0, most = 0;
    std::int64_t first = INT64_MAX, last = 0, worst = 0;
  };
  std::map<std::string, Line> lines;
  for (const auto& [loss, pairs] : losses) {
    std::string where = "at the only address";
    if (nodes_known) {
      where = loss.from == loss.to ? "within " + name(loss.from)
                                   : fmt::format("from {} to {}", name(loss.from), name(loss.to));
    }
    Line& line = lines[where + (loss.accepted ? "" : ", heard by nobody")];
    line.pairs += pairs;
    line.first = std::min(line.first, loss.second);
    line.last = std::max(line.last, loss.second);
    if (pairs > line.most) line.most = pairs, line.worst = loss.second;
  }
  std::vector<std::string> all;
  for (const auto& [where, line] : lines) {
    all.push_back(fmt::format(
        "foreign_system, {}: {} pairs, of messages from second {} to {}; most in second {} ({})",
        where, line.pairs, line.first, line.last, line.worst, line.most));
  }
  for (const auto& [end, times] : ends) {
    all.push_back(fmt::format(
        "{} ended {} connections {}", name(end.first), times,
        end.second == 0 ? "without a word" : fmt::format("with close code {}", end.second)));
  }
  for (const auto& [end, times] : mistakes) {
    all.push_back(fmt::format("{} broke the rules of WebSocket {} times: {} was answered",
                              name(end.first), times, end.second));
  }
  if (unlikely > 0) {
    all.push_back(fmt::format(
        "{} messages came to users who are not in the room, or before they were said", unlikely));
  }
  return all;
}

}  // namespace squall::live
