// Any bytes as what frames say, between clients and nodes, and between nodes.
//
// Built with libFuzzer (SQUALL_FUZZ); seeds are tests/fuzz/corpus/envelope.
// What happens to the bytes is in entries.hpp.
#include "tests/fuzz/entries.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  squall::fuzz::play_envelope(std::as_bytes(std::span(data, size)));
  return 0;
}
