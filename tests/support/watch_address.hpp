// The address that `--watch` says, in its parts: http://127.0.0.1:PORT/SECRET/.
// Who knows it gets the page at its path, and what changes on it at live().
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace squall::testing {

struct WatchAddress {
  explicit WatchAddress(const std::string& text) {
    const std::size_t colon = text.rfind(':'), slash = text.find('/', colon);
    port = static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1, slash - colon - 1)));
    path = text.substr(slash);
  }
  std::string live() const { return path + "live"; }

  std::uint16_t port;
  std::string path;
};

}  // namespace squall::testing
