// Sessions that read, topics that are handed out, readers that wait: embedded_broker_server.hpp.
// What a command does is in embedded_broker_commands.cpp.
#include "sim/live/resp/embedded_broker_server.hpp"

#include <algorithm>
#include <utility>

namespace squall::live {
namespace {

constexpr std::size_t kUnknownBytes = 16384;  // of a command of theirs; as in Redis
constexpr std::size_t kUnknown = 256;         // connections without the password
constexpr Duration kPasswordPatience = std::chrono::seconds{10};
constexpr std::size_t kBatch = 16384;  // bytes of one topic in one frame, about
constexpr std::array<std::string_view, 2> kMessageWord{"message", "smessage"};

void add(Traffic& sum, const Traffic& more) {
  sum.sent += more.sent;
  sum.received += more.received;
  sum.segments_sent += more.segments_sent;
  sum.segments_received += more.segments_received;
}

}  // namespace

// ---- a session ---------------------------------------------------------------------------------

BrokerSession::BrokerSession(BrokerServer& server, Loop& loop, int descriptor, std::uint64_t id)
    : server_(server),
      channel_(loop, descriptor, *this),
      id_(id),
      known_(server.options().password.empty()) {}

std::size_t BrokerSession::on_bytes(std::span<const std::byte> bytes) {
  std::size_t understood = 0;
  reading_ = true;
  do {
    again_ = false;
    understood += work(bytes.subspan(understood));
    finish_read();
  } while (again_);
  reading_ = false;
  if (!known_ && channel_.open() && bytes.size() - understood > kUnknownBytes) {
    server_.turn_away(*this);
  }
  return understood;
}

// Runs the commands in `bytes`; returns how many bytes they were.
std::size_t BrokerSession::work(std::span<const std::byte> bytes) {
  std::size_t done = 0;
  while (!wait_ && !quitting_ && done < bytes.size() && channel_.open()) {
    const RespRead read = reader_.read(bytes.subspan(done));
    if (read.state == RespRead::State::incomplete) break;
    if (read.state == RespRead::State::broken) {
      write_error(reply_, "ERR " + std::string(read.error));
      quitting_ = true;
      break;
    }
    done += read.consumed;
    server_.run(*this, reader_.value().items);
  }
  return done;
}

void BrokerSession::finish_read() {
  server_.end_read();
  if (!reply_.empty()) channel_.send(make_frame(std::exchange(reply_, {})));
  if (!quitting_ || !channel_.open()) return;
  channel_.close();
  server_.retire(*this);
}

void BrokerSession::end_wait(const FramePtr& answer) {
  wait_.reset();
  channel_.send(answer);
  if (reading_) {
    again_ = true;
  } else {
    channel_.offer_again();
  }
}

void BrokerSession::on_end(Channel::End) { server_.retire(*this); }

bool BrokerSession::push(const FramePtr& frame) {
  channel_.send(frame);
  return within_limits();
}

bool BrokerSession::within_limits() {
  const EmbeddedBrokerOptions& limits = server_.options();
  const Bytes queued = channel_.queued();
  if (limits.output_hard > 0 && queued > limits.output_hard) return false;
  if (limits.output_soft == 0 || queued <= limits.output_soft) {
    over_soft_since_.reset();
    return true;
  }
  const Time now = server_.loop().now();
  if (over_soft_since_) return now - *over_soft_since_ <= limits.output_soft_for;
  over_soft_since_ = now;
  server_.loop().at(now + limits.output_soft_for + std::chrono::milliseconds{1},
                    [server = &server_, id = id_] { server->check_soft_limit(id); });
  return true;
}

// ---- the server: sessions ----------------------------------------------------------------------

void BrokerServer::accept(int descriptor) {
  const std::uint64_t id = ++sessions_made_;
  sessions_.emplace(id, std::make_unique<BrokerSession>(*this, loop_, descriptor, id));
  if (options_.password.empty()) return;
  unknown_.push_back(id);
  if (unknown_.size() > kUnknown) turn_away_unknown(unknown_.front());
  loop_.at(loop_.now() + kPasswordPatience, [this, id] { turn_away_unknown(id); });
}

// Whoever has not said the password by now, or in the crowd, is none of ours.
void BrokerServer::turn_away_unknown(std::uint64_t id) {
  while (!unknown_.empty() && unknown_.front() <= id) unknown_.pop_front();
  const auto found = sessions_.find(id);
  if (found != sessions_.end() && !found->second->known()) turn_away(*found->second);
}

void BrokerServer::turn_away(BrokerSession& session) {
  ++strangers_;
  session.reset();
  retire(session);
}

void BrokerServer::reset_all() {
  for (const auto& [id, session] : sessions_) session->reset();
  while (!sessions_.empty()) retire(*sessions_.begin()->second);
  for (Topics& topics : topics_) topics.clear();
  batched_.clear();
  grown_.clear();
  if (!options_.keeps_keys) store_ = {};
  gone_ = {};
}

void BrokerServer::retire(BrokerSession& session) {
  const auto found = sessions_.find(session.id());
  if (found == sessions_.end()) return;
  for (const TopicKind kind : {TopicKind::plain, TopicKind::sharded}) {
    while (!session.topics(kind).empty()) {
      unsubscribe(session, kind, std::string(*session.topics(kind).begin()));
    }
  }
  std::erase(waiting_, &session);
  add(gone_, session.traffic());
  // Its own code may be running.
  loop_.retire(std::move(found->second));
  sessions_.erase(found);
}

void BrokerServer::check_soft_limit(std::uint64_t session_id) {
  const auto found = sessions_.find(session_id);
  if (found == sessions_.end() || found->second->within_limits()) return;
  found->second->reset();
  retire(*found->second);
}

Traffic BrokerServer::traffic() const {
  Traffic sum = gone_;
  for (const auto& [id, session] : sessions_) add(sum, session->traffic());
  return sum;
}

void BrokerServer::end_read() {
  hand_out_all();
  serve_waiting();
}

// ---- the server: topics ------------------------------------------------------------------------

bool BrokerServer::subscribe(BrokerSession& session, TopicKind kind, std::string_view topic) {
  hand_out_all();  // what was published before is not for it
  const auto [name, is_new] = session.topics(kind).emplace(topic);
  if (is_new) topics_[static_cast<std::size_t>(kind)][*name].subscribers.push_back(&session);
  return is_new;
}

bool BrokerServer::unsubscribe(BrokerSession& session, TopicKind kind, std::string_view topic) {
  const auto name = session.topics(kind).find(topic);
  if (name == session.topics(kind).end()) return false;
  session.topics(kind).erase(name);
  hand_out_all();
  Topics& topics = topics_[static_cast<std::size_t>(kind)];
  const auto found = topics.find(topic);
  if (found == topics.end()) return true;
  std::erase(found->second.subscribers, &session);
  if (found->second.subscribers.empty()) topics.erase(found);
  return true;
}

std::size_t BrokerServer::publish(TopicKind kind, std::string_view name, std::string_view payload) {
  Topics& topics = topics_[static_cast<std::size_t>(kind)];
  const auto found = topics.find(name);
  if (found == topics.end()) return 0;
  Topic& topic = found->second;
  std::string message;
  std::string& said = options_.shared_group ? message : topic.batch;
  if (said.empty() && !options_.shared_group) batched_.push_back(&topic);
  write_array(said, 3);
  write_bulk(said, kMessageWord[static_cast<std::size_t>(kind)]);
  write_bulk(said, name);
  write_bulk(said, payload);
  if (options_.shared_group) {
    hand_to_one(topic, std::move(message));
    return 1;
  }
  const std::size_t receivers = topic.subscribers.size();
  if (topic.batch.size() >= kBatch) {
    std::erase(batched_, &topic);
    hand_out(topic);
  }
  return receivers;
}

// Who is cut meanwhile may take topics away, after handing out what is left: so one at a time.
void BrokerServer::hand_out_all() {
  while (!batched_.empty()) {
    Topic& topic = *batched_.front();
    batched_.erase(batched_.begin());
    hand_out(topic);
  }
}

// The topic itself may go away with the session that is cut.
void BrokerServer::hand_to_one(Topic& topic, std::string message) {
  BrokerSession* const one = topic.subscribers[topic.turn++ % topic.subscribers.size()];
  if (one->push(make_frame(std::move(message)))) return;
  one->reset();
  retire(*one);
}

// The topic itself may go away with the last session that is cut: that comes last.
void BrokerServer::hand_out(Topic& topic) {
  const FramePtr frame = make_frame(std::exchange(topic.batch, {}));
  std::vector<BrokerSession*> cut;
  for (BrokerSession* session : topic.subscribers) {
    if (!session->push(frame)) cut.push_back(session);
  }
  for (BrokerSession* session : cut) {
    session->reset();
    retire(*session);
  }
}

// ---- the server: waiting readers of streams ----------------------------------------------------

void BrokerServer::wait_for_stream(BrokerSession& session, StreamWait wait, Time deadline) {
  wait.number = ++waits_made_;
  waiting_.push_back(&session);
  if (deadline != kNever) {
    loop_.at(deadline,
             [this, id = session.id(), number = wait.number] { end_wait_at(id, number); });
  }
  session.wait() = std::move(wait);
}

void BrokerServer::end_wait_at(std::uint64_t session_id, std::uint64_t wait_number) {
  const auto found = sessions_.find(session_id);
  if (found == sessions_.end()) return;
  BrokerSession& session = *found->second;
  if (!session.wait() || session.wait()->number != wait_number) return;
  std::erase(waiting_, &session);
  std::string nothing;
  write_nil_array(nothing);
  session.end_wait(make_frame(std::move(nothing)));
}

// Readers at the same place get the same frame.
void BrokerServer::serve_waiting() {
  if (grown_.empty()) return;
  const auto grown = std::exchange(grown_, {});
  const auto is_idle = [&](BrokerSession* session) {
    return !grown.contains(session->wait()->key);
  };
  const auto first = std::stable_partition(waiting_.begin(), waiting_.end(), is_idle);
  const std::vector<BrokerSession*> ready(first, waiting_.end());
  waiting_.erase(first, waiting_.end());

  StreamWait last;
  FramePtr frame;
  for (BrokerSession* session : ready) {
    const StreamWait wait = *session->wait();
    if (!frame || wait.key != last.key || wait.after != last.after || wait.most != last.most) {
      std::string answer;
      write_array(answer, 1);
      write_array(answer, 2);
      write_bulk(answer, wait.key);
      if (!store_.write_after(answer, wait.key, wait.after, wait.most)) {
        waiting_.push_back(session);
        continue;
      }
      frame = make_frame(std::move(answer));
      last = wait;
    }
    session->end_wait(frame);
  }
}

}  // namespace squall::live
