// What the live engine does with bytes on its hot path: frames, what they say, and RESP.
//
// Per message; a message between client and node is written by encode_message() into a frame, and
// read by FrameReader and decode(). Sockets are not here: live_bench.cpp.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/support/allocations.hpp"
#include "sim/live/net/framing.hpp"
#include "sim/live/resp/resp.hpp"
#include "sim/live/speech/envelope.hpp"

namespace squall::live {
namespace {

constexpr std::uint32_t kMask = 0x12345678;
constexpr std::size_t kBatch = 64;  // frames that one read brings

Message message_of(std::int64_t bytes) {
  return {MessageId{7}, EndpointId{3}, Address::room(RoomId{5}), bytes, 1};
}

void frame_encode(benchmark::State& state, std::optional<std::uint32_t> mask) {
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(encode_frame(Opcode::binary, payload, mask));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void frame_read(benchmark::State& state, std::optional<std::uint32_t> mask) {
  std::string stream;
  for (std::size_t i = 0; i < kBatch; ++i) {
    stream += encode_frame(Opcode::binary,
                           std::string(static_cast<std::size_t>(state.range(0)), 'x'), mask);
  }
  FrameReader reader(mask.has_value());
  std::size_t frames = 0;
  for (auto _ : state) {
    frames = 0;
    const auto used = reader.feed(bytes_of(stream), [&](Opcode, std::span<const std::byte>) {
      ++frames;
      return true;
    });
    if (used != stream.size()) state.SkipWithError("a frame was not understood");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(frames));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}

void envelope_there_and_back(benchmark::State& state) {
  const Message message = message_of(state.range(0));
  const auto once = [&] {
    const std::string payload = encode_message(message);
    benchmark::DoNotOptimize(decode(bytes_of(payload)));
    return payload.size();
  };
  const bench::Allocations asked = bench::allocations_of(once);
  for (auto _ : state) benchmark::DoNotOptimize(once());
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes"] = static_cast<double>(once());
  state.counters["allocations"] = static_cast<double>(asked.count);
}

// A publication as Redis sends it to a subscriber: an array of three texts.
void resp_read(benchmark::State& state) {
  std::string stream;
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  for (std::size_t i = 0; i < kBatch; ++i) write_command(stream, {"message", "room:5", payload});
  RespValue value;
  for (auto _ : state) {
    std::span<const std::byte> rest = bytes_of(stream);
    while (!rest.empty()) {
      const RespRead read = read_resp(rest, {}, value);
      if (read.consumed == 0) return state.SkipWithError("a value was not understood");
      rest = rest.subspan(read.consumed);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}

BENCHMARK_CAPTURE(frame_encode, server, std::nullopt)->Arg(128)->Arg(4096);
BENCHMARK_CAPTURE(frame_encode, client_masked, kMask)->Arg(128)->Arg(4096);
BENCHMARK_CAPTURE(frame_read, client, std::nullopt)->Arg(128)->Arg(4096);
BENCHMARK_CAPTURE(frame_read, server_unmasks, kMask)->Arg(128)->Arg(4096);
BENCHMARK(envelope_there_and_back)->Arg(128);
BENCHMARK(resp_read)->Arg(128);

}  // namespace
}  // namespace squall::live
