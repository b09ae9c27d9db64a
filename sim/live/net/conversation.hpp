// One end of an established WebSocket connection: what RFC 6455 asks of it beyond reading frames.
//
// A ping is answered with what it carried, a goodbye with its own code, a mistake with the code for
// it. What messages mean is the owner's, who also ends the connection (farewells.hpp) when it is
// over(), and says goodbye() before.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "sim/live/net/channel.hpp"
#include "sim/live/net/framing.hpp"

namespace squall::live {

class Conversation {
 public:
  enum class Side : bool { client, server };
  // `most`: bytes of a message; who sends more breaks the rules.
  explicit Conversation(Side side, std::size_t most = FrameReader::kMaxMessage)
      : side_(side), reader_(side == Side::server, most) {}

  // Pings are the owner's to answer from now on, when it comes to them.
  void leave_pings() { leaves_pings_ = true; }
  void answer(Channel& channel, std::span<const std::byte> ping) const;

  // Calls `on_frame(opcode, payload) -> bool` (false: stop) for each text and binary message, each
  // ping, which is answered already or left, and each pong. Returns how many bytes were used.
  template <typename OnFrame>
  std::size_t hear(std::span<const std::byte> bytes, Channel& channel, OnFrame on_frame) {
    const auto used = reader_.feed(bytes, [&](Opcode opcode, std::span<const std::byte> payload) {
      if (opcode == Opcode::close) return close(payload);
      if (opcode == Opcode::ping && !leaves_pings_) answer(channel, payload);
      return on_frame(opcode, payload);
    });
    if (!used) over_ = true, code_ = reader_.error(), last_words_ = close_payload(code_);
    return used.value_or(bytes.size());
  }

  bool over() const { return over_; }  // the other side said goodbye, or broke the rules
  // The code that it said, or that is for what it did wrong; 0: it said nothing.
  std::uint16_t code() const { return code_; }
  bool mistaken() const { return reader_.error() != 0; }
  // What to leave with: the answer to the other side's goodbye, or what it did wrong.
  FramePtr goodbye() const { return frame(Opcode::close, last_words_); }
  FramePtr goodbye(std::uint16_t code) const { return frame(Opcode::close, close_payload(code)); }

  FramePtr frame(Opcode opcode, std::string_view payload) const;  // masked as this side has to

 private:
  bool close(std::span<const std::byte> payload);

  Side side_;
  bool over_ = false, leaves_pings_ = false;
  std::uint16_t code_ = 0;
  FrameReader reader_;
  std::string last_words_;
};

}  // namespace squall::live
