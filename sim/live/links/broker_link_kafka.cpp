// Kafka through librdkafka: everything goes through partition 0 of one topic, because order is only
// kept inside a partition. Nodes read it without a group: a group would take seconds to join, and
// would give each message to one node only.
//
// Kafka keeps messages, so a link that comes back goes on where it was. librdkafka would reconnect
// by itself for ever; here the first complaint ends the session, and the node decides what is next.
#include <fmt/core.h>
#include <librdkafka/rdkafka.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include "sim/live/links/broker_link_libraries.hpp"
#include "sim/live/links/threaded_link.hpp"

namespace squall::live {
namespace {

constexpr std::int32_t kPartition = 0;
constexpr int kStepMs = 100;  // until an attempt looks whether it failed already
constexpr int kPollMs = 20;   // until a reader without messages looks around

struct Setting {
  const char* name;
  const char* value;
};

// For both clients; then for one of them. Fast rather than thrifty.
constexpr std::array kCommon{
    Setting{"broker.address.family", "v4"},
    Setting{"socket.nagle.disable", "true"},
    Setting{"message.max.bytes", "4194304"},  // a message of 1 MiB and what is around it
    Setting{"allow.auto.create.topics", "true"},
};
constexpr std::array kConsumer{
    Setting{"fetch.wait.max.ms", "5"}, Setting{"fetch.error.backoff.ms", "5"},
    Setting{"queued.max.messages.kbytes", "1024"},  // a paused reader leaves the rest in the broker
    Setting{"auto.offset.reset", "earliest"},       // when the broker has thrown away our place
};
constexpr std::array kProducer{
    Setting{"linger.ms", "0"}, Setting{"request.required.acks", "1"},
    Setting{"message.send.max.retries", "0"},  // a repeat would come out of order
};

// Kafka allows letters, digits, '.', '_' and '-' in the name of a topic.
std::string topic_name(std::string text) {
  std::replace(text.begin(), text.end(), ':', '.');
  return text;
}

// ---- the session -------------------------------------------------------------------------------

class KafkaSession final : public LinkSession {
 public:
  KafkaSession(const BrokerLinkOptions& options, SessionPlace place)
      : options_(options), place_(std::move(place)), topic_(topic_name(options.topic)) {}

  void run(LinkMail& mail) override;
  bool publish(std::span<const std::byte> payload) override;

 private:
  // A client and its handle of the topic.
  struct Client {
    rd_kafka_t* handle = nullptr;
    rd_kafka_topic_t* topic = nullptr;
  };

  std::string make(Client& client, rd_kafka_type_t type, std::span<const Setting> settings);
  std::string connect(const LinkMail& mail);
  std::string await_topic(const LinkMail& mail);
  std::string find_end(const LinkMail& mail);
  std::string read(LinkMail& mail);
  void destroy();
  template <class Try>
  std::string until(const LinkMail& mail, Try attempt);
  void look_around();

  static int open_socket(int domain, int type, int protocol, void* session);
  static int close_socket(int descriptor, void* session);
  static void on_error(rd_kafka_t* client, int error, const char* reason, void* session);

