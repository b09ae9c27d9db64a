// Builds the ring: 160 points per weight, each the CRC-32 of the server's text and the point
// before it. See nginx_ring.hpp.
#include "strategies/placement/nginx_ring.hpp"

#include <algorithm>

#include "strategies/placement/crc32.hpp"

namespace squall {
namespace {

constexpr std::size_t kPointsPerWeight = 160;

struct HostPort {
  std::string_view host;
  std::string_view port;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_unix_socket(std::string_view server) {
  constexpr std::string_view kPrefix = "unix:";
  if (server.size() < kPrefix.size()) return false;
  for (std::size_t i = 0; i < kPrefix.size(); ++i) {
    const char c = server[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != kPrefix[i]) return false;
  }
  return true;
}

// "host:port" when digits stand behind the last colon; otherwise the whole text is the host.
HostPort split(std::string_view server) {
  if (is_unix_socket(server)) return {server.substr(5), {}};
  std::size_t end = server.size();
  while (end > 0 && is_digit(server[end - 1])) --end;
  if (end == 0 || server[end - 1] != ':') return {server, {}};
  return {server.substr(0, end - 1), server.substr(end)};
}

}  // namespace

std::vector<std::uint32_t> NginxRing::chain(std::string_view server, std::size_t count) {
  const HostPort parts = split(server);
  Crc32 prefix;
  prefix.update(parts.host);
  prefix.update(std::uint8_t{0});
  prefix.update(parts.port);

  std::vector<std::uint32_t> hashes;
  hashes.reserve(count);
  std::uint32_t previous = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Crc32 crc = prefix;
    for (int shift = 0; shift < 32; shift += 8) {  // little endian on every machine
      crc.update(static_cast<std::uint8_t>(previous >> shift));
    }
    previous = crc.value();
    hashes.push_back(previous);
  }
  return hashes;
}

NginxRing::NginxRing(std::span<const Backend> backends) {
  for (std::size_t place = 0; place < backends.size(); ++place) {
    const Backend& backend = backends[place];
    const std::uint32_t server = intern(backend.address);
    backends_of_[server].push_back(place);
    for (const std::uint32_t hash : chain(backend.address, kPointsPerWeight * backend.weight)) {
      points_.push_back({hash, server});
    }
  }
  std::stable_sort(points_.begin(), points_.end(),
                   [](const Point& a, const Point& b) { return a.hash < b.hash; });
  const auto same_hash = [](const Point& a, const Point& b) { return a.hash == b.hash; };
  points_.erase(std::unique(points_.begin(), points_.end(), same_hash), points_.end());
}

std::size_t NginxRing::entry(std::string_view key) const {
  const std::uint32_t hash = crc32(key);
  const auto found =
      std::lower_bound(points_.begin(), points_.end(), hash,
                       [](const Point& point, std::uint32_t value) { return point.hash < value; });
  return static_cast<std::size_t>(found - points_.begin());
}

std::uint32_t NginxRing::intern(const std::string& text) {
  const auto found = std::find(servers_.begin(), servers_.end(), text);
  if (found == servers_.end()) {
    servers_.push_back(text);
    backends_of_.emplace_back();
    return static_cast<std::uint32_t>(servers_.size() - 1);
  }
  return static_cast<std::uint32_t>(found - servers_.begin());
}

}  // namespace squall
