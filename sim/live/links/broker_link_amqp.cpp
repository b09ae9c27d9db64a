// RabbitMQ through librabbitmq, which blocks: a thread reads, another one publishes, each on a
// connection of its own. A fanout exchange is named after the topic; every link has a queue that
// the server names, and that dies with its connection.
//
// The queue has no name of ours, because the server may still hold the old one when a node comes
// back. RabbitMQ does not cut slow readers: it keeps their messages.
#if __has_include(<rabbitmq-c/amqp.h>)  // since librabbitmq 0.12
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_tcp_socket.h>
#endif

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "sim/live/links/broker_link_libraries.hpp"
#include "sim/live/links/threaded_link.hpp"

namespace squall::live {
namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr int kFrameBytes = 131072;  // RabbitMQ's own default; longer messages are split

amqp_bytes_t amqp_bytes_of(const std::string& text) {
  return {text.size(), const_cast<char*>(text.data())};
}

std::string complaint(const amqp_rpc_reply_t& reply) {
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) {
    return amqp_error_string2(reply.library_error);
  }
  amqp_bytes_t text{0, nullptr};
  if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    text = static_cast<amqp_connection_close_t*>(reply.reply.decoded)->reply_text;
  } else if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
    text = static_cast<amqp_channel_close_t*>(reply.reply.decoded)->reply_text;
  }
  if (text.len == 0) return "the broker ended the connection";
  return "the broker says: " + std::string(static_cast<const char*>(text.bytes), text.len);
}

// What ended a connection that was being read: the library hands out what is no message separately.
std::string end_of(amqp_connection_state_t state, const amqp_rpc_reply_t& reply) {
  if (reply.library_error != AMQP_STATUS_UNEXPECTED_STATE) return complaint(reply);
  amqp_frame_t frame;
  timeval at_once{0, 0};
  if (amqp_simple_wait_frame_noblock(state, &frame, &at_once) != AMQP_STATUS_OK ||
      frame.frame_type != AMQP_FRAME_METHOD) {
    return complaint(reply);
  }
  amqp_rpc_reply_t said{};
  said.reply_type = AMQP_RESPONSE_SERVER_EXCEPTION;
  said.reply = frame.payload.method;
  return complaint(said);
}

// ---- one connection with one channel -----------------------------------------------------------

class AmqpConnection {
 public:
  AmqpConnection(std::shared_ptr<SocketBook> sockets, std::uint64_t attempt)
      : sockets_(std::move(sockets)), attempt_(attempt), state_(amqp_new_connection()) {}
  ~AmqpConnection() {
    if (descriptor_ >= 0) sockets_->remove(descriptor_);
    amqp_destroy_connection(state_);
  }
  AmqpConnection(const AmqpConnection&) = delete;
  AmqpConnection& operator=(const AmqpConnection&) = delete;

  // Empty when it worked.
  std::string open(const BrokerAddress& address, const std::string& name) {
    amqp_socket_t* socket = amqp_tcp_socket_new(state_);
    timeval patience{kLinkPatience / std::chrono::seconds{1}, 0};
    const int status =
        amqp_socket_open_noblock(socket, address.host.c_str(), address.port, &patience);
    if (status != AMQP_STATUS_OK) return amqp_error_string2(status);
    descriptor_ = amqp_get_sockfd(state_);
    sockets_->add(descriptor_, attempt_);
    amqp_set_handshake_timeout(state_, &patience);
    amqp_set_rpc_timeout(state_, &patience);
    amqp_table_entry_t entry{};
    entry.key = amqp_cstring_bytes("connection_name");  // as RabbitMQ's own tools show it
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_bytes_of(name);
    const amqp_table_t properties{1, &entry};
    // No heartbeat: a paused reader would be cut for something that is not measured here.
    const bool anonymous = address.user.empty();
    const amqp_rpc_reply_t login = amqp_login_with_properties(
        state_, "/", 0, kFrameBytes, 0, &properties, AMQP_SASL_METHOD_PLAIN,
        anonymous ? "guest" : address.user.c_str(), anonymous ? "guest" : address.password.c_str());
    if (login.reply_type != AMQP_RESPONSE_NORMAL) return complaint(login);
    amqp_channel_open(state_, kChannel);
    return last_complaint();
  }

  // Of the last request; empty when it worked.
  std::string last_complaint() const {
    const amqp_rpc_reply_t reply = amqp_get_rpc_reply(state_);
    return reply.reply_type == AMQP_RESPONSE_NORMAL ? "" : complaint(reply);
  }
  amqp_connection_state_t state() const { return state_; }

 private:
  std::shared_ptr<SocketBook> sockets_;
  std::uint64_t attempt_;
  amqp_connection_state_t state_;
  int descriptor_ = -1;
};

// ---- the session -------------------------------------------------------------------------------

class AmqpSession final : public LinkSession {
 public:
  AmqpSession(const BrokerLinkOptions& options, SessionPlace place)
      : options_(options), place_(std::move(place)) {}

  void run(LinkMail& mail) override;

