// Bytes in order: appended behind, used up from the front. What a reader has not understood yet.
//
// Linear: whatever the pieces in which a stream comes and is used up, each byte is moved a bounded
// number of times. moved() counts, for the test of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace squall::live {

class ByteQueue {
 public:
  bool empty() const { return begin_ == bytes_.size(); }
  std::span<const std::byte> view() const {
    return std::as_bytes(std::span(bytes_)).subspan(begin_);
  }

  void append(std::span<const std::byte> more) {
    if (begin_ > bytes_.size() - begin_) {  // more is used up than is left
      moved_ += bytes_.size() - begin_;
      bytes_.erase(0, begin_);
      begin_ = 0;
    }
    if (bytes_.size() + more.size() > bytes_.capacity()) moved_ += bytes_.size();
    moved_ += more.size();
    bytes_.append(reinterpret_cast<const char*>(more.data()), more.size());
  }

  void consume(std::size_t count) {
    begin_ += count;
    if (!empty()) return;
    begin_ = 0;
    bytes_.clear();
    if (bytes_.capacity() > kKept) std::string().swap(bytes_);
  }

  std::uint64_t moved() const { return moved_; }  // bytes that were copied, here or from here

 private:
  static constexpr std::size_t kKept = 256 * 1024;  // memory of an empty queue

  std::string bytes_;
  std::size_t begin_ = 0;
  std::uint64_t moved_ = 0;
};

}  // namespace squall::live
