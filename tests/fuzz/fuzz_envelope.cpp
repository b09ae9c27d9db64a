// Any bytes as what is inside a frame between clients and nodes, and between nodes: no crash, no
// hang, and the same whether they come in one piece or in many.
// Built with libFuzzer (SQUALL_FUZZ); seeds are tests/fuzz/corpus/envelope. See entries.hpp.
#include "tests/fuzz/entries.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  squall::fuzz::play_envelope(std::as_bytes(std::span(data, size)));
  return 0;
}
