// The wall in front of Boost.Beast: opening handshakes of WebSocket, and HTTP/1.1 between nodes.
//
// Beast is slow to compile, so only upgrade.cpp, ask.cpp and refusal.cpp include it, and no Beast
// type is seen here. What comes out of a handshake is a connected descriptor for a Channel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/live/net/acceptor.hpp"
#include "sim/live/net/loop.hpp"
#include "sim/live/net/tcp/tcp_counters.hpp"

namespace squall::live {

class Cipher;
class Trust;

struct Upgrade {
  std::string error;      // empty: it worked
  int descriptor = -1;    // non-blocking; belongs to whoever gets this
  std::string target;     // of the request: "/ws?..."
  TcpCounters counters;   // of the handshake, also of one that failed
  bool answered = false;  // with an error: somebody was there, and did not want us
  bool http = false;      // no upgrade: the first POST of a kept-alive HTTP/1.1 connection
  std::string body;       // of that POST
  std::string rest;       // bytes that came behind it, or behind the request to upgrade
  std::shared_ptr<Cipher> cipher = {};  // of a connection with TLS; null: plain
};
Upgrade failed_upgrade(const std::string& error, bool answered = false);
using UpgradeDone = std::function<void(Upgrade)>;

// A handshake under way. Destroying it abandons the handshake; no call follows.
class Handshake {
 public:
  virtual ~Handshake() = default;
  virtual void cancel() = 0;
};
// No call follows; the object itself goes at the end of the turn, so it may be in a call now.
void abandon(Loop& loop, std::unique_ptr<Handshake>& handshake);

struct SocketAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
};

// Server's side of an accepted connection. Takes the descriptor. Targets below "/ws" are answered
// 503 while `open` says no.
std::unique_ptr<Handshake> accept_upgrade(Loop& loop, int descriptor, UpgradeDone done,
                                          std::function<bool()> open);

// Client's side: connects from `source` (any free port) to `to`, and asks for `target`.
struct ConnectRequest {
  std::string source;  // an address of this machine; empty: the kernel's choice
  SocketAddress to;
  std::string target = "/";
  std::string host = {};  // as the server is called; empty: by its address
  std::string subprotocol = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::int64_t weight = 0;                  // bytes of the request: it is filled up to them
  std::shared_ptr<const Trust> trust = {};  // with TLS, to a server that proves `name`; null: plain
  std::string name = {};
};
std::unique_ptr<Handshake> connect_upgrade(Loop& loop, const ConnectRequest& request,
                                           UpgradeDone done);

// The same without a handshake: a connected descriptor, and nothing said.
std::unique_ptr<Handshake> connect_plain(Loop& loop, const SocketAddress& to, UpgradeDone done);

// ---- HTTP/1.1 with keep-alive, for forwarding between nodes ----
std::string http_post(const SocketAddress& to, const std::string& target, std::string_view body);
std::string http_no_content();  // the answer to it
std::string http_forbidden();   // the answer to a stranger's

// Reads requests or responses off a stream. One whole one at a time.
class HttpReader {
 public:
  virtual ~HttpReader() = default;
  // Appends bytes; calls `on_message(body)` for each whole message. False: not HTTP.
  virtual bool feed(std::span<const std::byte> bytes,
                    const std::function<void(std::string body)>& on_message) = 0;
};
std::unique_ptr<HttpReader> make_http_reader(bool requests);

// The value of `name` in the query of "/ws?a=1&b=2"; empty when absent. Percent-encoding is undone.
std::string query_value(std::string_view target, std::string_view name);

}  // namespace squall::live
