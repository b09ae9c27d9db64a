// A TCP connection with a bounded queue of frames to write. What the bytes mean is the owner's.
//
// send() only queues; the loop flushes at the end of its turn, with one system call for all that
// is waiting. A frame is encoded once and shared by all channels it is sent on. Belongs to the
// thread of its loop.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "sim/live/net/byte_queue.hpp"
#include "sim/live/net/cipher.hpp"
#include "sim/live/net/loop.hpp"
#include "sim/live/net/tcp/tcp_counters.hpp"

namespace squall::live {

// Bytes to be written, as they go on the wire.
struct Frame : boost::intrusive_ref_counter<Frame, boost::thread_unsafe_counter> {
  std::string bytes;
};
using FramePtr = boost::intrusive_ptr<const Frame>;
FramePtr make_frame(std::string bytes);

// What went through a socket: stream bytes, segments that carried them, and those without any.
struct Traffic {
  std::int64_t sent = 0, received = 0;
  std::int64_t segments_sent = 0, segments_received = 0;
  std::int64_t bare_sent = 0, bare_received = 0;
  Traffic& operator+=(const Traffic& more) {
    sent += more.sent, received += more.received;
    segments_sent += more.segments_sent, segments_received += more.segments_received;
    bare_sent += more.bare_sent, bare_received += more.bare_received;
    return *this;
  }
  Traffic operator-(const Traffic& before) const {
    return {sent - before.sent,
            received - before.received,
            segments_sent - before.segments_sent,
            segments_received - before.segments_received,
            bare_sent - before.bare_sent,
            bare_received - before.bare_received};
  }
};
Traffic traffic_of(const TcpCounters& counters);
Traffic from_the_other_side(const Traffic& traffic);  // what one end sent, the other received

// What to do when a frame does not fit into the queue. The names are those of a scenario.
enum class OnFullQueue : std::uint8_t { disconnect, drop_newest, drop_oldest, coalesce };

class Channel final : private Watched {
 public:
  static constexpr std::uint64_t kControl = ~std::uint64_t{0};  // the tag of what is no message

  enum class End : std::uint8_t { closed, reset };  // by the other side: in order, or abruptly

  // All calls come from the loop, never from inside send(); close() flushes, and may tell of it.
  struct Owner {
    virtual ~Owner() = default;
    // Returns how many bytes were understood; the rest is kept and offered again with more.
    virtual std::size_t on_bytes(std::span<const std::byte> bytes) = 0;
    virtual void on_end(End end) = 0;  // the channel is closed already
    // The kernel took this many more messages, at `when` or a moment later.
    virtual void on_flushed(std::uint32_t messages, Time when) {
      static_cast<void>(messages), static_cast<void>(when);
    }
  };

  // Takes the connected, non-blocking descriptor; with a cipher, what goes through it is sealed.
  Channel(Loop& loop, int descriptor, Owner& owner, std::shared_ptr<Cipher> cipher = nullptr);
  ~Channel() override;  // closes in order if nobody did
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  bool open() const { return descriptor_ >= 0; }

  // ---- writing ----
  struct Limits {
    std::int64_t bytes = INT64_MAX;  // of frames that the kernel has not taken
    OnFullQueue on_full = OnFullQueue::disconnect;
  };
  void limit(const Limits& limits) { limits_ = limits; }
  enum class Sent : std::uint8_t { queued, replaced, full, closed };
  // `tag` names the message, `stream` what coalesce may replace; kControl: nothing. full: nothing
  // was queued, and the owner acts (disconnect, or counts a drop). Tags that were dropped to make
  // room: dropped(); replaced: the one whose place it has now.
  Sent send(FramePtr frame, std::uint64_t tag = kControl, std::uint64_t stream = kControl);
  std::span<const std::uint64_t> dropped() const { return dropped_; }  // by the last send()
  std::int64_t queued() const { return queued_; }
  std::int64_t queued_control() const { return queued_control_; }  // of it

  // ---- reading ----
  // Offers what was kept once more, for an owner that has not taken all it could have; also after
  // the end.
  void offer_again() { offer_kept(); }
  // Bytes that somebody else read off the socket, before those that will be read here.
  void found(std::span<const std::byte> bytes);
  std::uint64_t moved() const { return kept_.moved(); }  // bytes copied to keep them: linear
  void read(bool yes);  // off: bytes wait in the kernel; a slow or paused reader
  void hold(bool yes);  // neither reads nor writes, and keeps the descriptor: a silent end
  void give_to(Owner& owner) { owner_ = &owner; }  // who is called from now on

  // ---- the end ----
  void close();  // what is queued still goes out if the kernel takes it at once; then FIN
  // What is queued goes out if the kernel takes it at once, then FIN; reading goes on. False: it
  // did not take all, or the other side is gone.
  bool finish_writing();
  void reset();  // RST; what is queued or under way is lost (SO_LINGER 0)

  Traffic traffic() const;  // also after the end
  int descriptor() const { return descriptor_; }

 private:
  struct Item {
    FramePtr frame;
    std::uint64_t tag, stream;
  };

  void readable() override;
  void writable() override;
  void flush() override;
  void opened(std::span<const std::byte> sealed);
  void seal_some();
  ssize_t hand_over(std::size_t& wanted);
  void taken(std::size_t bytes, Time when);
  void offer_kept();
  std::deque<Item>::iterator first_that_waits();
  bool takes_a_place(const FramePtr& frame, std::uint64_t tag, std::uint64_t stream);
  bool make_room(std::int64_t bytes);
  void end(End end);
  void shut(bool abrupt);
  void ask_kernel();
  void update_interest();

  Loop& loop_;
  Owner* owner_;
  int descriptor_;
  std::uint32_t slot_;
  Limits limits_;
  std::deque<Item> queue_;
  std::size_t front_sent_ = 0;  // of the first frame; with a cipher, of what is sealed
  std::shared_ptr<Cipher> cipher_;
  std::string sealed_;            // what the cipher made of the first frames, and is not taken yet
  std::size_t sealed_items_ = 0;  // how many of them
  std::int64_t queued_ = 0, queued_control_ = 0;
  ByteQueue kept_;  // read and not understood yet
  std::vector<std::uint64_t> dropped_;
  Traffic before_, traffic_;  // at the beginning: of the opening handshake; since then
  bool reading_ = true, held_ = false, blocked_ = false, finished_ = false;
};

}  // namespace squall::live
