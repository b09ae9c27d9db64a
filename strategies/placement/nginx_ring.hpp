// The hash ring of nginx's `hash KEY consistent`, rebuilt point for point.
//
// Only geometry: points and where a key enters. Who on the ring may be picked is decided in
// nginx_consistent.cpp. Checked against a running nginx 1.22.1.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strategies/core/placement.hpp"

namespace squall {

class NginxRing {
 public:
  struct Point {
    std::uint32_t hash;
    std::uint32_t server;  // index into servers()
  };

  explicit NginxRing(std::span<const Backend> backends);

  // Ascending by hash, no hash twice; of equal ones the first in config order stays.
  std::span<const Point> points() const { return points_; }
  // The different server texts, in config order. Backends with one text share its points.
  std::span<const std::string> servers() const { return servers_; }
  // Backends with this text, in config order.
  std::span<const std::size_t> backends_of(std::uint32_t server) const {
    return backends_of_[server];
  }

  // Index of the first point with hash >= CRC32(key); points().size() past the last one, which
  // wraps to 0.
  std::size_t entry(std::string_view key) const;

  // The chain of `count` hashes of one server text, unsorted.
  static std::vector<std::uint32_t> chain(std::string_view server, std::size_t count);

 private:
  std::uint32_t intern(const std::string& text);

  std::vector<Point> points_;
  std::vector<std::string> servers_;
  std::vector<std::vector<std::size_t>> backends_of_;  // by server
};

}  // namespace squall
