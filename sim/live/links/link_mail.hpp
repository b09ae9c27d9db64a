// What a library's thread has to tell a loop: connected, messages, gone. In order, and bounded.
//
// The box holds little: a reader whose loop is busy or paused has to wait, so that messages stay in
// the kernel and in the broker, where a real node would leave them. Shared by the link and its
// threads; after abandon() nothing reaches the receiver, whatever the threads still say.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "sim/live/net/loop.hpp"

namespace squall::live {

class LinkMail : public std::enable_shared_from_this<LinkMail> {
 public:
  // Called on the loop's thread.
  struct Receiver {
    virtual ~Receiver() = default;
    // `position`: where to go on from here, in a broker that keeps messages.
    virtual void mail_up(std::int64_t position) = 0;
    virtual void mail_message(std::span<const std::byte> payload, std::int64_t position) = 0;
    virtual void mail_down(const std::string& why) = 0;
  };

  LinkMail(Loop& loop, Receiver& receiver) : loop_(loop), receiver_(&receiver) {}

  // ---- from any thread ----
  void up(std::int64_t position = -1);
  // Waits until there is room.
  void message(std::span<const std::byte> payload, std::int64_t position = -1);
  void down(std::string why);
  // False: nobody listens any more, the thread should end.
  bool wanted() const;
  // Whether message() would wait.
  bool full() const;

  // ---- from the loop's thread ----
  void pause(bool yes);
  void abandon();

 private:
  enum class Kind : std::uint8_t { up, message, down };
  struct Letter {
    Kind kind;
    std::string text;
    std::int64_t position;
  };

  bool full_locked() const;
  void put_locked(Letter letter);
  void post_locked();
  void deliver();

  mutable std::mutex mutex_;
  std::condition_variable room_;
  Loop& loop_;
  Receiver* receiver_;  // null: abandoned
  std::deque<Letter> letters_;
  std::size_t bytes_ = 0;
  bool paused_ = false, posted_ = false;
};

}  // namespace squall::live