  const BrokerLinkOptions options_;
  const SessionPlace place_;
  const std::string topic_;
  std::int64_t position_ = -1;
  std::string lost_;  // why the broker cannot be reached; on the thread of run()
  std::mutex mutex_;  // the producer, between publish() and its end
  Client producer_, consumer_;
};

void KafkaSession::run(LinkMail& mail) {
  std::string why = connect(mail);
  if (why.empty()) {
    mail.up(position_);
    why = read(mail);
  }
  mail.down(options_.address.text() + ": " + why);
  destroy();
}

// ---- connecting --------------------------------------------------------------------------------

std::string KafkaSession::make(Client& client, rd_kafka_type_t type,
                               std::span<const Setting> settings) {
  std::array<char, 256> reason{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  bool good = true;
  const auto set = [&](const char* name, const char* value) {
    good = good &&
           rd_kafka_conf_set(conf, name, value, reason.data(), reason.size()) == RD_KAFKA_CONF_OK;
  };
  const std::string servers = fmt::format("{}:{}", options_.address.host, options_.address.port);
  set("bootstrap.servers", servers.c_str());
  set("client.id", options_.name.c_str());
  for (const Setting& setting : kCommon) set(setting.name, setting.value);
  for (const Setting& setting : settings) set(setting.name, setting.value);
  rd_kafka_conf_set_opaque(conf, this);
  rd_kafka_conf_set_socket_cb(conf, &KafkaSession::open_socket);
  rd_kafka_conf_set_closesocket_cb(conf, &KafkaSession::close_socket);
  rd_kafka_conf_set_error_cb(conf, &KafkaSession::on_error);
  rd_kafka_conf_set_log_cb(conf, nullptr);
  if (good) client.handle = rd_kafka_new(type, conf, reason.data(), reason.size());
  if (client.handle == nullptr) {
    rd_kafka_conf_destroy(conf);
    return reason.data();
  }
  client.topic = rd_kafka_topic_new(client.handle, topic_.c_str(), nullptr);
  return "";
}

std::string KafkaSession::connect(const LinkMail& mail) {
  std::string why = make(producer_, RD_KAFKA_PRODUCER, kProducer);
  if (why.empty()) why = make(consumer_, RD_KAFKA_CONSUMER, kConsumer);
  if (why.empty()) why = await_topic(mail);
  if (why.empty() && place_.position < 0) why = find_end(mail);
  if (!why.empty()) return why;
  position_ = std::max(position_, place_.position);
  const int failed = rd_kafka_consume_start(consumer_.topic, kPartition, position_);
  return failed == 0 ? "" : rd_kafka_err2str(rd_kafka_last_error());
}

// Tries until it works, the broker is lost, or patience ends. `attempt` waits at most kStepMs.
template <class Try>
std::string KafkaSession::until(const LinkMail& mail, Try attempt) {
  const auto deadline = std::chrono::steady_clock::now() + kLinkPatience;
  rd_kafka_resp_err_t last = RD_KAFKA_RESP_ERR_NO_ERROR;
  while (mail.wanted() && std::chrono::steady_clock::now() < deadline) {
    last = attempt();
    if (last == RD_KAFKA_RESP_ERR_NO_ERROR) return "";
    look_around();
    if (!lost_.empty()) return lost_;
  }
  return rd_kafka_err2str(last);
}

// Asking for a topic creates it where the broker does so, which takes a moment.
std::string KafkaSession::await_topic(const LinkMail& mail) {
  return until(mail, [&] {
    const rd_kafka_metadata_t* metadata = nullptr;
    rd_kafka_resp_err_t result =
        rd_kafka_metadata(producer_.handle, 0, producer_.topic, &metadata, kStepMs);
    if (result != RD_KAFKA_RESP_ERR_NO_ERROR) return result;
    const rd_kafka_metadata_topic_t& topic = metadata->topics[0];
    result = topic.err;
    if (result == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt == 0) {
      result = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    }
    rd_kafka_metadata_destroy(metadata);
    return result;
  });
}

// The place is fixed before anybody is told that the link is up: what is published from then on
// comes after it.
std::string KafkaSession::find_end(const LinkMail& mail) {
  return until(mail, [&] {
    std::int64_t first = 0;
    return rd_kafka_query_watermark_offsets(consumer_.handle, topic_.c_str(), kPartition, &first,
                                            &position_, kStepMs);
  });
}

// ---- connected ---------------------------------------------------------------------------------

std::string KafkaSession::read(LinkMail& mail) {
  while (mail.wanted() && lost_.empty()) {
    look_around();
    if (mail.full()) {
      rd_kafka_poll(consumer_.handle, kPollMs);
      continue;
    }
    rd_kafka_message_t* message = rd_kafka_consume(consumer_.topic, kPartition, kPollMs);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      mail.message({static_cast<const std::byte*>(message->payload), message->len},
                   message->offset + 1);
    }
    rd_kafka_message_destroy(message);
  }
  return lost_.empty() ? "closed" : lost_;
}

bool KafkaSession::publish(std::span<const std::byte> payload) {
  const std::scoped_lock lock(mutex_);
  if (producer_.topic == nullptr) return false;
  return rd_kafka_produce(producer_.topic, kPartition, RD_KAFKA_MSG_F_COPY,
                          const_cast<std::byte*>(payload.data()), payload.size(), nullptr, 0,
                          nullptr) == 0;
}

// Hears complaints.
void KafkaSession::look_around() {
  rd_kafka_poll(producer_.handle, 0);
  rd_kafka_poll(consumer_.handle, 0);
}

// Waits for the library's threads.
void KafkaSession::destroy() {
  Client ended;
  {
    const std::scoped_lock lock(mutex_);
    std::swap(ended, producer_);
  }
  for (const Client& client : {ended, consumer_}) {
    if (client.topic != nullptr) rd_kafka_topic_destroy(client.topic);
    if (client.handle != nullptr) rd_kafka_destroy(client.handle);
  }
}

// ---- what the library calls --------------------------------------------------------------------

int KafkaSession::open_socket(int domain, int type, int protocol, void* session) {
  const int descriptor = ::socket(domain, type | SOCK_CLOEXEC, protocol);
  const SessionPlace& place = static_cast<KafkaSession*>(session)->place_;
  if (descriptor >= 0) place.sockets->add(descriptor, place.attempt);
  return descriptor;
}

int KafkaSession::close_socket(int descriptor, void* session) {
  static_cast<KafkaSession*>(session)->place_.sockets->remove(descriptor);
  return ::close(descriptor);
}

void KafkaSession::on_error(rd_kafka_t*, int error, const char* reason, void* session) {
  // One broker of several may be down; a link is lost with the last one.
  if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && error != RD_KAFKA_RESP_ERR__FATAL) return;
  static_cast<KafkaSession*>(session)->lost_ = reason;
}

}  // namespace

