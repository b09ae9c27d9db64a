// The two functions behind the policy `jump`: FNV-1a of a key, and the jump from it to a bucket.
// The policy is in jump.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace squall {

std::uint64_t fnv1a(std::string_view text);  // 64 bits

// 0 to buckets - 1; at least one bucket.
std::size_t jump_bucket(std::uint64_t key, std::size_t buckets);

}  // namespace squall
