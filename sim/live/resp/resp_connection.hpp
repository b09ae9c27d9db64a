// The client's end of a RESP connection: one attempt to connect, then replies in order.
//
// What the broker link and the registry link stand on. It does not know what it asks. A pause
// holds back everything, also the news of the end: a process that stands still notices nothing.
// Never destroy it from inside one of its callbacks; close() and open() are allowed there.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/live/net/channel.hpp"
#include "sim/live/net/loop.hpp"
#include "sim/live/resp/resp_reader.hpp"

namespace squall::live {

class RespConnection final : private Channel::Owner {
 public:
  struct Listener {
    virtual ~Listener() = default;
    virtual void resp_up(RespConnection& connection) = 0;
    virtual void resp_reply(RespConnection& connection, const RespValue& value) = 0;
    // Never connected, or not any more. `backlog`: right before the end much was read at once, as
    // by somebody who had not kept up.
    virtual void resp_down(RespConnection& connection, const std::string& why, bool backlog) = 0;
    // Send something that is answered: is anybody there?
    virtual void resp_ask(RespConnection& connection) { static_cast<void>(connection); }
    // Right before it: what the other side said is no RESP, or it does not let us in.
    virtual void resp_refused(RespConnection& connection, const std::string& why) {
      static_cast<void>(connection), static_cast<void>(why);
    }
  };

  // `name` is for people: what is at the other side.
  RespConnection(Loop& loop, Listener& listener, std::string name)
      : loop_(loop), listener_(listener), name_(std::move(name)) {}
  ~RespConnection() override { close(); }

  // Who we are, where the server wants to know; an empty password: nobody asks.
  struct Login {
    std::string user, password;
  };
  // resp_up() or resp_down() follows; with a login, up is when the server has taken it.
  void open(const std::string& host, std::uint16_t port, const Login& login = {});
  void close();  // at once; no callback follows
  bool connected() const { return channel_ != nullptr && channel_->open() && !greeting_; }
  bool connecting() const { return attempt_ != nullptr; }
  // Gives up after so long a silence, and asks three times in it. Before open().
  void keep_alive(Duration silence) { keep_alive_ = silence; }
  const std::string& place() const { return place_; }  // host and port, for people
  bool send(std::string bytes);                        // false: not connected
  void pause(bool yes);
  void only_listens() { live::only_listens(channel_->descriptor()); }  // connected, from now on
  Traffic traffic() const;  // of all its sockets so far

 private:
  // What an attempt to connect needs; handlers of Asio that come too late find it gone.
  struct Attempt {
    explicit Attempt(Loop& loop) : socket(loop.context()), resolver(loop.context()) {}
    boost::asio::ip::tcp::socket socket;
    boost::asio::ip::tcp::resolver resolver;
  };

  void resolve(const std::shared_ptr<Attempt>& attempt, const std::string& host,
               std::uint16_t port);
  void connect(const std::shared_ptr<Attempt>& attempt,
               const boost::asio::ip::tcp::endpoint& endpoint);
  void connected_now(const std::shared_ptr<Attempt>& attempt);
  void fail(const std::string& why);
  void refuse(const std::string& why);
  void greeted(const RespValue& answer);
  std::size_t on_bytes(std::span<const std::byte> bytes) override;
  void on_end(Channel::End end) override;
  std::size_t work(std::span<const std::byte> bytes);
  void drop_channel();
  void begin_to_live();  // connected, and let in
  void watch(std::uint64_t opened);

  Loop& loop_;
  Listener& listener_;
  std::string name_;
  std::string place_;  // host and port, for people
  std::shared_ptr<Attempt> attempt_;
  std::shared_ptr<Channel> channel_;
  std::uint64_t opened_ = 0;  // tells whether a callback closed or opened it
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
  RespReader reader_;
  std::optional<Channel::End> held_end_;  // happened while paused
  std::size_t last_read_ = 0, read_before_ = 0;
  bool paused_ = false;
  Login login_;
  bool greeting_ = false;  // the login is not answered yet
  Duration keep_alive_{0};
  Time last_heard_{0};
  Traffic gone_;
};

}  // namespace squall::live
