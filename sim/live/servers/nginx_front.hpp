// A real nginx in front of our nodes: its configuration, its process, and reloads of it.
//
// One nginx on a free port of 127.0.0.1, in a scratch folder, with every balancer policy that
// nginx has. Which node a key lands on is nginx's doing alone; tests/live/nginx_front_test.cpp
// holds it against strategies/placement/. An object belongs to the thread that made it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/live/net/loopback_port.hpp"
#include "sim/live/servers/child_process.hpp"
#include "sim/live/servers/scratch_folder.hpp"
#include "strategies/core/placement.hpp"

namespace squall::live {

struct NginxServer {
  Backend backend;       // the address is hashed as it is written here
  bool drained = false;  // `down`: no new connections, and its points stay on the ring
};

struct NginxFrontOptions {
  std::string policy = "nginx_consistent";  // a name of the placement registry
  std::string parameter = "meeting_id";     // of the request, hashed as it was sent (not decoded)
  FailureRule failures{};
  std::chrono::seconds idle_timeout{3600};  // nginx's own 60 s would cut silent WebSockets
  std::uint32_t workers = 1;                // each judges failures for itself, as nginx does
  std::uint32_t connections = 16384;        // WebSockets per worker
};

// The line of an upstream block that selects a policy, as in nginx's manual, with `PARAMETER`
// where the name goes; empty: nginx's default. Null when nginx has no such policy.
const std::string_view* nginx_policy_line(std::string_view policy);

// The whole nginx.conf, with paths relative to nginx's -p. `generation` is what the front answers
// when it is asked how often it was reloaded.
std::string nginx_configuration(const NginxFrontOptions& options,
                                std::span<const NginxServer> servers, std::uint16_t port,
                                int generation);

class NginxFront {
 public:
  // Returns when nginx accepts connections. Null on failure, and then `error` is a sentence: an
  // unknown policy, a bad address, a missing nginx with its package, or nginx's last words.
  // Raising `stop` ends the waiting.
  static std::unique_ptr<NginxFront> start(const NginxFrontOptions& options,
                                           std::span<const NginxServer> servers, std::string& error,
                                           const std::atomic<bool>* stop = nullptr);

  std::uint16_t port() const { return port_.number(); }
  pid_t pid() const { return process_->pid(); }  // of the master
  bool running() { return process_->running(); }
  bool lives() const { return process_->lives(); }
  std::string how_it_ended() { return process_->how_it_ended(); }

  // New servers, weights or drains, by SIGHUP. Connections that are open stay with the old worker;
  // what it knew of failures and loads is lost, as in every reload of nginx. Waits until the old
  // workers accept nothing more. A sentence on failure, else nothing; then nginx goes on with the
  // configuration it had.
  std::string reload(std::span<const NginxServer> servers, const std::atomic<bool>* stop = nullptr);

  // The same in two steps, for a thread that must not wait.
  std::string begin_reload(std::span<const NginxServer> servers);
  bool reloaded() const;

  // Ends nginx and all its workers; open connections are cut. The destructor does the same.
  void stop() { process_->stop(); }

 private:
  NginxFront(const NginxFrontOptions& options, std::unique_ptr<ScratchFolder> folder,
             LoopbackPort port)
      : options_(options), folder_(std::move(folder)), port_(std::move(port)) {}

  std::string write_configuration(std::span<const NginxServer> servers, int generation) const;
  std::string wait_until(bool (NginxFront::*ready)() const, const std::atomic<bool>* stop);
  bool serves() const;
  std::string complaint(std::string_view what) const;

  NginxFrontOptions options_;
  std::unique_ptr<ScratchFolder> folder_;
  LoopbackPort port_;
  int generation_ = 0;
  std::unique_ptr<ChildProcess> process_;  // ends before its folder does
};

}  // namespace squall::live
