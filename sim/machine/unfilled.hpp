// A vector whose resize() does not fill: for numbers that are about to be written anyway.
//
// For arrays that grow by millions of elements a second; reading one before it is written is
// undefined. Everything else is as in std::vector.
#pragma once

#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace squall {

template <typename T>
struct UnfilledAllocator : std::allocator<T> {
  static_assert(std::is_trivially_copyable_v<T>);
  template <typename U>
  struct rebind {
    using other = UnfilledAllocator<U>;
  };
  void construct(T* place) noexcept { ::new (static_cast<void*>(place)) T; }
  template <typename... Arguments>
  void construct(T* place, Arguments&&... arguments) {
    ::new (static_cast<void*>(place)) T{std::forward<Arguments>(arguments)...};
  }
};

template <typename T>
using Unfilled = std::vector<T, UnfilledAllocator<T>>;

}  // namespace squall
