// NATS through libnats, without its threads: the library parses, our loop reads and writes.
//
// Left alone, libnats reads as fast as it can and drops what nobody takes, so the server would
// never see a slow reader. Its hooks for foreign event loops leave reading to us: a link that is
// paused does not read, and the server cuts it when too much is waiting. Only the attempt to
// connect blocks; it is made in the background.
#include <fmt/core.h>
#include <nats/nats.h>
#include <sys/socket.h>

#include <cerrno>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "sim/live/links/broker_link_libraries.hpp"
#include "sim/live/links/socket_book.hpp"
#include "sim/live/net/background.hpp"

namespace squall::live {
namespace {

constexpr std::int64_t kPatienceMs = kLinkPatience / std::chrono::milliseconds{1};
constexpr int kReadBytes = 128 * 1024;  // in one call
constexpr int kReadsAtEnd = 1000;       // until what the kernel still holds is thrown away

struct NatsOwner {
  virtual ~NatsOwner() = default;
  virtual void nats_up() = 0;
  virtual void nats_message(std::span<const std::byte> payload) = 0;
  virtual void nats_down(const std::string& why, bool slow) = 0;
};

// One attempt, and the connection it leads to. Shared by the link, the thread that connects, and
// tasks on their way to the loop; the last one destroys the connection. Where nothing is said, a
// member belongs to the loop's thread.
class NatsSession final : public Watched, public std::enable_shared_from_this<NatsSession> {
 public:
  NatsSession(Loop& loop, NatsOwner& owner, const BrokerLinkOptions& options,
              std::shared_ptr<SocketBook> sockets, std::uint64_t attempt)
      : loop_(&loop),
        owner_(&owner),
        options_(options),
        sockets_(std::move(sockets)),
        attempt_(attempt) {}
  ~NatsSession() override;

  void connect();  // in the background; the answer comes to the owner
  void abandon();  // the owner hears nothing any more, and nothing goes through the socket
  bool publish(std::span<const std::byte> payload);
  void pause(bool yes);

 private:
  void readable() override;
  void writable() override { flush(); }
  void flush() override;

  std::string subscribe();
  bool post(std::function<void()> task);
  void connected(const std::string& why);
  void watch(natsConnection* connection, int descriptor);
  void forget();
  void want_write(bool yes);
  void block(bool yes);
  void deliver();
  void look_for_end();
  void lose(const std::string& why);
  static void kill(natsConnection* connection);
  bool on_loop() const { return std::this_thread::get_id() == loop_thread_; }

  // What the library calls, from the loop or from connect().
  static natsStatus on_attach(void** data, void* session, natsConnection* nc, natsSock socket);
  static natsStatus on_read(void* session, bool add);
  static natsStatus on_write(void* session, bool add);
  static natsStatus on_detach(void*) { return NATS_OK; }

