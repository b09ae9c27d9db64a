// nginx as a child process: start, reload, and when each has taken effect. See nginx_front.hpp.
//
// nginx does not say when a reload is done. It is when the new configuration answers and every old
// worker has written that it is shutting down: at that moment it closes its listening socket.
#include "sim/live/servers/nginx_front.hpp"

#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "scenarios/model/suggest.hpp"

namespace squall::live {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;
constexpr auto kReloadPause = 5ms;  // between two questions whether it has taken effect

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

// Whatever could end a word of nginx.conf is not part of an address.
bool is_address(std::string_view address) {
  return !address.empty() && address.find_first_of(" \t\r\n;{}\"'\\#$") == address.npos;
}

// A sentence when nginx could not be told so, else nothing.
std::string problem_of(const NginxFrontOptions& options, std::span<const NginxServer> servers) {
  if (nginx_policy_line(options.policy) == nullptr) {
    std::vector<std::string> known;
    for (const PlacementRow& row : placements()) {
      if (nginx_policy_line(row.name) != nullptr) known.emplace_back(row.name);
    }
    const std::string hint = language::did_you_mean(options.policy, known);
    return fmt::format("nginx has no policy {}{}; it has {}", language::in_quotes(options.policy),
                       hint.empty() ? "" : " - " + hint, language::joined(known));
  }
  if (options.parameter.empty() || !std::ranges::all_of(options.parameter, is_word)) {
    return language::in_quotes(options.parameter) +
           " cannot be a parameter for nginx: use a-z, 0-9 and _";
  }
  if (servers.empty()) return "nginx needs at least one server";
  for (const NginxServer& server : servers) {
    if (!is_address(server.backend.address) || server.backend.weight == 0) {
      return fmt::format("{} with weight {} is no server for nginx",
                         language::in_quotes(server.backend.address), server.backend.weight);
    }
  }
  return {};
}

std::size_t occurrences(std::string_view text, std::string_view words) {
  std::size_t count = 0;
  for (std::size_t at = text.find(words); at != text.npos; at = text.find(words, at + 1)) ++count;
  return count;
}

}  // namespace

std::unique_ptr<NginxFront> NginxFront::start(const NginxFrontOptions& options,
                                              std::span<const NginxServer> servers,
                                              std::string& error, const std::atomic<bool>* stop) {
  error = problem_of(options, servers);
  if (!error.empty()) return nullptr;
  const std::filesystem::path program = find_program("nginx");
  if (program.empty()) {
    error = "nginx is not installed; the Debian package is nginx";
    return nullptr;
  }
  auto folder = ScratchFolder::make("nginx", error);
  if (folder == nullptr) return nullptr;
  auto port = LoopbackPort::reserve(error);
  if (!port) return nullptr;
  const std::filesystem::path place = folder->path();
  std::unique_ptr<NginxFront> front(new NginxFront(options, std::move(folder), std::move(*port)));
  error = front->write_configuration(servers, 0);
  if (!error.empty()) return nullptr;
  front->process_ = ChildProcess::start(
      {.program = program,
       .arguments = {"-e", "stderr", "-p", place.string() + "/", "-c", "nginx.conf"},
       .environment = {},
       .folder = place,
       .output = place / kOutputFile,
       .remove_when_orphaned = place},
      error);
  if (front->process_ == nullptr) return nullptr;
  error = front->wait_until(&NginxFront::serves, stop);
  return error.empty() ? std::move(front) : nullptr;
}

std::string NginxFront::reload(std::span<const NginxServer> servers,
                               const std::atomic<bool>* stop) {
  const std::string error = begin_reload(servers);
  return error.empty() ? wait_until(&NginxFront::reloaded, stop) : error;
}

std::string NginxFront::begin_reload(std::span<const NginxServer> servers) {
  std::string error = problem_of(options_, servers);
  if (error.empty()) error = write_configuration(servers, generation_ + 1);
  if (!error.empty()) return error;
  ++generation_;
  process_->signal(SIGHUP);
  return {};
}

bool NginxFront::reloaded() const {
  const std::size_t ended = static_cast<std::size_t>(generation_) * options_.workers;
  return occurrences(folder_->read(kOutputFile), ": gracefully shutting down") >= ended && serves();
}

bool NginxFront::serves() const {
  const std::string expected = fmt::format("generation {}.", generation_);
  return answers(port(), {"GET /squall/generation HTTP/1.0\r\n\r\n", expected}, 1s);
}

std::string NginxFront::write_configuration(std::span<const NginxServer> servers,
                                            int generation) const {
  return folder_->write("nginx.conf", nginx_configuration(options_, servers, port(), generation));
}

std::string NginxFront::wait_until(bool (NginxFront::*ready)() const,
                                   const std::atomic<bool>* stop) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (stop != nullptr && stop->load()) return "nginx was not waited for: interrupted";
    if (!process_->running()) return complaint("ended (" + process_->how_it_ended() + ")");
    if ((this->*ready)()) return {};
    std::this_thread::sleep_for(kReloadPause);
  }
  return complaint("did not take its configuration within 10 s");
}

std::string NginxFront::complaint(std::string_view what) const {
  const std::string words = last_lines(folder_->read(kOutputFile), 2);
  return "nginx " + std::string(what) + (words.empty() ? "" : "; it said: " + words);
}

}  // namespace squall::live
