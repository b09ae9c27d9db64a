// Numbers of a window for tests that make a record by hand, through the same door as an engine.
//
// There is no other: a Count, a CountedTime or Samples cannot be given a bare number.
#pragma once

#include <cstdint>

#include "sim/record/run_record.hpp"
#include "sim/record/window.hpp"

namespace squall::testing {

// Some instant of measure.
inline Inside inside() { return *Window(std::chrono::seconds{1}).at(Time{0}); }

inline Count counted(std::uint64_t number) {
  Count count;
  count.add(inside(), number);
  return count;
}

inline Counted<std::uint32_t> few(std::uint32_t number) {
  Counted<std::uint32_t> count;
  count.add(inside(), number);
  return count;
}

inline CountedTime lived(__int128 ns) {
  CountedTime time;
  time.add(inside(), ns);
  return time;
}
inline CountedTime lived(Duration time) { return lived(static_cast<__int128>(time.count())); }

inline SecondRow second_row(std::uint64_t owed, std::uint64_t lost, std::uint64_t delivered,
                            std::uint64_t connected) {
  return {counted(owed), counted(lost), counted(delivered), counted(connected)};
}

}  // namespace squall::testing
