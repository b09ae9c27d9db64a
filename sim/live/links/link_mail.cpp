// The box between a library's thread and a loop. See link_mail.hpp.
// The lock is never held while the receiver is called, so it may close the link from inside.
#include "sim/live/links/link_mail.hpp"

#include <utility>

namespace squall::live {
namespace {

constexpr std::size_t kLetters = 256;
constexpr std::size_t kBytes = 256 * 1024;
constexpr int kLettersAtOnce = 256;  // letters until others have their turn

}  // namespace

// ---- threads -----------------------------------------------------------------------------------

void LinkMail::up(std::int64_t position) {
  const std::scoped_lock lock(mutex_);
  put_locked({Kind::up, {}, position});
}

void LinkMail::message(std::span<const std::byte> payload, std::int64_t position) {
  std::string text(reinterpret_cast<const char*>(payload.data()), payload.size());
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return receiver_ == nullptr || !full_locked(); });
  put_locked({Kind::message, std::move(text), position});
}

void LinkMail::down(std::string why) {
  const std::scoped_lock lock(mutex_);
  put_locked({Kind::down, std::move(why), -1});
}

bool LinkMail::wanted() const {
  const std::scoped_lock lock(mutex_);
  return receiver_ != nullptr;
}

bool LinkMail::full() const {
  const std::scoped_lock lock(mutex_);
  return full_locked();
}

bool LinkMail::full_locked() const {
  return paused_ || letters_.size() >= kLetters || bytes_ >= kBytes;
}

void LinkMail::put_locked(Letter letter) {
  if (receiver_ == nullptr) return;
  bytes_ += letter.text.size();
  letters_.push_back(std::move(letter));
  post_locked();
}

// ---- the loop ----------------------------------------------------------------------------------

void LinkMail::post_locked() {
  if (posted_ || paused_ || receiver_ == nullptr || letters_.empty()) return;
  posted_ = true;
  loop_.post([self = shared_from_this()] { self->deliver(); });
}

void LinkMail::deliver() {
  for (int i = 0;; ++i) {
    std::unique_lock lock(mutex_);
    if (i == 0) posted_ = false;
    if (i == kLettersAtOnce) post_locked();
    if (i == kLettersAtOnce || paused_ || receiver_ == nullptr || letters_.empty()) return;
    const Letter letter = std::move(letters_.front());
    letters_.pop_front();
    bytes_ -= letter.text.size();
    Receiver& receiver = *receiver_;
    lock.unlock();
    room_.notify_all();
    switch (letter.kind) {
      case Kind::up: receiver.mail_up(letter.position); break;
      case Kind::message:
        receiver.mail_message(std::as_bytes(std::span(letter.text)), letter.position);
        break;
      case Kind::down: receiver.mail_down(letter.text); break;
    }
  }
}

void LinkMail::pause(bool yes) {
  const std::scoped_lock lock(mutex_);
  paused_ = yes;
  post_locked();
  room_.notify_all();
}

void LinkMail::abandon() {
  const std::scoped_lock lock(mutex_);
  receiver_ = nullptr;
  letters_.clear();
  room_.notify_all();
}

}  // namespace squall::live
