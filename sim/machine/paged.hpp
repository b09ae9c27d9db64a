// A growing array in large pages: nothing moves when it grows, and no room is kept in reserve.
//
// For the arrays that hold something of every client. Where the system can (Linux), all but the
// first page, which a small run barely touches, are backed by huge pages: a fan-out looks at
// clients in no order, and would miss the address cache at every one of them.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace squall {

template <typename T>
class Paged {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  T& operator[](std::size_t i) { return pages_[i >> kLogPage].get()[i & (kPage - 1)]; }
  const T& operator[](std::size_t i) const { return pages_[i >> kLogPage].get()[i & (kPage - 1)]; }
  std::size_t size() const { return size_; }

  template <typename... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    if (size_ == pages_.size() << kLogPage) add_page();
    return *new (&(*this)[size_++]) T{std::forward<Arguments>(arguments)...};
  }

  void resize(std::size_t size) {
    while (size_ < size) emplace_back();
  }

 private:
  static constexpr std::size_t kLogPage = 17, kPage = std::size_t{1} << kLogPage;
  static constexpr std::size_t kHuge = std::size_t{2} << 20;

  void add_page() {
    const std::size_t bytes = (kPage * sizeof(T) + kHuge - 1) / kHuge * kHuge;
    void* memory = std::aligned_alloc(kHuge, bytes);
    if (memory == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    if (!pages_.empty()) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    pages_.emplace_back(static_cast<T*>(memory));
  }

  struct Free {
    void operator()(T* page) const { std::free(page); }
  };
  std::vector<std::unique_ptr<T[], Free>> pages_;
  std::size_t size_ = 0;
};

}  // namespace squall
