// Reading, writing and the ends of a TCP connection. See channel.hpp.
// Errors of the socket are ends of the channel: the owner hears of them from the loop.
#include "sim/live/net/channel.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace squall::live {
namespace {

constexpr std::size_t kPieces = 64;  // frames handed to the kernel in one call

}  // namespace

Traffic traffic_of(const TcpCounters& counters) {
  return {counters.bytes_sent,        counters.bytes_received, counters.segments_sent,
          counters.segments_received, counters.bare_sent,      counters.bare_received};
}

Traffic from_the_other_side(const Traffic& traffic) {
  return {.sent = traffic.received,
          .received = traffic.sent,
          .segments_sent = traffic.segments_received,
          .segments_received = traffic.segments_sent,
          .bare_sent = traffic.bare_received,
          .bare_received = traffic.bare_sent};
}

FramePtr make_frame(std::string bytes) {
  auto* frame = new Frame;
  frame->bytes = std::move(bytes);
  return FramePtr(frame);
}

Channel::Channel(Loop& loop, int descriptor, Owner& owner, std::shared_ptr<Cipher> cipher)
    : loop_(loop),
      owner_(&owner),
      descriptor_(descriptor),
      slot_(loop.watch(descriptor, *this)),
      cipher_(std::move(cipher)) {
  const int yes = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  before_ = traffic_of(tcp_counters(descriptor));
}

Channel::~Channel() { close(); }

// ---- writing -----------------------------------------------------------------------------------

Channel::Sent Channel::send(FramePtr frame, std::uint64_t tag, std::uint64_t stream) {
  dropped_.clear();
  if (!open() || finished_) return Sent::closed;
  const auto bytes = static_cast<std::int64_t>(frame->bytes.size());
  // Control frames are few and small, and a peer that gets no pong would be lost for nothing.
  // And one frame fits into an empty queue, however large it is.
  if (tag != kControl && takes_a_place(frame, tag, stream)) return Sent::replaced;
  if (tag != kControl && queued_ > 0 && queued_ + bytes > limits_.bytes && !make_room(bytes)) {
    return Sent::full;
  }
  queued_ += bytes;
  if (tag == kControl) queued_control_ += bytes;
  queue_.push_back({std::move(frame), tag, stream});
  if (!blocked_ && !held_) loop_.flush_later(slot_);
  return Sent::queued;
}

// What is sent in part, or sealed, stays.
std::deque<Channel::Item>::iterator Channel::first_that_waits() {
  const std::size_t stays = std::max<std::size_t>(sealed_items_, front_sent_ > 0 ? 1 : 0);
  return queue_.begin() + static_cast<std::ptrdiff_t>(stays);
}

// That of the message of its stream which waits because the kernel takes no more; what only waits
// for the end of this turn goes out.
bool Channel::takes_a_place(const FramePtr& frame, std::uint64_t tag, std::uint64_t stream) {
  if (limits_.on_full != OnFullQueue::coalesce || !blocked_ || stream == kControl) return false;
  const auto same = std::find_if(first_that_waits(), queue_.end(),
                                 [&](const Item& item) { return item.stream == stream; });
  if (same == queue_.end()) return false;
  const auto more = static_cast<std::int64_t>(frame->bytes.size()) -
                    static_cast<std::int64_t>(same->frame->bytes.size());
  if (queued_ + more > limits_.bytes) return false;
  queued_ += more;
  dropped_.push_back(same->tag);
  *same = {frame, tag, stream};
  return true;
}

// Drops the oldest that wait, where the policy says so; if all of them are not enough, none.
bool Channel::make_room(std::int64_t bytes) {
  if (limits_.on_full != OnFullQueue::drop_oldest) return false;
  std::int64_t waits = 0;
  for (auto item = first_that_waits(); item != queue_.end(); ++item) {
    if (item->tag != kControl) waits += static_cast<std::int64_t>(item->frame->bytes.size());
  }
  if (waits < queued_ && queued_ - waits + bytes > limits_.bytes) return false;
  for (auto item = first_that_waits(); queued_ > 0 && queued_ + bytes > limits_.bytes;) {
    if (item->tag == kControl) {
      ++item;
      continue;
    }
    queued_ -= static_cast<std::int64_t>(item->frame->bytes.size());
    dropped_.push_back(item->tag);
    item = queue_.erase(item);
  }
  return true;
}

void Channel::flush() {
  while (open() && !held_) {
    if (cipher_ != nullptr && sealed_.empty()) seal_some();
    if (queue_.empty() && sealed_.empty()) return;
    std::size_t wanted = 0;
    const Time when = loop_.now();  // before: the other side may read it while we still look
    const ssize_t went = hand_over(wanted);
    if (went < 0 && errno == EINTR) continue;
    if (went < 0 && errno != EAGAIN) {
      // The other side is gone; reading says how, and may still find its last words.
      queue_.clear(), queued_ = queued_control_ = 0, front_sent_ = 0;
      sealed_.clear(), sealed_items_ = 0;
      return;
    }
    const auto bytes = static_cast<std::size_t>(std::max<ssize_t>(0, went));
    taken(bytes, when);
    if (bytes == wanted) continue;
    blocked_ = true;
    update_interest();
    return;
  }
}

