// The table of servers, their configurations, and the wait until one answers.
// See spawned_server.hpp.
#include "sim/live/servers/spawned_server.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "scenarios/model/suggest.hpp"

namespace squall::live {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr int kAttempts = 3;        // when somebody else took the port, against its reservation
constexpr auto kReadyPause = 20ms;  // between two questions whether it is ready
constexpr auto kAnswer = 500ms;     // for the answer to one of them

// Redis counts the time above the soft limit in whole seconds.
std::string configure_redis(const ServerPlace& place, ChildCommand& command) {
  command.arguments = {"redis.conf"};
  const auto soft_for = std::chrono::ceil<std::chrono::seconds>(place.limits.output_soft_for);
  return place.folder.write(
      "redis.conf",
      fmt::format("bind 127.0.0.1\nport {}\nsave \"\"\nappendonly {}\nappendfsync no\n"
                  "daemonize no\ndir .\nclient-output-buffer-limit pubsub {} {} {}\n",
                  place.ports[0].number(), place.limits.keeps_keys ? "yes" : "no",
                  place.limits.output_hard, place.limits.output_soft, soft_for.count()));
}

std::string configure_nats(const ServerPlace& place, ChildCommand& command) {
  command.arguments = {"--config", "nats.conf"};
  return place.folder.write("nats.conf",
                            fmt::format("listen: 127.0.0.1:{}\n", place.ports[0].number()));
}

std::string configure_rabbitmq(const ServerPlace& place, ChildCommand& command) {
  const RabbitmqPorts ports{place.ports[0].number(), place.ports[1].number(),
                            place.ports[2].number()};
  return configure_private_rabbitmq(place.folder, {.ports = ports}, command);
}

constexpr std::string_view kAmqpHello{"AMQP\0\0\x09\x01", 8};
constexpr std::string_view kAmqpConnectionStart{"\x01\0\0", 3};  // a method frame on channel 0

// clang-format off
constexpr std::array<ServerKind, 3> kKinds{{
    {"redis", "redis-server", "redis-server", "redis://127.0.0.1:", "",
     {"PING\r\n", "+PONG\r\n"}, 10s, 1, configure_redis},
    {"nats", "nats-server", "nats-server", "nats://127.0.0.1:", "",
     {"", "INFO {"}, 10s, 1, configure_nats},
    {"rabbitmq", "/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server",
     "amqp://guest:guest@127.0.0.1:", "/",
     {kAmqpHello, kAmqpConnectionStart}, 90s, 3, configure_rabbitmq},
}};
// clang-format on

std::string unknown_kind(std::string_view name) {
  if (name == "kafka") {
    return "kafka cannot be spawned: Debian has no Kafka server; start one yourself and give its "
           "address as kafka://HOST:PORT";
  }
  std::vector<std::string> known;
  for (const ServerKind& kind : kKinds) known.emplace_back(kind.name);
  const std::string hint = language::did_you_mean(name, known);
  return fmt::format("no server called {} can be spawned{}; there are {}",
                     language::in_quotes(name), hint.empty() ? "" : " - " + hint,
                     language::joined(known));
}

bool raised(const std::atomic<bool>* stop) { return stop != nullptr && stop->load(); }

bool speaks_of_a_taken_port(std::string_view words) {
  return words.find("in use") != words.npos || words.find("eaddrinuse") != words.npos;
}

}  // namespace

std::span<const ServerKind> server_kinds() { return kKinds; }

SpawnedServer::~SpawnedServer() = default;

std::string SpawnedServer::url() const {
  return fmt::format("{}{}{}", kind_.url_start, port(), kind_.url_end);
}

std::string SpawnedServer::complaint(std::string_view what) const {
  const std::string words = last_lines(folder_->read(kOutputFile), 3);
  return fmt::format("{} {}{}", kind_.name, what, words.empty() ? "" : "; it said: " + words);
}

std::string SpawnedServer::wait_until_ready(const std::atomic<bool>* stop) {
  std::string error;
  while (!raised(stop)) {
    if (ready(error) || !error.empty()) return error;
    std::this_thread::sleep_for(kReadyPause);
  }
  return std::string(kind_.name) + " was not waited for: interrupted";
}

bool SpawnedServer::ready(std::string& error) {
  if (!process_->running()) {
    error = complaint("ended at once (" + process_->how_it_ended() + ")");
  } else if (answers(port(), kind_.greeting, kAnswer)) {
    return true;
  } else if (std::chrono::steady_clock::now() > patience_ends_) {
    error = complaint(fmt::format("was not ready within {} s", kind_.patience.count()));
  }
  return false;
}

