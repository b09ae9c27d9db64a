// Who is of this run: its names on servers that others use too, and what only its own ends can say.
//
// Drawn from the operating system for every run. All lengths are fixed, so that no byte count
// depends on the draw; a topic is as long as virtual time counts it (sim/kernel/broker.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace squall::live {

struct RunName {
  static constexpr std::size_t kNameLength = 6;    // 36^6: enough for runs side by side
  static constexpr std::size_t kPassLength = 16;   // a secret of 82 bits
  static constexpr std::size_t kStampLength = 16;  // any bytes

  static RunName draw();

  std::string topic() const { return "squall:" + name; }
  std::string key_prefix() const { return "sq:" + name + ":"; }

  std::string name;   // in topics and keys: everybody on the server can see it
  std::string pass;   // said by ours when they dial a port of ours; never to a server of others
  std::string stamp;  // in front of what nodes tell each other
};

}  // namespace squall::live
