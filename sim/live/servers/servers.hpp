// The servers of a live run: broker and registry, embedded, spawned or somebody else's.
//
// Made and told by the thread that plays the run. What was asked for and cannot be had is an
// error; nothing is replaced by something else.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "sim/live/links/broker_link.hpp"
#include "sim/live/net/upgrade.hpp"
#include "sim/live/resp/embedded_broker.hpp"
#include "sim/live/servers/kafka_mock.hpp"
#include "sim/live/servers/spawned_server.hpp"

namespace squall::live {

// One server that can be broken, or an address that cannot.
class Server {
 public:
  // `what`: "embedded", "spawn:redis", or an address. Empty string on success.
  std::string start(const std::string& what, const EmbeddedBrokerOptions& limits,
                    const std::atomic<bool>* stop);
  const BrokerAddress& address() const { return address_; }
  // Whether `limits` hold there: a server that is not ours keeps its own, others know none.
  bool takes_limits() const { return takes_limits_; }
  bool ours() const { return embedded_ != nullptr || spawned_ != nullptr || kafka_ != nullptr; }
  // Of ours only. A start may take a while: ask ready() until it says yes, or gives an error.
  // `lag`: who comes back is a replica that is so far behind; the embedded one only.
  void kill(std::optional<Duration> lag = {});
  std::string begin_start_again();
  bool ready(std::string& error);
  // It ended, and not by kill(): empty, or how.
  std::string accident();
  bool lives() const;               // one of others always does
  std::uint64_t strangers() const;  // connections that it turned away; ours only
  const std::string& description() const { return description_; }

 private:
  BrokerAddress address_;
  std::string description_;
  bool takes_limits_ = false;
  std::unique_ptr<EmbeddedBroker> embedded_;
  std::unique_ptr<SpawnedServer> spawned_;
  std::unique_ptr<KafkaMock> kafka_;
};

}  // namespace squall::live
