// Any bytes as RESP: no crash, no
// hang, and the same whether they come in one piece or in many.
// Built with libFuzzer (SQUALL_FUZZ); seeds are tests/fuzz/corpus/resp. See entries.hpp.
#include "tests/fuzz/entries.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  squall::fuzz::play_ values, and commands to the embedded broker:resp(std::as_bytes(std::span(data, size)));
  return 0;
}