  std::mutex mutex_;  // loop_, when it is not the loop that looks
  Loop* loop_;        // null: abandoned
  NatsOwner* owner_;  // null: abandoned
  const std::thread::id loop_thread_ = std::this_thread::get_id();
  const BrokerLinkOptions options_;
  const std::shared_ptr<SocketBook> sockets_;
  const std::uint64_t attempt_;
  natsConnection* connection_ = nullptr;      // of connect() until it has answered
  natsSubscription* subscription_ = nullptr;  // the same
  int socket_ = -1;                           // under the library's lock of the connection
  natsConnection* watched_ = nullptr;         // null: the socket is not watched
  int descriptor_ = -1;
  std::uint32_t slot_ = 0;
  bool up_ = false, paused_ = false;
  bool writing_ = false, blocked_ = false;  // there is something to write; the kernel is full
  bool behind_ = false;  // more was there to read than we took, the last time we looked
};

NatsSession::~NatsSession() {
  if (subscription_ != nullptr) natsSubscription_Destroy(subscription_);
  if (connection_ != nullptr) natsConnection_Destroy(connection_);
}

// ---- connecting, in the background -------------------------------------------------------------

void NatsSession::connect() {
  natsOptions* options = nullptr;
  natsOptions_Create(&options);
  const std::string url = fmt::format("nats://{}:{}", options_.address.host, options_.address.port);
  natsOptions_SetURL(options, url.c_str());
  natsOptions_SetName(options, options_.name.c_str());
  natsOptions_SetAllowReconnect(options, false);
  natsOptions_SetTimeout(options, kPatienceMs);
  natsOptions_SetIOBufSize(options, kReadBytes);
  natsOptions_SetSendAsap(options, true);   // no thread for flushing: the loop flushes
  natsOptions_SetPingInterval(options, 0);  // nor for asking whether the server is there
  const auto silent = [](natsConnection*, natsSubscription*, natsStatus, void*) {};
  natsOptions_SetErrorHandler(options, silent, nullptr);
  natsOptions_SetEventLoop(options, this, on_attach, on_read, on_write, on_detach);
  const natsStatus status = natsConnection_Connect(&connection_, options);
  natsOptions_Destroy(options);
  const std::string why = status == NATS_OK ? subscribe() : natsStatus_GetText(status);
  post([self = shared_from_this(), why] { self->connected(why); });
}

// When the server has answered what was sent after the subscription, it knows the subscription. The
// loop reads that answer while this thread waits.
std::string NatsSession::subscribe() {
  natsStatus status =
      natsConnection_SubscribeSync(&subscription_, connection_, options_.topic.c_str());
  if (status == NATS_OK) status = natsSubscription_SetPendingLimits(subscription_, -1, -1);
  if (status == NATS_OK) status = natsConnection_FlushTimeout(connection_, kPatienceMs);
  return status == NATS_OK ? "" : natsStatus_GetText(status);
}

bool NatsSession::post(std::function<void()> task) {
  const std::scoped_lock lock(mutex_);
  if (loop_ == nullptr) return false;
  loop_->post(std::move(task));
  return true;
}

void NatsSession::connected(const std::string& why) {
  if (owner_ == nullptr) return;
  if (!why.empty()) return lose(why);
  up_ = true;
  owner_->nats_up();
  deliver();
}

// ---- what the library calls --------------------------------------------------------------------

natsStatus NatsSession::on_attach(void** data, void* session, natsConnection* nc, natsSock socket) {
  auto* self = static_cast<NatsSession*>(session);
  *data = session;
  self->socket_ = socket;
  self->sockets_->add(socket, self->attempt_);
  const bool wanted =
      self->post([self = self->shared_from_this(), nc, socket] { self->watch(nc, socket); });
  if (wanted) return NATS_OK;
  self->sockets_->remove(socket);
  return NATS_ERR;
}

// Reading is only switched off, and that right before the library closes the socket.
natsStatus NatsSession::on_read(void* session, bool add) {
  auto* self = static_cast<NatsSession*>(session);
  if (add) return NATS_OK;
  self->sockets_->remove(self->socket_);
  if (self->on_loop()) self->forget();
  return NATS_OK;
}

natsStatus NatsSession::on_write(void* session, bool add) {
  auto* self = static_cast<NatsSession*>(session);
  if (self->on_loop()) {
    self->want_write(add);
  } else if (add) {
    self->post([self = self->shared_from_this()] { self->want_write(true); });
  }
  return NATS_OK;
}

// ---- the socket --------------------------------------------------------------------------------

void NatsSession::watch(natsConnection* connection, int descriptor) {
  if (owner_ == nullptr) return kill(connection);
  watched_ = connection;
  descriptor_ = descriptor;
  slot_ = loop_->watch(descriptor, *this);
  if (paused_) loop_->want(slot_, false, false);
}

void NatsSession::forget() {
  if (watched_ == nullptr) return;
  watched_ = nullptr;
  loop_->forget(slot_);
}

void NatsSession::want_write(bool yes) {
  writing_ = yes;
  if (yes && watched_ != nullptr && !blocked_) loop_->flush_later(slot_);
}

void NatsSession::flush() {
  const auto self = shared_from_this();
  if (watched_ == nullptr || !writing_) return;
  natsConnection_ProcessWriteEvent(watched_);
  if (watched_ == nullptr) return lose("the broker ended the connection");
  block(writing_);  // the library says on_write(false) when all is written
}

void NatsSession::block(bool yes) {
  if (blocked_ == yes) return;
  blocked_ = yes;
  loop_->want(slot_, !paused_, blocked_);
}

void NatsSession::readable() {
  const auto self = shared_from_this();
  natsConnection_ProcessReadEvent(watched_);
  deliver();
  look_for_end();
}

void NatsSession::look_for_end() {
  if (owner_ == nullptr) return;
  if (watched_ == nullptr) return lose("the broker ended the connection");
  char byte = 0;
  const ssize_t more = ::recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  behind_ = more >= 0 || errno != EAGAIN;
}

// ---- messages ----------------------------------------------------------------------------------

void NatsSession::deliver() {
  const auto self = shared_from_this();
  std::uint64_t waiting = 0;
  while (up_ && !paused_ && natsSubscription_QueuedMsgs(subscription_, &waiting) == NATS_OK &&
         waiting > 0) {
    natsMsg* message = nullptr;
    if (natsSubscription_NextMsg(&message, subscription_, 0) != NATS_OK) return;
    const auto* data = reinterpret_cast<const std::byte*>(natsMsg_GetData(message));
    owner_->nats_message({data, static_cast<std::size_t>(natsMsg_GetDataLength(message))});
    natsMsg_Destroy(message);
  }
}

bool NatsSession::publish(std::span<const std::byte> payload) {
  return up_ && watched_ != nullptr &&
         natsConnection_Publish(connection_, options_.topic.c_str(), payload.data(),
                                static_cast<int>(payload.size())) == NATS_OK;
}

void NatsSession::pause(bool yes) {
  if (paused_ == yes) return;
  paused_ = yes;
  behind_ = behind_ || yes;
  if (watched_ == nullptr) return;
  loop_->want(slot_, !paused_, blocked_);
  if (!yes) post([self = shared_from_this()] { self->deliver(); });
}

// ---- the end -----------------------------------------------------------------------------------

// The server does not say why it goes. Who was behind has probably been cut for that.
void NatsSession::lose(const std::string& why) {
  if (owner_ == nullptr) return;
  NatsOwner& owner = *owner_;
  const bool slow = up_ && behind_;
  abandon();
  owner.nats_down(options_.address.text() + ": " + why, slow);
}

void NatsSession::abandon() {
  owner_ = nullptr;
  up_ = false;
  natsConnection* const connection = watched_;
  forget();
  sockets_->shut(attempt_);
  if (connection != nullptr) kill(connection);
  const std::scoped_lock lock(mutex_);
  loop_ = nullptr;
}

// The socket is shut already: the library reads to its end and closes it. Its own way to close
// would wait until the server has taken what is written.
void NatsSession::kill(natsConnection* connection) {
  for (int i = 0; i < kReadsAtEnd && !natsConnection_IsClosed(connection); ++i) {
    natsConnection_ProcessReadEvent(connection);
  }
}

// ---- the link ----------------------------------------------------------------------------------

class NatsLink final : public BrokerLink, private NatsOwner {
 public:
  NatsLink(Loop& loop, const BrokerLinkOptions& options, Listener& listener)
      : loop_(loop), options_(options), listener_(listener) {
    nats_Open(-1);  // here, so that the library outlives the threads in the background
  }
  ~NatsLink() override { close(); }

