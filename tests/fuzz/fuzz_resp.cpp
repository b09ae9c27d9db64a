// Any bytes as RESP: values, and commands to the embedded broker.
//
// Built with libFuzzer (SQUALL_FUZZ); seeds are tests/fuzz/corpus/resp.
// What happens to the bytes is in entries.hpp.
#include "tests/fuzz/entries.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  squall::fuzz::play_resp(std::as_bytes(std::span(data, size)));
  return 0;
}
