// The registry of brokers, and the parser of their addresses.
//
// A new broker is a file broker_link_NAME.cpp, its rows here, and its rows in tests/contract. The
// embedded broker has no scheme: it is reached as redis:// at its own port.
#include <fmt/core.h>
#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>

#include "sim/live/links/broker_link.hpp"
#include "sim/live/links/broker_link_libraries.hpp"
#include "sim/live/links/broker_link_resp.hpp"

namespace squall::live {
namespace {

// The first row of a scheme is its default mode.
// clang-format off
const BrokerLinkRow kBrokerLinks[]{
    {"redis", "pubsub",  6379, "Redis Pub/Sub: the unheard is gone",   false, true,
     make_redis_pubsub, nullptr, true},
    {"redis", "sharded", 6379, "Redis sharded Pub/Sub (Redis 7)",      false, true,
     make_redis_sharded},
    {"redis", "streams", 6379, "Redis Streams: read on where one was", true,  false,
     make_redis_streams},
    {"nats",  "", 4222, nats_link_meaning(),  false, false, make_nats_link},
    {"amqp",  "", 5672, amqp_link_meaning(),  false, false, make_amqp_link},
    {"kafka", "", 9092, kafka_link_meaning(), true,  false, make_kafka_link, forget_kafka_topic},
};
// clang-format on

constexpr std::string_view kMode = "mode=";

const BrokerLinkRow* find_row(std::string_view scheme, std::string_view mode) {
  const auto* row = std::ranges::find_if(kBrokerLinks, [&](const BrokerLinkRow& candidate) {
    return candidate.scheme == scheme && (mode.empty() || candidate.mode == mode);
  });
  return row == std::end(kBrokerLinks) ? nullptr : row;
}

// "redis://, nats://": each once, in the order of the table.
std::string possible_schemes() {
  std::string list;
  for (const BrokerLinkRow& row : kBrokerLinks) {
    if (find_row(row.scheme, "") != &row) continue;
    list += (list.empty() ? "" : ", ") + std::string(row.scheme) + "://";
  }
  return list;
}

std::string possible_modes(std::string_view scheme) {
  std::string list;
  for (const BrokerLinkRow& row : kBrokerLinks) {
    if (row.scheme == scheme && !row.mode.empty()) {
      list += (list.empty() ? "" : ", ") + std::string(row.mode);
    }
  }
  return list;
}

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

// What stands behind '?': nothing, or mode=MODE.
std::string parse_mode(std::string_view query, BrokerAddress& address) {
  const std::string modes = possible_modes(address.scheme);
  if (!query.starts_with(kMode)) {
    return "nothing is known of " + in_quotes(query) +
           (modes.empty() ? ": nothing may follow the address of this broker"
                          : "; possible is mode=MODE, MODE one of " + modes);
  }
  address.mode = query.substr(kMode.size());
  if (!address.mode.empty() && find_row(address.scheme, address.mode) != nullptr) return "";
  return fmt::format("{} has no mode {}{}", address.scheme, in_quotes(address.mode),
                     modes.empty() ? "" : "; it has " + modes);
}

std::string parse_place(std::string_view place, BrokerAddress& address) {
  if (place.ends_with('/')) place.remove_suffix(1);
  if (place.find('/') != place.npos) return "a broker address has no path after its port";
  if (const std::size_t at = place.rfind('@'); at != place.npos) {
    if (address.scheme != "amqp" && address.scheme != "redis") {
      return "only amqp:// and redis:// take a user and a password";
    }
    const std::string_view who = place.substr(0, at);
    const std::size_t separator = who.find(':');
    if (separator == who.npos) return "write " + address.scheme + "://USER:PASSWORD@HOST";
    address.user = who.substr(0, separator);
    address.password = who.substr(separator + 1);
    place.remove_prefix(at + 1);
  }
  const std::size_t colon = place.rfind(':');
  const std::string_view host = place.substr(0, colon);
  if (host.empty()) return "the host is missing, as in " + address.scheme + "://127.0.0.1";
  address.host = host;
  if (colon == place.npos) return "";
  const std::string_view port = place.substr(colon + 1);
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  const bool good = failure == std::errc{} && end == port.data() + port.size();
  return good && address.port > 0 ? ""
                                  : "the port " + in_quotes(port) + " is no number from 1 to 65535";
}

std::string parse(std::string_view text, BrokerAddress& address) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == text.npos) {
    return "a broker address begins with one of " + possible_schemes();
  }
  address.scheme = text.substr(0, scheme_end);
  const BrokerLinkRow* row = find_row(address.scheme, "");
  if (row == nullptr) {
    return fmt::format("no broker is called {}; possible are {}", in_quotes(address.scheme),
                       possible_schemes());
  }
  address.port = row->port;
  address.mode = row->mode;
  std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t query = rest.find('?');
  if (query != rest.npos) {
    if (std::string error = parse_mode(rest.substr(query + 1), address); !error.empty()) {
      return error;
    }
  }
  return parse_place(rest.substr(0, query), address);
}

}  // namespace

std::string BrokerAddress::text() const {
  const std::string place = fmt::format("{}://{}:{}", scheme, host, port);
  const BrokerLinkRow* row = find_row(scheme, "");
  const bool usual = row == nullptr || mode.empty() || mode == row->mode;
  return usual ? place : fmt::format("{}?{}{}", place, kMode, mode);
}

BrokerAddress parse_broker_address(std::string_view text, std::string& error) {
  BrokerAddress address;
  error = parse(text, address);
  if (!error.empty()) error = in_quotes(text) + ": " + error;
  return address;
}

std::span<const BrokerLinkRow> broker_links() { return kBrokerLinks; }

const BrokerLinkRow* broker_link_for(const BrokerAddress& address) {
  return find_row(address.scheme, address.mode);
}

}  // namespace squall::live