  void open() override {
    close();
    NatsOwner& owner = *this;
    session_ = std::make_shared<NatsSession>(loop_, owner, options_, sockets_, ++attempt_);
    session_->pause(paused_);
    run_in_background([session = session_] { session->connect(); });
  }
  void close() override {
    if (session_ != nullptr) session_->abandon();
    session_.reset();
  }
  bool publish(std::span<const std::byte> payload) override {
    return session_ != nullptr && session_->publish(payload);
  }
  void pause(bool yes) override {
    paused_ = yes;
    if (session_ != nullptr) session_->pause(yes);
  }
  Traffic traffic() const override { return sockets_->traffic(); }

 private:
  void nats_up() override { listener_.link_up(); }
  void nats_message(std::span<const std::byte> payload) override {
    listener_.link_message(payload);
  }
  void nats_down(const std::string& why, bool slow) override {
    session_.reset();
    listener_.link_down(why, slow);
  }

  Loop& loop_;
  const BrokerLinkOptions options_;
  Listener& listener_;
  std::shared_ptr<SocketBook> sockets_ = std::make_shared<SocketBook>();
  std::shared_ptr<NatsSession> session_;  // null: not open
  std::uint64_t attempt_ = 0;
  bool paused_ = false;
};

}  // namespace

std::string_view nats_link_meaning() { return "NATS: one subject, at most once"; }

std::unique_ptr<BrokerLink> make_nats_link(Loop& loop, const BrokerLinkOptions& options,
                                           BrokerLink::Listener& listener) {
  return std::make_unique<NatsLink>(loop, options, listener);
}

}  // namespace squall::live
