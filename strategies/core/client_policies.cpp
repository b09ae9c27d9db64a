// The table of client policies. See client_policies.hpp.
//
// Left out, because no row can say them: AnyCable's (a product of two draws, without a cap) and
// Slack's (a line that grows for ever).
#include "strategies/core/client_policies.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace squall {
namespace {

using namespace std::chrono_literals;

Backoff always(Duration wait) { return {.kind = BackoffKind::fixed, .first = wait}; }

Backoff table(std::vector<Wait> delays, std::uint32_t give_up_after = 0) {
  return {.kind = BackoffKind::table, .delays = std::move(delays), .give_up_after = give_up_after};
}

Wait exactly(Duration wait) { return {wait, wait}; }

// 2 s, and up to 100 ms on top.
Backoff nats(std::uint32_t give_up_after) {
  return {.kind = BackoffKind::full_jitter,
          .first = 100ms,
          .factor = 1,
          .cap = 2100ms,
          .least = 2s,
          .give_up_after = give_up_after};
}

// 6 s x 1.15^n, at most to the tenth power, times 1 to 2 before the first attempt and 1 to 1.15
// before the others.
Backoff actioncable() {
  std::vector<Wait> delays{{6s, 12s}};
  Duration low = 6s;
  for (int n = 1; n <= 10; ++n) {
    low = low * 115 / 100;
    delays.push_back({low, low * 115 / 100});
  }
  return table(std::move(delays));
}

// 10 ms twice, then 2.2^n s, at most 300 s, times 0.75 to 1.25.
Backoff meteor() {
  std::vector<Wait> delays;
  Duration mean = 1s;
  for (int n = 0; n <= 8; ++n, mean = mean * 22 / 10) {
    const Duration middle = n < 2 ? Duration{10ms} : std::min<Duration>(mean, 300s);
    delays.push_back({middle * 3 / 4, middle * 5 / 4});
  }
  return table(std::move(delays));
}

// 3 s seven times, then 3 s x (n + 1)^2, at most 300 s; and 0 to 2 s on top.
Backoff mattermost() {
  std::vector<Wait> delays;
  for (int n = 0; n <= 9; ++n) {
    const Duration low = n < 7 ? Duration{3s} : std::min<Duration>(3s * (n + 1) * (n + 1), 300s);
    delays.push_back({low, low + 2s});
  }
  return table(std::move(delays));
}

const std::vector<ClientPolicy>& rows() {
  static const std::vector<ClientPolicy> kRows{
      {"socketio",
       {.kind = BackoffKind::plus_minus, .first = 1s, .factor = 2, .cap = 5s, .jitter = 0.5},
       "Doubles from 1 s, plus or minus half; from the fifth attempt exactly 5 s.",
       "socket.io-client 4: reconnectionDelay, reconnectionDelayMax, randomizationFactor"},
      {"signalr", table({exactly(0s), exactly(2s), exactly(10s), exactly(30s)}, 4),
       "0, 2, 10, 30 s, and then it gives up until the application starts it again.",
       "ASP.NET Core SignalR, withAutomaticReconnect(): documented default"},
      {"phoenix",
       table({exactly(10ms), exactly(50ms), exactly(100ms), exactly(150ms), exactly(200ms),
              exactly(250ms), exactly(500ms), exactly(1s), exactly(2s), exactly(5s)}),
       "A table from 10 ms to 5 s, without jitter.", "phoenix.js, socket: reconnectAfterMs"},
      {"centrifuge-js",
       {.kind = BackoffKind::full_jitter, .first = 500ms, .factor = 2, .cap = 20s, .least = 500ms},
       "0.5 s, and full jitter that doubles from 0.5 s; at most 20 s.",
       "centrifuge-js: minReconnectDelay, maxReconnectDelay, backoff()"},
      {"nats.js", nats(10), "2 to 2.1 s; after 10 attempts closed for good.",
       "nats.js: reconnectTimeWait, reconnectJitter, maxReconnectAttempts (one server, no TLS)"},
      {"nats.go", nats(60), "2 to 2.1 s; after 60 attempts closed for good.",
       "nats.go: DefaultReconnectWait, DefaultReconnectJitter, DefaultMaxReconnect"},
      {"actioncable", actioncable(), "6 to 12 s, then 15 % longer each time up to 24.3 to 27.9 s.",
       "@rails/actioncable 6.1 and later, connection_monitor"},
      {"pusher-js", always(1s), "1 s, always.", "pusher-js, connection_manager"},
      {"stompjs", always(5s), "5 s, always.", "@stomp/stompjs: reconnectDelay"},
      {"xmpp.js", always(1s), "1 s, always.", "@xmpp/reconnect: delay"},
      {"mattermost", mattermost(), "3 to 5 s seven times, then 192 s and more.",
       "Mattermost's websocket_client"},
      {"meteor", meteor(), "10 ms twice, then 4.8 s and growing to 300 s, plus or minus a quarter.",
       "Meteor DDP client, package retry"},
      {"hocuspocus", table({exactly(0s), {1s, 2s}, {1s, 4s}, {1s, 8s}, {1s, 16s}, {1s, 30s}}),
       "At once, then 1 s to a bound that doubles up to 30 s.", "@hocuspocus/provider"},
      {"ably",
       table({exactly(15s), exactly(15s), exactly(15s), exactly(15s), exactly(15s), exactly(15s),
              exactly(15s), exactly(15s), exactly(30s)}),
       "Every 15 s for two minutes, then every 30 s.", "Ably's documentation of connection states"},
  };
  return kRows;
}

}  // namespace

std::span<const ClientPolicy> client_policies() { return rows(); }

const ClientPolicy* client_policy_named(std::string_view name) {
  for (const ClientPolicy& row : rows()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace squall
