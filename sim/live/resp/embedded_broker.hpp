// The embedded broker: a small server that speaks RESP on a real loopback socket, on a thread of
// its own. It is the default, so that a live run needs nothing but the binary.
//
// It answers as Redis does, for the commands that squall's links use: Pub/Sub with an output
// buffer per subscriber and Redis's limits, streams, keys with a time to live, the one
// compare-and-set script, INFO, CONFIG, PING. It is no general key-value server.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "strategies/core/types.hpp"

namespace squall::live {

struct EmbeddedBrokerOptions {
  Bytes output_hard = 33554432;  // redis.conf client-output-buffer-limit pubsub
  Bytes output_soft = 8388608;   // redis.conf
  Duration output_soft_for = std::chrono::seconds{60};
  std::string password{};   // empty: everybody may speak; else only who has said AUTH
  bool persistent = false;  // whether its logs outlive a crash
  bool keeps_keys = false;  // whether its keys do: a registry that was away has what it had
  // Whoever subscribes to a topic is of one group, of which one gets each message, in turn. No
  // Redis does that; brokers with consumer groups do.
  bool shared_group = false;
  Duration replica_lag{0};  // how far behind a replica may be that takes the place of the store
};

class EmbeddedBroker {
 public:
  explicit EmbeddedBroker(const EmbeddedBrokerOptions& options);
  ~EmbeddedBroker();

  // Listens on a free port of 127.0.0.1; false and a reason when it cannot.
  bool start(std::string& error);
  std::uint16_t port() const;
  std::uint64_t strangers() const;  // connections that spoke, and did not know the password
  // A crash: every connection is reset, nobody listens, and what the options do not keep is gone.
  // `lag`: whoever starts again is a replica of it, whose logs lack what was written for so long.
  void crash(std::optional<Duration> lag = {});
  // On the same port.
  bool start_again(std::string& error);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace squall::live
