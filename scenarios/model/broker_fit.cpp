// What the keys of a broker ask of each other, and of the strategy that uses it. See
// strategy_fit.hpp.
// The first rule that is broken is named.
#include <algorithm>
#include <array>

#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/strategy_fit.hpp"
#include "scenarios/model/suggest.hpp"
#include "scenarios/model/volume.hpp"
#include "strategies/core/backplane.hpp"

namespace squall::language {
namespace {

bool is_shared(const BrokerConfig& broker) { return broker.group == ConsumerGroup::shared; }
bool is_durable(const BrokerConfig& broker) { return broker.queue == NodeQueue::durable; }

struct Rule {
  std::string_view key;
  bool (*broken)(const BrokerConfig&);
  std::string_view message, suggestion;
};

constexpr std::array kRules{
    Rule{"group", [](const BrokerConfig& b) { return is_shared(b) && b.masters > 1; },
         "a Redis Cluster has no consumer groups: \"masters\" and a shared \"group\" are of two "
         "different brokers",
         "leave one of them out"},
    Rule{
        "queue", [](const BrokerConfig& b) { return is_durable(b) && b.masters > 1; },
        "a Redis Cluster keeps nothing for who is away: \"masters\" and a durable \"queue\" are of "
        "two different brokers",
        "leave one of them out"},
    Rule{"rebalance",
         [](const BrokerConfig& b) {
           return b.rebalance > Duration{0} && !(is_shared(b) && is_durable(b));
         },
         "\"rebalance\" is of a group that deals out what its queue has kept meanwhile",
         "\"group\": \"shared\", \"queue\": \"durable\""},
    Rule{"session_timeout",
         [](const BrokerConfig& b) {
           return b.session_timeout != BrokerConfig{}.session_timeout && b.rebalance == Duration{0};
         },
         "\"session_timeout\" means nothing without \"rebalance\": whoever is gone is given up at "
         "once",
         "\"rebalance\": \"3s\""},
    Rule{"commit",
         [](const BrokerConfig& b) { return b.commit > Duration{0} && b.rebalance == Duration{0}; },
         "\"commit\" means nothing without \"rebalance\": a queue that never stops hears of each "
         "message that it has been handled",
         "\"rebalance\": \"3s\""},
    Rule{"memory_alarm",
         [](const BrokerConfig& b) { return b.memory_alarm < kUnlimited && !is_durable(b); },
         "\"memory_alarm\" counts what waits in queues, and an exclusive one goes with its node",
         "\"queue\": \"durable\""},
};

std::optional<Misfit> of_each_other(const BrokerConfig& broker) {
  const auto* const rule =
      std::ranges::find_if(kRules, [&](const Rule& row) { return row.broken(broker); });
  if (rule == kRules.end()) return std::nullopt;
  return Misfit{"S0335", std::string(rule->message), std::string(rule->suggestion),
                "/cluster/broker/" + std::string(rule->key)};
}

// What a history says of itself is true where its node has heard everything. What a log keeps need
// not be kept twice, and a queue has one topic.
std::optional<Misfit> of_the_strategy(const StrategySpec& spec, const BrokerConfig& broker,
                                      const BackplaneRow& row) {
  const std::string who = in_quotes(spec.name);
  const bool resumes = spec.resumes() || spec.has_log();
  if (is_shared(broker) && resumes) {
    return Misfit{"S0333",
                  who +
                      " replays what came after a place, and a node of a shared group has not "
                      "heard all that came",
                  "\"group\": \"own\"", "/cluster/broker/group"};
  }
  if (is_durable(broker) && resumes) {
    return Misfit{"S0335", who + " keeps what a node misses, and so does a durable queue",
                  "\"queue\": \"exclusive\"", "/cluster/broker/queue"};
  }
  if (is_durable(broker) && row.covers == Covers::topic) {
    return Misfit{"S0335",
                  who +
                      " subscribes to a topic per room and per user, and a durable queue has one "
                      "for all",
                  "\"queue\": \"exclusive\"", "/cluster/broker/queue"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Misfit> broker_misfit(const StrategySpec& spec, const Scenario& scenario) {
  const BrokerConfig& broker = scenario.cluster.broker;
  if (auto wrong = of_each_other(broker)) return wrong;
  const auto outside = std::ranges::find(scenario.traffic, kBackend, &Traffic::from);
  if (broker.memory_alarm < kUnlimited && outside != scenario.traffic.end()) {
    return Misfit{"S0335", "\"memory_alarm\" makes nodes wait, and \"server\" is none",
                  "leave one of them out", "/cluster/broker/memory_alarm"};
  }
  const BackplaneRow* const row = backplane_named(spec.backplane);
  if (row == nullptr || !row->needs.broker) return std::nullopt;
  return of_the_strategy(spec, broker, *row);
}

}  // namespace squall::language