// One system call for as much as it takes; `wanted` is what it was offered.
ssize_t Channel::hand_over(std::size_t& wanted) {
  if (cipher_ != nullptr) {
    wanted = sealed_.size() - front_sent_;
    return ::send(descriptor_, sealed_.data() + front_sent_, wanted, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  std::array<iovec, kPieces> pieces;
  std::size_t count = 0;
  for (auto item = queue_.begin(); item != queue_.end() && count < kPieces; ++item, ++count) {
    const std::size_t skip = count == 0 ? front_sent_ : 0;
    const std::string& bytes = item->frame->bytes;
    pieces[count] = {const_cast<char*>(bytes.data()) + skip, bytes.size() - skip};
    wanted += bytes.size() - skip;
  }
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = count;
  return ::sendmsg(descriptor_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// Frames leave the queue when the kernel has all of them; sealed ones with their last byte.
void Channel::taken(std::size_t bytes, Time when) {
  std::uint32_t messages = 0;
  const auto leave = [&] {
    const Item& item = queue_.front();
    const auto size = static_cast<std::int64_t>(item.frame->bytes.size());
    queued_ -= size;
    if (item.tag == kControl) queued_control_ -= size;
    messages += item.tag != kControl;
    front_sent_ = 0;
    queue_.pop_front();
  };
  if (cipher_ != nullptr) {
    front_sent_ += bytes;
    if (front_sent_ < sealed_.size()) return;
    sealed_.clear(), front_sent_ = 0;
    for (; sealed_items_ > 0; --sealed_items_) leave();
  } else {
    while (!queue_.empty() && bytes >= queue_.front().frame->bytes.size() - front_sent_) {
      bytes -= queue_.front().frame->bytes.size() - front_sent_;
      leave();
    }
    front_sent_ += bytes;
  }
  if (messages > 0) owner_->on_flushed(messages, when);
}

void Channel::seal_some() {
  while (sealed_items_ < std::min(queue_.size(), kPieces)) {
    cipher_->seal(queue_[sealed_items_++].frame->bytes);
  }
  sealed_ = cipher_->to_be_written();
}

void Channel::writable() {
  blocked_ = false;
  update_interest();
  flush();
}

// ---- reading -----------------------------------------------------------------------------------

void Channel::readable() {
  const std::span<std::byte> buffer = loop_.buffer();
  const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    end(got == 0 ? End::closed : End::reset);
    return;
  }
  const auto bytes = buffer.first(static_cast<std::size_t>(got));
  cipher_ != nullptr ? opened(bytes) : found(bytes);
}

// What a cipher makes of it. A goodbye of TLS is an end in order; what is no TLS is none.
void Channel::opened(std::span<const std::byte> sealed) {
  std::string plain;
  const bool sound = cipher_->open(sealed, plain);
  found(std::as_bytes(std::span(plain)));
  if (!open()) return;
  if (!sound || cipher_->over()) return end(sound ? End::closed : End::reset);
  loop_.flush_later(slot_);  // TLS may have something to say by itself
}

void Channel::found(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  if (!kept_.empty()) {
    kept_.append(bytes);
    offer_kept();
    return;
  }
  const std::size_t understood = std::min(owner_->on_bytes(bytes), bytes.size());
  if (understood < bytes.size()) kept_.append(bytes.subspan(understood));
}

void Channel::offer_kept() {
  const std::span<const std::byte> bytes = kept_.view();
  if (!bytes.empty()) kept_.consume(std::min(owner_->on_bytes(bytes), bytes.size()));
}

void Channel::read(bool yes) {
  if (reading_ == yes || !open()) return;
  reading_ = yes;
  update_interest();
}

void Channel::hold(bool yes) {
  if (held_ == yes || !open()) return;
  held_ = yes;
  update_interest();
  if (!yes && (!queue_.empty() || cipher_ != nullptr)) loop_.flush_later(slot_);
}

void Channel::update_interest() {
  if (open()) loop_.want(slot_, reading_ && !held_, blocked_ && !held_);
}

// ---- the end -----------------------------------------------------------------------------------

void Channel::end(End end) {
  shut(false);
  owner_->on_end(end);
}

void Channel::close() {
  if (!open()) return;
  if (cipher_ != nullptr && !held_) cipher_->say_goodbye();
  if (!held_ && !blocked_) flush();
  shut(false);
}

bool Channel::finish_writing() {
  if (!open()) return false;
  if (!held_ && !blocked_) flush();
  if (!open() || held_ || !queue_.empty() || !sealed_.empty()) return false;
  finished_ = true;
  return ::shutdown(descriptor_, SHUT_WR) == 0;
}

void Channel::reset() {
  if (open()) shut(true);
}

void Channel::shut(bool abrupt) {
  if (!open()) return;
  ask_kernel();
  if (abrupt) {
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  loop_.forget(slot_);
  ::close(descriptor_);
  descriptor_ = -1;
  queue_.clear();
  sealed_.clear();
  sealed_items_ = 0;
  queued_ = queued_control_ = 0;
}

// What the kernel still holds is on no wire, and what it has received is, read or not.
void Channel::ask_kernel() { traffic_ = traffic_of(tcp_counters(descriptor_)) - before_; }

Traffic Channel::traffic() const {
  if (open()) const_cast<Channel*>(this)->ask_kernel();
  return traffic_;
}

}  // namespace squall::live
