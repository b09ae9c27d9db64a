// Sights become steps. What other nodes did alike is told once, with a number.
// See story.hpp; the facts about the pair in focus, and the ends of all, are in story.cpp.
#include <fmt/core.h>
#include <algorithm>
#include <set>

#include "sim/cli/explain/story.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

std::string many(std::size_t count, const std::string& what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

class Teller {
 public:
  Teller(const Life& life, const Names& names)
      : life_(life),
        names_(names),
        by_backend_(std::ranges::any_of(life.sights, [](const Sight& sight) {
          return sight.what == Sight::What::accepted && sight.node == kNoNode;
        })) {
    for (const ConnectionRecord& connection : life.lives) {
      if (connection.endpoint == life.focus) of_interest_.insert(connection.node);
    }
  }

  std::vector<Step> steps() {
    std::vector<Sight> sights;
    for (const Sight& sight : life_.sights) {
      if (is_told(sight)) sights.push_back(sight);
    }
    // The loss is known before what it is made of, and told after it.
    std::ranges::stable_sort(sights, {}, [](const Sight& sight) {
      return std::pair(sight.at, sight.what == Sight::What::lost);
    });
    for (std::size_t i = 0; i < sights.size(); ++i) {
      std::size_t alike = 1;
      while (i + alike < sights.size() && may_join(sights[i], sights[i + alike])) ++alike;
      tell(sights[i]);
      if (alike > 1) steps_.back().what += ", and " + others(sights[i], alike - 1);
      i += alike - 1;
    }
    return std::move(steps_);
  }

 private:
  // What became of one recipient is told of the one in focus alone.
  bool is_told(const Sight& sight) const {
    using What = Sight::What;
    if (sight.what == What::forked) return false;
    for (const What of_one :
         {What::received, What::repeated, What::missed, What::push_failed, What::lost}) {
      if (sight.what == of_one) return sight.endpoint == life_.focus;
    }
    return true;
  }

  // The same thing at nodes that the recipient in focus has nothing to do with.
  bool may_join(const Sight& first, const Sight& next) const {
    if (first.what != next.what) return false;
    switch (first.what) {
      case Sight::What::benign: return true;
      case Sight::What::from_broker:
      case Sight::What::from_peer:
      case Sight::What::fan_out:
        return !of_interest_.contains(first.node) && !of_interest_.contains(next.node);
      case Sight::What::forwarded:
        return !of_interest_.contains(first.other) && !of_interest_.contains(next.other);
      case Sight::What::died:
      case Sight::What::unreached:
        return first.death.mechanism == next.death.mechanism &&
               !of_interest_.contains(first.death.node) && !of_interest_.contains(next.death.node);
      case Sight::What::offered:
      case Sight::What::refused:
      case Sight::What::written:
      case Sight::What::arrived:
      case Sight::What::accepted:
      case Sight::What::acknowledged:
      case Sight::What::forked:
      case Sight::What::published:
      case Sight::What::push_failed:
      case Sight::What::received:
      case Sight::What::repeated:
      case Sight::What::missed:
      case Sight::What::lost: return false;
    }
    return false;
  }

  static std::string others(const Sight& sight, std::size_t count) {
    const bool copies = sight.what == Sight::What::benign || sight.what == Sight::What::died;
    return many(count, copies ? "more copy" : "other node") + (copies ? "" : " too");
  }

  void add(Time at, std::string from, std::string to, std::string what, bool bad = false) {
    steps_.push_back({at, std::move(from), std::move(to), std::move(what), bad});
  }

  void tell(const Sight& sight) {
    switch (sight.what) {
      case Sight::What::offered:
      case Sight::What::refused:
      case Sight::What::written:
      case Sight::What::arrived:
      case Sight::What::accepted:
      case Sight::What::acknowledged: return tell_way_in(sight);
      case Sight::What::published:
      case Sight::What::from_broker:
      case Sight::What::forwarded:
      case Sight::What::from_peer:
      case Sight::What::fan_out: return tell_hop(sight);
      case Sight::What::benign:
      case Sight::What::died:
      case Sight::What::unreached:
      case Sight::What::push_failed:
      case Sight::What::received:
      case Sight::What::repeated:
      case Sight::What::missed:
      case Sight::What::lost: return tell_end(sight);
      case Sight::What::forked: SQUALL_CHECK(false);  // is_told()
    }
  }

  void tell_way_in(const Sight& sight) {
    const std::string sender = names_.endpoint(life_.message.sender);
    const bool on_a_node =
        sight.what == Sight::What::arrived || sight.what == Sight::What::accepted;
    if (by_backend_ && on_a_node) return;
    const std::string node = names_.node(sight.node);
    switch (sight.what) {
      case Sight::What::offered:
        add(sight.at, sender, "", "means to send it");
        intend_ = sight.at;
        break;
      case Sight::What::refused: add(sight.at, sender, "", "its client gives it up", true); break;
      case Sight::What::written: {
        if (by_backend_) return add(sight.at, sender, "broker", "publishes it: it is no client");
        const bool late = sight.at > intend_;
        add(sight.at, sender, node_of(life_.message.sender, sight.at),
            late ? "writes it, " + Names::span(sight.at - intend_) + " late" : "writes it");
        break;
      }
      case Sight::What::arrived:
        add(sight.at, node, "", "its socket has it: the loop's queue");
        arrived_ = sight.at;
        first_node_ = last_node_ = node;
        break;
      case Sight::What::accepted:
        add(sight.at, node, "",
            "is done reading, " + Names::span(sight.at - arrived_) +
                " in the loop's queue; the "
                "strategy decides");
        break;
      case Sight::What::acknowledged:
        add(sight.at, first_node_, sender, "tells the sender: OK");
        break;
      default: SQUALL_CHECK(false);  // see tell()
    }
  }

  void tell_hop(const Sight& sight) {
    const std::string node = names_.node(sight.node);
    const std::string other = names_.node(sight.other);
    last_node_ = node;
    switch (sight.what) {
      case Sight::What::published: add(sight.at, node, "broker", "publishes it"); break;
      case Sight::What::from_broker: add(sight.at, "broker", node, "takes up a copy"); break;
      case Sight::What::forwarded:
        last_forward_from_ = node;
        under_way_to_ = other;
        add(sight.at, node, other, "forwards it: " + other + " is where it believes recipients");
        break;
      case Sight::What::from_peer:
        under_way_to_.clear();
        add(sight.at, other, node, "takes up the copy");
        break;
      case Sight::What::fan_out:
        add(sight.at, node, "", "hands it to the sessions it believes in");
        break;
      default: SQUALL_CHECK(false);  // see tell()
    }
  }

  void tell_end(const Sight& sight) {
    const std::string who = names_.endpoint(life_.focus);
    const std::string node = names_.node(sight.node);
    switch (sight.what) {
      case Sight::What::benign:
        add(sight.at, last_node_, "", "ends a copy that nobody there needs");
        break;
      case Sight::What::died: tell_death(sight.death, "a copy dies: "); break;
      case Sight::What::unreached: tell_death(sight.death, "no copy for " + node + ": "); break;
      case Sight::What::push_failed:
        add(sight.at, node, "",
            fmt::format("fails to push to {}: {}", who, names_.blamed(sight.death)), true);
        break;
      case Sight::What::received:
        add(sight.at, node, who, who + " reads it");
        steps_.back().end = true;
        break;
      case Sight::What::repeated: add(sight.at, node, who, who + " gets it once more"); break;
      case Sight::What::missed:
        add(sight.at, node, who, "the frame is never read: " + names_.blamed(sight.death), true);
        break;
      case Sight::What::lost:
        add(sight.at, who, "", "LOST: " + names_.blamed(sight.death), true);
        steps_.back().end = true;
        break;
      default: SQUALL_CHECK(false);  // see tell()
    }
  }

  // Whom a lookup that came to nothing is billed to depends on the recipient: see its end.
  void tell_death(const Death& death, const std::string& what) {
    const MechanismRow& cause = row(death.mechanism);
    const std::string at = names_.node(death.node);
    const std::string words =
        what + (cause.coverage ? std::string(cause.name) : names_.blamed(death));
    const std::string decider = first_node_.empty() ? "network" : first_node_;
    const auto is_one_of = [&](std::initializer_list<Mechanism> some) {
      return std::ranges::find(some, death.mechanism) != some.end();
    };
    if (is_one_of({Mechanism::broker_lost})) return add(death.at, "broker", "", words, true);
    if (is_one_of({Mechanism::not_subscribed, Mechanism::subscriber_buffer_killed,
                   Mechanism::consumer_misassigned})) {
      return add(death.at, "broker", death.node == kNoNode ? "" : at, words, true);
    }
    if (is_one_of({Mechanism::peer_link_lost, Mechanism::peer_queue_overflow})) {
      if (!under_way_to_.empty()) {
        return add(death.at, last_forward_from_, under_way_to_, words, true);
      }
      return add(death.at, last_node_, death.node == kNoNode ? "" : at, words, true);
    }
    if (cause.family == "uplink") {
      return add(death.at, names_.endpoint(life_.message.sender), "", words, true);
    }
    add(death.at, death.node == kNoNode ? decider : at, "", words, true);
  }

  // Where its connection goes, or went as far as the client knows.
  std::string node_of(EndpointId endpoint, Time at) const {
    std::string last = "network";
    for (const ConnectionRecord& life : life_.lives) {
      if (life.endpoint != endpoint || life.opened > at) continue;
      last = names_.node(life.node);
      if (at < life.closed) break;
    }
    return last;
  }

  const Life& life_;
  const Names& names_;
  bool by_backend_;  // it was born in an application that publishes, on no node
  std::set<NodeId> of_interest_;
  std::vector<Step> steps_;
  Time intend_{0}, arrived_{0};
  std::string first_node_;
  std::string last_node_ = "network";             // that did something
  std::string last_forward_from_, under_way_to_;  // a forward that was not taken up yet
};

}  // namespace

std::vector<Step> steps_of(const Life& life, const Names& names) {
  return Teller(life, names).steps();
}

}  // namespace squall
