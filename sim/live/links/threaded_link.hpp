// A broker link whose library wants threads of its own: the loop's half of it.
//
// The other half is a LinkSession, one per attempt to connect, written for one library
// (broker_link_amqp.cpp, broker_link_kafka.cpp). The two talk through a LinkMail. A session that
// was closed is left alone: it ends in the background.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "sim/live/links/broker_link.hpp"
#include "sim/live/links/link_mail.hpp"
#include "sim/live/links/socket_book.hpp"

namespace squall::live {

// What a session is given.
struct SessionPlace {
  std::shared_ptr<SocketBook> sockets;
  std::uint64_t attempt = 0;   // for SocketBook::add()
  std::int64_t position = -1;  // of the first message to read; -1: of what is published from now on
};

class LinkSession {
 public:
  virtual ~LinkSession() = default;
  // On a thread of its own: connects, says up(), reads until something breaks or nobody wants mail,
  // and says down(). Ends soon when the sockets are shut.
  virtual void run(LinkMail& mail) = 0;
  // On the loop's thread, after up(); does not block.
  virtual bool publish(std::span<const std::byte> payload) = 0;
  // On the loop's thread: whoever waits inside should wake up and look at LinkMail::wanted().
  virtual void stop() {}
};

class ThreadedLink final : public BrokerLink, private LinkMail::Receiver {
 public:
  using Make = std::function<std::shared_ptr<LinkSession>(const SessionPlace&)>;

  ThreadedLink(Loop& loop, Listener& listener, Make make);
  ~ThreadedLink() override;

  void open() override;
  void close() override;
  bool publish(std::span<const std::byte> payload) override;
  void pause(bool yes) override;
  Traffic traffic() const override;

 private:
  void mail_up(std::int64_t position) override;
  void mail_message(std::span<const std::byte> payload, std::int64_t position) override;
  void mail_down(const std::string& why) override;

  Loop& loop_;
  Listener& listener_;
  Make make_;
  std::shared_ptr<SocketBook> sockets_ = std::make_shared<SocketBook>();
  std::shared_ptr<LinkMail> mail_;  // null: not open
  std::shared_ptr<LinkSession> session_;
  std::uint64_t attempt_ = 0;
  std::int64_t position_ = -1;
  bool up_ = false, paused_ = false;
};

}  // namespace squall::live
