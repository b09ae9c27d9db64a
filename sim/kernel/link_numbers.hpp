// How the links of clients are numbered: endpoint by endpoint, a power of two each.
//
// So those of one endpoint lie side by side in one page, and a number says whose link it is.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "strategies/core/types.hpp"

namespace squall {

class LinkNumbers {
 public:
  explicit LinkNumbers(std::size_t slots)
      : log_stride_(static_cast<std::uint32_t>(std::bit_width(slots - 1U))) {}

  std::size_t of(std::uint32_t endpoints) const {
    return static_cast<std::size_t>(endpoints) << log_stride_;
  }
  std::uint32_t first(EndpointId endpoint) const {
    return static_cast<std::uint32_t>(endpoint) << log_stride_;
  }
  EndpointId owner(std::uint32_t link) const { return EndpointId{link >> log_stride_}; }
  // Which of its endpoint's links this is, from 0.
  std::uint16_t slot(std::uint32_t link) const {
    return static_cast<std::uint16_t>(link & ((1U << log_stride_) - 1));
  }
  // Keys the delays of frames to one connection: by recipient and by which of its links this is, so
  // that sister paths are independent.
  std::uint64_t path(std::uint32_t link) const {
    return index(owner(link)) | std::uint64_t{slot(link)} << 32;
  }

 private:
  std::uint32_t log_stride_;
};

}  // namespace squall
