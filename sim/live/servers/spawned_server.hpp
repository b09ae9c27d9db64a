// Private servers for one run: Redis, NATS, RabbitMQ, each on a free port of 127.0.0.1, with its
// own configuration and scratch folder, gone without a trace at the end.
//
// The table of kinds is in spawned_server.cpp. Which protocol is spoken to them is the business of
// the broker links. An object belongs to the thread that made it.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/net/loopback_port.hpp"
#include "sim/live/resp/embedded_broker.hpp"
#include "sim/live/servers/child_process.hpp"
#include "sim/live/servers/scratch_folder.hpp"

namespace squall::live {

// Where a server lives: the first port is the one for clients.
struct ServerPlace {
  const ScratchFolder& folder;
  std::span<const LoopbackPort> ports;
  const EmbeddedBrokerOptions& limits;  // of Redis, for subscribers that read too slowly
};

struct ServerKind {
  std::string_view name;     // as in --broker spawn:NAME
  std::string_view program;  // a name for find_program()
  std::string_view package;  // the Debian package that has it
  std::string_view url_start;
  std::string_view url_end;
  Greeting greeting;              // how it is asked whether it is ready
  std::chrono::seconds patience;  // until it is ready
  std::size_t ports;
  // Writes the configuration. `program` and `output` of the command are not its business.
  std::string (*configure)(const ServerPlace& place, ChildCommand& command);
};

std::span<const ServerKind> server_kinds();

class SpawnedServer {
 public:
  ~SpawnedServer();
  SpawnedServer(const SpawnedServer&) = delete;
  SpawnedServer& operator=(const SpawnedServer&) = delete;

  std::string url() const;  // "redis://127.0.0.1:40123"
  std::uint16_t port() const { return ports_.front().number(); }
  const ServerKind& kind() const { return kind_; }
  bool running() { return process_->running(); }
  bool lives() const { return process_->lives(); }

  // SIGKILL, as if its machine had lost power. What it had in memory is lost.
  void kill_hard() { process_->kill_hard(); }

  // On the same port, after kill_hard() or its own end; returns when it accepts connections. A
  // sentence on failure, else nothing. Raising `stop` ends the waiting.
  std::string start_again(const std::atomic<bool>* stop = nullptr);

  // The same in two steps, for a thread that must not wait: RabbitMQ takes ten seconds.
  std::string begin_start_again();
  bool ready(std::string& error);  // false and an error: it will never be

  std::string how_it_ended() { return process_->how_it_ended(); }

  // Every process that belongs to it is gone when this returns. The destructor does the same.
  void stop() { process_->stop(); }

 private:
  friend std::unique_ptr<SpawnedServer> spawn_server(std::string_view, std::string&,
                                                     const std::atomic<bool>*,
                                                     const EmbeddedBrokerOptions&);
  SpawnedServer(const ServerKind& kind, std::unique_ptr<ScratchFolder> folder,
                std::vector<LoopbackPort> ports)
      : kind_(kind), folder_(std::move(folder)), ports_(std::move(ports)) {}

  static std::unique_ptr<SpawnedServer> attempt(const ServerKind& kind,
                                                const std::filesystem::path& program,
                                                const std::atomic<bool>* stop,
                                                const EmbeddedBrokerOptions& limits,
                                                std::string& error);
  std::string wait_until_ready(const std::atomic<bool>* stop);
  std::string complaint(std::string_view what) const;

  const ServerKind& kind_;
  std::unique_ptr<ScratchFolder> folder_;
  std::vector<LoopbackPort> ports_;
  std::unique_ptr<ChildProcess> process_;  // ends before its folder does
  std::chrono::steady_clock::time_point patience_ends_;
};

// Starts a server and waits until it accepts connections. Null on failure, and then `error` is a
// sentence: an unknown kind, a missing program with its Debian package, or the last words of the
// server. Raising `stop` ends the waiting.
std::unique_ptr<SpawnedServer> spawn_server(std::string_view kind, std::string& error,
                                            const std::atomic<bool>* stop = nullptr,
                                            const EmbeddedBrokerOptions& limits = {});

// RabbitMQ wants three ports: clients, Erlang's distribution, and epmd, which maps node names to
// ports of the distribution. All three stay on loopback.
struct RabbitmqPorts {
  std::uint16_t amqp, distribution, epmd;
};
struct PrivateRabbitmq {
  RabbitmqPorts ports;
  std::string plugin = {};  // enabled; empty: none
  std::string more = {};    // lines of rabbitmq.conf
};
// Writes what it needs into its folder. Empty, or why it could not.
std::string configure_private_rabbitmq(const ScratchFolder& place, const PrivateRabbitmq& server,
                                       ChildCommand& command);

}  // namespace squall::live
