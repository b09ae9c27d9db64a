// The text of nginx.conf for NginxFront, and the table of policies in nginx's words.
// See nginx_front.hpp; the process is in nginx_front.cpp.
#include <fmt/core.h>
#include <unistd.h>

#include <array>

#include "sim/live/servers/nginx_front.hpp"

namespace squall::live {
namespace {

struct PolicyLine {
  std::string_view policy;  // as in strategies/placement/registry.cpp
  std::string_view line;
};

constexpr std::array<PolicyLine, 6> kPolicyLines{{
    {"round_robin", ""},
    {"random", "random;"},
    {"least_conn", "least_conn;"},
    {"p2c", "random two least_conn;"},
    {"nginx_consistent", "hash $arg_PARAMETER consistent;"},
    {"nginx_hash", "hash $arg_PARAMETER;"},
}};

std::string policy_line(const NginxFrontOptions& options) {
  std::string line(*nginx_policy_line(options.policy));
  constexpr std::string_view kName = "PARAMETER";
  const std::size_t at = line.find(kName);
  return at == line.npos ? line : line.replace(at, kName.size(), options.parameter);
}

std::string server_line(const NginxServer& server, const FailureRule& failures) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(failures.fail_timeout);
  return fmt::format("    server {} weight={} max_fails={} fail_timeout={}s{};\n",
                     server.backend.address, server.backend.weight, failures.max_fails,
                     seconds.count(), server.drained ? " down" : "");
}

std::string number(std::uint64_t value) { return std::to_string(value); }

}  // namespace

const std::string_view* nginx_policy_line(std::string_view policy) {
  for (const PolicyLine& row : kPolicyLines) {
    if (row.policy == policy) return &row.line;
  }
  return nullptr;
}

std::string nginx_configuration(const NginxFrontOptions& options,
                                std::span<const NginxServer> servers, std::uint16_t port,
                                int generation) {
  const std::string idle = number(static_cast<std::uint64_t>(options.idle_timeout.count())) + "s";
  // A proxied WebSocket has two sockets; a few more are for nginx itself.
  const std::string sockets = number(std::uint64_t{options.connections} * 2 + 64);
  std::string upstream = "  upstream nodes {\n    " + policy_line(options) + "\n";
  for (const NginxServer& server : servers) upstream += server_line(server, options.failures);
  // Workers of root become `nobody` by default, who may not enter the scratch folder.
  const std::string user = ::geteuid() == 0 ? "user root;\n" : "";
  return user + "daemon off;\npid nginx.pid;\nerror_log stderr notice;\nworker_processes " +
         number(options.workers) + ";\nworker_rlimit_nofile " + sockets +
         ";\nevents { worker_connections " + sockets + R"(; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  map $http_upgrade $connection_header { default upgrade; '' close; }
)" + upstream +
         "  }\n  server {\n    listen 127.0.0.1:" + number(port) + R"( backlog=4096;
    location = /squall/generation {
      default_type text/plain;
      return 200 "generation )" +
         number(generation) + R"(.\n";
    }
    location / {
      proxy_pass http://nodes;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_header;
      proxy_read_timeout )" +
         idle + ";\n      proxy_send_timeout " + idle + ";\n    }\n  }\n}\n";
}

}  // namespace squall::live
