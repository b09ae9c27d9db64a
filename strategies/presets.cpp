// The table of presets. The five names come first and are run by default; the rows after them are
// variants to ask for by name.
#include "strategies/presets.hpp"

#include <fmt/core.h>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "strategies/parts.hpp"
#include "strategies/products.hpp"

namespace squall {
namespace {

enum class Kind : std::uint8_t { one_of_five, variant, hardened };

PresetRow preset(std::string_view name, const Parts& parts, Kind kind, std::string_view meaning) {
  return {composed(name, parts), meaning, kind == Kind::one_of_five, kind == Kind::hardened};
}

constexpr Kind kDefault = Kind::one_of_five;
constexpr Kind kOnDemand = Kind::variant;
constexpr Kind kHardened = Kind::hardened;
constexpr Duration kResume = std::chrono::minutes{2};  // Socket.IO's connection state recovery
constexpr std::uint32_t kOutbox = 100;                 // uncalibrated
constexpr std::uint32_t kStream = 10'000;              // entries; Socket.IO's streams adapter
// Uncalibrated: longer than most clients need to come back.
constexpr Duration kMailbox = std::chrono::seconds{30};

std::vector<PresetRow> textbook() {
  return {
      preset("session_share", {.backplane = "session_store"}, kDefault,
             "Sessions in a shared store; a node pushes only to its own clients."),
      preset("sticky_hash", {.placement = "nginx_consistent"}, kDefault,
             "The balancer hashes the room to a node (consistent ring); no backplane."),
      preset("broadcast", {.backplane = "broadcast"}, kDefault,
             "Every message goes through a broker to every node."),
      preset("routed", {.backplane = "routed"}, kDefault,
             "A registry knows each client's node; messages are forwarded there."),
      preset("multi_active", {.backplane = "broadcast", .connections = 2}, kDefault,
             "Each client holds 2 connections to different nodes, over a broadcast backplane."),

      preset("sticky_hash:plain", {.placement = "nginx_hash"}, kOnDemand,
             "As sticky_hash, with nginx's plain hash: modulo the total weight."),
      preset("multi_active:k3", {.backplane = "broadcast", .connections = 3}, kOnDemand,
             "As multi_active, with 3 connections."),
      preset("multi_active:bare", {.connections = 2}, kOnDemand,
             "2 connections and no backplane: the literal design, a node pushes only to its own."),
      preset("broadcast:shortcut", {.backplane = "broadcast", .options = {{"local_shortcut", kOn}}},
             kOnDemand,
             "As broadcast, but a node serves its own clients before the broker's round trip."),
  };
}

std::vector<PresetRow> hardened() {
  return {
      preset("session_share:mailbox",
             {.backplane = "session_mailbox",
              .resume = kResume,
              .resume_messages = kStream,
              .history = HistoryAt::broker},
             kHardened,
             "Hardened: what is said waits in a mailbox of the shared store, and every node reads "
             "those of its clients once a second."),
      preset("sticky_hash:fenced", {.placement = "nginx_consistent", .backplane = "room_owner"},
             kHardened,
             "Hardened: a room has one owner in the registry; whoever has lost it closes its "
             "clients (1012), and the balancer brings them to the owner."),
      preset("multi_active:az2",
             {.placement = "zones_apart",
              .backplane = "broadcast",
              .connections = 2,
              .resume = kResume,
              .outbox = kOutbox},
             kHardened,
             "Hardened: 2 connections in different zones; what neither heard, or nobody "
             "acknowledged, is said again."),
      preset(
          "broadcast:interest", {.backplane = "interest"}, kHardened,
          "Hardened: a topic per room and per user, and the welcome waits for the subscription."),
      preset(
          "multi_active:make_before_break", {.backplane = "broadcast", .make_before_break = true},
          kHardened,
          "Hardened: 1 connection; before a drained node closes it, the client has its next one."),
      preset("broadcast:interest+resume",
             {.backplane = "interest", .resume = kResume, .history = HistoryAt::broker}, kHardened,
             "As broadcast:interest; the broker keeps a log per topic, and nodes ask it what a "
             "client missed."),
      preset("broadcast:streams",
             {.backplane = "broadcast",
              .resume = kResume,
              .resume_messages = kStream,
              .history = HistoryAt::broker,
              .options = {{"offline_queue", kNoLimit}}},
             kHardened,
             "As broadcast over one log at the broker: a node that was cut off reads on from where "
             "it was, and keeps what it cannot publish."),
      preset("broadcast+resume", {.backplane = "broadcast", .resume = kResume}, kHardened,
             "As broadcast; each node keeps what it heard, and replays what a client missed."),
      preset("broadcast+resume+outbox",
             {.backplane = "broadcast", .resume = kResume, .outbox = kOutbox}, kHardened,
             "As broadcast+resume; clients send again what nobody has acknowledged."),
      preset("routed:fenced", {.backplane = "routed", .options = {{"fenced", kOn}}}, kHardened,
             "As routed, but nobody overwrites or deletes the route of a newer session."),
      preset("routed:nack", {.backplane = "routed_nack"}, kHardened,
             "As routed:fenced; a node says who is not there, and the sender's node asks again."),
      preset(
          "routed:hardened",
          {.backplane = "routed_nack",
           .options = {{"route_wait", kOn},
                       {"mailbox", kMailbox.count()},
                       {"node_lease", kOn},
                       {"room_sets", kOn},
                       {"push_routes", kOn}}},
          kHardened,
          "As routed:nack; what is for somebody who is nowhere waits for him, nobody is told that "
          "he is in before the registry knows where, a node renews one lease for all its routes, "
          "rooms have sets of nodes, and nodes tell each other who has come."),
  };
}

const std::vector<PresetRow>& preset_rows() {
  static const std::vector<PresetRow> table = [] {
    std::vector<PresetRow> all = textbook();
    const std::vector<PresetRow> more = hardened();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return table;
}

}  // namespace

std::span<const PresetRow> presets() { return preset_rows(); }

const PresetRow* preset_named(std::string_view name) {
  for (const PresetRow& row : preset_rows()) {
    if (row.spec.name == name) return &row;
  }
  return nullptr;
}

Form form_of(const StrategySpec& spec) {
  if (product_named(spec.preset) != nullptr) return Form::product;
  const PresetRow* const row = preset_named(spec.preset);
  return row != nullptr && row->hardened ? Form::hardened : Form::textbook;
}

std::string_view word_of(Form form) {
  switch (form) {
    case Form::textbook: return "textbook";
    case Form::hardened: return "hardened";
    case Form::product: return "product";
  }
  return "textbook";
}

std::string rigged_duel(const StrategySpec& one, std::span<const StrategySpec> all) {
  const auto names_of = [&](Form form) {
    std::string names;
    for (const StrategySpec& spec : all) {
      if (form_of(spec) == form) names += (names.empty() ? "" : ", ") + spec.name;
    }
    return names;
  };
  const std::string textbook = names_of(Form::textbook), hardened = names_of(Form::hardened);
  switch (form_of(one)) {
    case Form::textbook: break;
    case Form::hardened:
      if (textbook.empty()) break;
      return "a hardened form beside textbook forms (" + textbook +
             "): what it is better at may be the hardening, not the design";
    case Form::product:
      if (textbook.empty() && hardened.empty()) break;
      return fmt::format(
          "a product beside designs ({}{}{}): it plays its own defaults, they those of the "
          "scenario; what differs may be these",
          textbook, textbook.empty() || hardened.empty() ? "" : ", ", hardened);
  }
  return {};
}

}  // namespace squall
