// Connections that are over for their owners and not yet for TCP.
//
// The last words are on their way, and what the other side still sends is read and thrown away
// until it ends too: closing a socket with unread bytes would reset it, and the other side might
// never see the words. It has a few seconds for that, again and again while it still sends, as with
// nginx's lingering_timeout and lingering_time. Belongs to the thread of its loop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "sim/live/net/channel.hpp"

namespace squall::live {

class Farewells {
 public:
  static constexpr Duration kPatience = std::chrono::seconds{3};  // with silence
  static constexpr int kMostWaits = 10;                           // of that length, in all

  explicit Farewells(Loop& loop, Duration patience = kPatience);
  ~Farewells();

  // Who ends the TCP connection first: a server does, a client waits for it (RFC 6455 7.1.1).
  enum class First : bool { us, them };
  // Queued frames that the kernel does not take at once are lost, as in Channel::close().
  // `counted`: what still goes through it is ours.
  void add(std::shared_ptr<Channel> channel, First first, bool counted = true);

  void hold(bool yes);      // a process that stands still reads nothing either
  void end(bool abruptly);  // all of them, now

  std::size_t count() const { return parting_.size(); }
  Traffic traffic() const;  // of all that were ever added and are counted, since then

 private:
  struct Parting;

  void wait(std::uint64_t number);
  void gone(std::uint64_t number);

  Loop& loop_;
  Duration patience_;
  bool held_ = false;
  std::uint64_t added_ = 0;
  std::map<std::uint64_t, std::unique_ptr<Parting>> parting_;
  Traffic closed_;
};

}  // namespace squall::live
