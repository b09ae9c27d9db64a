// What tests of the kernel that count by hand share: a message of 1000 bytes, milliseconds, and
// which processes were killed.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/record/run_record.hpp"
#include "sim/record/wire.hpp"

namespace squall::testing {

inline constexpr std::int64_t kMs = 1'000'000;  // in nanoseconds
inline constexpr Bytes kSize = 1000;            // of a message

// What such a message takes on the line to a client.
inline Bytes frame_bytes() { return wire::websocket(kSize, false, wire::Tls::on).total(); }

// When nodes were down: in tests of what kills a process, each time it was killed.
inline std::vector<NodeSpell> kills(const RunRecord& run) {
  std::vector<NodeSpell> down;
  for (const NodeSpell& spell : run.spells) {
    if (spell.what == NodeSpell::What::down) down.push_back(spell);
  }
  return down;
}

}  // namespace squall::testing