std::string_view kafka_link_meaning() {
  return "Kafka: one partition of one topic, read by every node without a group";
}

// Best effort: a broker that forbids it keeps an empty topic.
void forget_kafka_topic(const BrokerLinkOptions& options) {
  std::array<char, 256> reason{};
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const std::string servers = fmt::format("{}:{}", options.address.host, options.address.port);
  rd_kafka_conf_set(conf, "bootstrap.servers", servers.c_str(), reason.data(), reason.size());
  rd_kafka_conf_set(conf, "broker.address.family", "v4", reason.data(), reason.size());
  rd_kafka_conf_set_log_cb(conf, nullptr);
  rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size());
  if (client == nullptr) return rd_kafka_conf_destroy(conf);
  rd_kafka_queue_t* const answers = rd_kafka_queue_new(client);
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(topic_name(options.topic).c_str());
  rd_kafka_DeleteTopics(client, &topic, 1, nullptr, answers);
  constexpr int kPatienceMs = kLinkPatience / std::chrono::milliseconds{1};
  if (rd_kafka_event_t* const answer = rd_kafka_queue_poll(answers, kPatienceMs)) {
    rd_kafka_event_destroy(answer);
  }
  rd_kafka_DeleteTopic_destroy(topic);
  rd_kafka_queue_destroy(answers);
  rd_kafka_destroy(client);
}

std::unique_ptr<BrokerLink> make_kafka_link(Loop& loop, const BrokerLinkOptions& options,
                                            BrokerLink::Listener& listener) {
  return std::make_unique<ThreadedLink>(loop, listener, [options](const SessionPlace& place) {
    return std::make_shared<KafkaSession>(options, place);
  });
}

}  // namespace squall::live