std::string SpawnedServer::start_again(const std::atomic<bool>* stop) {
  const std::string error = begin_start_again();
  return error.empty() ? wait_until_ready(stop) : error;
}

std::string SpawnedServer::begin_start_again() {
  patience_ends_ = std::chrono::steady_clock::now() + kind_.patience;
  const std::string error = process_->start_again();
  return error.empty() ? error : std::string(kind_.name) + ": " + error;
}

std::unique_ptr<SpawnedServer> SpawnedServer::attempt(const ServerKind& kind,
                                                      const std::filesystem::path& program,
                                                      const std::atomic<bool>* stop,
                                                      const EmbeddedBrokerOptions& limits,
                                                      std::string& error) {
  std::unique_ptr<ScratchFolder> folder = ScratchFolder::make(kind.name, error);
  std::vector<LoopbackPort> ports;
  while (folder != nullptr && ports.size() < kind.ports) {
    auto port = LoopbackPort::reserve(error);
    if (!port) return nullptr;
    ports.push_back(std::move(*port));
  }
  if (folder == nullptr) return nullptr;
  ChildCommand command{.program = program,
                       .arguments = {},
                       .environment = {},
                       .folder = folder->path(),
                       .output = folder->path() / kOutputFile,
                       .remove_when_orphaned = folder->path()};
  error = kind.configure({*folder, ports, limits}, command);
  if (!error.empty()) return nullptr;
  std::unique_ptr<SpawnedServer> server(
      new SpawnedServer(kind, std::move(folder), std::move(ports)));
  server->process_ = ChildProcess::start(command, error);
  if (server->process_ == nullptr) return nullptr;
  server->patience_ends_ = std::chrono::steady_clock::now() + kind.patience;
  error = server->wait_until_ready(stop);
  return error.empty() ? std::move(server) : nullptr;
}

std::unique_ptr<SpawnedServer> spawn_server(std::string_view name, std::string& error,
                                            const std::atomic<bool>* stop,
                                            const EmbeddedBrokerOptions& limits) {
  const auto kind = std::ranges::find(kKinds, name, &ServerKind::name);
  if (kind == kKinds.end()) {
    error = unknown_kind(name);
    return nullptr;
  }
  const std::filesystem::path program = find_program(kind->program);
  if (program.empty()) {
    error = std::string(kind->program) + " is not installed; the Debian package is " +
            std::string(kind->package);
    return nullptr;
  }
  for (int attempt = 1;; ++attempt) {
    auto server = SpawnedServer::attempt(*kind, program, stop, limits, error);
    if (server != nullptr || attempt == kAttempts || !speaks_of_a_taken_port(error)) return server;
  }
}

std::string configure_private_rabbitmq(const ScratchFolder& place, const PrivateRabbitmq& server,
                                       ChildCommand& command) {
  const std::string folder = place.path().string();
  command.environment = {
      "HOME=" + folder,
      fmt::format("RABBITMQ_NODENAME=squall-{}@localhost", server.ports.amqp),
      "RABBITMQ_CONF_ENV_FILE=" + folder + "/rabbitmq-env.conf",
      "RABBITMQ_CONFIG_FILE=" + folder + "/rabbitmq.conf",
      "RABBITMQ_ADVANCED_CONFIG_FILE=" + folder + "/advanced.config",
      "RABBITMQ_ENABLED_PLUGINS_FILE=" + folder + "/enabled_plugins",
      "RABBITMQ_MNESIA_BASE=" + folder + "/mnesia",
      "RABBITMQ_LOG_BASE=" + folder + "/log",
      "RABBITMQ_PID_FILE=" + folder + "/rabbitmq.pid",
      "RABBITMQ_GENERATED_CONFIG_DIR=" + folder + "/generated",
      fmt::format("RABBITMQ_DIST_PORT={}", server.ports.distribution),
      "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
      fmt::format("ERL_EPMD_PORT={}", server.ports.epmd),
      "ERL_EPMD_ADDRESS=127.0.0.1"};
  std::string error = place.write("rabbitmq-env.conf", "# private\n");
  if (error.empty()) error = place.write("enabled_plugins", "[" + server.plugin + "].\n");
  if (!error.empty()) return error;
  return place.write("rabbitmq.conf",
                     fmt::format("listeners.tcp.1 = 127.0.0.1:{}\nlog.console = true\n"
                                 "log.file = false\ndisk_free_limit.absolute = 50MB\n{}",
                                 server.ports.amqp, server.more));
}

}  // namespace squall::live
