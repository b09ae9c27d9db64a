// Values of RESP off a stream that comes in pieces, in time that is linear in its length.
//
// read_resp() begins anew whenever there is more. Here a value that did not come whole is only
// looked through from where the last look ended, and parsed when its last byte is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/live/resp/resp.hpp"

namespace squall::live {

class RespReader {
 public:
  // Reads the first value of `bytes`. After `incomplete` the same bytes are offered again, with
  // more behind them.
  RespRead read(std::span<const std::byte> bytes);
  const RespValue& value() const { return value_; }  // borrows from the bytes of the last read()

  std::uint64_t steps() const { return steps_; }  // lines that were looked at, for a test

 private:
  bool whole(std::span<const std::byte> bytes);

  RespValue value_;
  std::size_t seen_ = 0;            // bytes of a value under way that were looked through
  std::vector<std::int64_t> open_;  // items that its arrays, from outside in, still want
  std::uint64_t steps_ = 0;
};

}  // namespace squall::live