  bool publish(std::span<const std::byte> payload) override {
    const std::scoped_lock lock(mutex_);
    if (over_) return false;
    waiting_.emplace_back(reinterpret_cast<const char*>(payload.data()), payload.size());
    work_.notify_one();
    return true;
  }

  void stop() override {
    const std::scoped_lock lock(mutex_);
    over_ = true;
    work_.notify_all();
  }

 private:
  std::string subscribe(AmqpConnection& reader) const;
  std::string read(AmqpConnection& reader, LinkMail& mail) const;
  void write(AmqpConnection& writer, LinkMail& mail);
  std::string write_one(AmqpConnection& writer, const std::string& payload) const;

  const BrokerLinkOptions options_;
  const SessionPlace place_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<std::string> waiting_;  // to be published
  bool over_ = false;
};

void AmqpSession::run(LinkMail& mail) {
  AmqpConnection reader(place_.sockets, place_.attempt), writer(place_.sockets, place_.attempt);
  std::string why = reader.open(options_.address, options_.name + " reads");
  if (why.empty()) why = writer.open(options_.address, options_.name + " publishes");
  if (why.empty()) why = subscribe(reader);
  // Whoever is closed meanwhile has shut the sockets that were there: look after opening them.
  if (!why.empty() || !mail.wanted()) {
    mail.down(options_.address.text() + ": " + why);
    return;
  }
  mail.up();
  std::thread publisher([&] { write(writer, mail); });
  mail.down(options_.address.text() + ": " + read(reader, mail));
  stop();
  place_.sockets->shut(place_.attempt);  // the publisher may be waiting for the broker to read
  publisher.join();
}

std::string AmqpSession::subscribe(AmqpConnection& reader) const {
  const amqp_connection_state_t state = reader.state();
  const amqp_bytes_t exchange = amqp_bytes_of(options_.topic);
  constexpr amqp_boolean_t kGoesWithItsLastQueue = 1;  // of this run nothing is left behind
  amqp_exchange_declare(state, kChannel, exchange, amqp_cstring_bytes("fanout"), 0, 0,
                        kGoesWithItsLastQueue, 0, amqp_empty_table);
  if (std::string why = reader.last_complaint(); !why.empty()) return why;
  constexpr amqp_boolean_t kExclusive = 1, kAutoDelete = 1, kNoAck = 1;
  const amqp_queue_declare_ok_t* queue = amqp_queue_declare(
      state, kChannel, amqp_empty_bytes, 0, 0, kExclusive, kAutoDelete, amqp_empty_table);
  if (queue == nullptr) return reader.last_complaint();
  const std::string name(static_cast<const char*>(queue->queue.bytes), queue->queue.len);
  amqp_queue_bind(state, kChannel, amqp_bytes_of(name), exchange, amqp_empty_bytes,
                  amqp_empty_table);
  if (std::string why = reader.last_complaint(); !why.empty()) return why;
  amqp_basic_consume(state, kChannel, amqp_bytes_of(name), amqp_empty_bytes, 0, kNoAck, kExclusive,
                     amqp_empty_table);
  return reader.last_complaint();
}

std::string AmqpSession::read(AmqpConnection& reader, LinkMail& mail) const {
  const amqp_connection_state_t state = reader.state();
  while (true) {
    amqp_envelope_t envelope;
    const amqp_rpc_reply_t reply = amqp_consume_message(state, &envelope, nullptr, 0);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) return end_of(state, reply);
    const amqp_bytes_t& body = envelope.message.body;
    mail.message({static_cast<const std::byte*>(body.bytes), body.len});
    amqp_destroy_envelope(&envelope);
    amqp_maybe_release_buffers(state);
    if (!mail.wanted()) return "closed";
  }
}

void AmqpSession::write(AmqpConnection& writer, LinkMail& mail) {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [&] { return over_ || !waiting_.empty(); });
    if (over_) return;
    std::deque<std::string> batch = std::exchange(waiting_, {});
    lock.unlock();
    for (const std::string& payload : batch) {
      const std::string why = write_one(writer, payload);
      if (why.empty()) continue;
      mail.down(options_.address.text() + ": " + why);
      stop();
      place_.sockets->shut(place_.attempt);  // wakes the reader
      return;
    }
    lock.lock();
  }
}

std::string AmqpSession::write_one(AmqpConnection& writer, const std::string& payload) const {
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = AMQP_DELIVERY_NONPERSISTENT;
  const int status =
      amqp_basic_publish(writer.state(), kChannel, amqp_bytes_of(options_.topic), amqp_empty_bytes,
                         0, 0, &properties, amqp_bytes_of(payload));
  return status == AMQP_STATUS_OK ? "" : amqp_error_string2(status);
}

}  // namespace

std::string_view amqp_link_meaning() { return "RabbitMQ: a fanout exchange, a queue per node"; }

std::unique_ptr<BrokerLink> make_amqp_link(Loop& loop, const BrokerLinkOptions& options,
                                           BrokerLink::Listener& listener) {
  return std::make_unique<ThreadedLink>(loop, listener, [options](const SessionPlace& place) {
    return std::make_shared<AmqpSession>(options, place);
  });
}

}  // namespace squall::live
