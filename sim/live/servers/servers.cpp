// Starting, killing and restarting. See servers.hpp.
// Each kind of server knows how; here is only which one was asked for.
#include "sim/live/servers/servers.hpp"

#include <fmt/core.h>

namespace squall::live {
namespace {

constexpr std::string_view kSpawn = "spawn:";

}  // namespace

std::string Server::start(const std::string& what, const EmbeddedBrokerOptions& limits,
                          const std::atomic<bool>* stop) {
  std::string error;
  std::string url = what;
  if (what == "embedded") {
    embedded_ = std::make_unique<EmbeddedBroker>(limits);
    takes_limits_ = true;
    if (!embedded_->start(error)) return error;
    url = fmt::format("redis://127.0.0.1:{}", embedded_->port());
    description_ = fmt::format("embedded broker on port {}", embedded_->port());
  } else if (what == "spawn:kafka-mock") {
    kafka_ = std::make_unique<KafkaMock>();
    if (!kafka_->start(error)) return error;
    url = kafka_->address();
    description_ = "in-memory Kafka at " + url;
  } else if (what.starts_with(kSpawn)) {
    const std::string kind = what.substr(kSpawn.size(), what.find('?') - kSpawn.size());
    spawned_ = spawn_server(kind, error, stop, limits);
    takes_limits_ = kind == "redis";
    if (spawned_ == nullptr) return error;
    url = spawned_->url();
    const std::size_t mode = what.find('?');
    if (mode != what.npos) url += what.substr(mode);
    description_ = fmt::format("private {} at {}", kind, spawned_->url());
  } else {
    description_ = "server at " + what;
  }
  address_ = parse_broker_address(url, error);
  if (embedded_ != nullptr) address_.password = limits.password;
  return error;
}

void Server::kill(std::optional<Duration> lag) {
  if (embedded_ != nullptr) embedded_->crash(lag);
  if (spawned_ != nullptr) spawned_->kill_hard();
  if (kafka_ != nullptr) kafka_->crash();
}

std::uint64_t Server::strangers() const {
  return embedded_ == nullptr ? 0 : embedded_->strangers();
}

std::string Server::begin_start_again() {
  std::string error;
  if (embedded_ != nullptr) embedded_->start_again(error);
  if (kafka_ != nullptr) kafka_->start_again(error);
  if (spawned_ != nullptr) error = spawned_->begin_start_again();
  return error;
}

bool Server::ready(std::string& error) { return spawned_ == nullptr || spawned_->ready(error); }

bool Server::lives() const { return spawned_ == nullptr || spawned_->lives(); }

std::string Server::accident() {
  return spawned_ == nullptr || spawned_->running() ? "" : spawned_->how_it_ended();
}

}  // namespace squall::live
