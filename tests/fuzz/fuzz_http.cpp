// Any bytes as HTTP, at a node's door and between nodes, in one piece and in many.
//
// Built with libFuzzer (SQUALL_FUZZ); seeds are tests/fuzz/corpus/http.
// What happens to the bytes is in entries.hpp.
#include "tests/fuzz/entries.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  squall::fuzz::play_http(std::as_bytes(std::span(data, size)));
  return 0;
}
