// The language of servers of others: a dialect, with the names that this run gives its things.
//
// Rooms, users and messages carry the run's name, so that nobody else on the same servers is taken
// for one of ours, and nothing of an earlier run either.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/live/attach/attach.hpp"
#include "sim/live/cluster.hpp"
#include "sim/live/speech/speech.hpp"

namespace squall::live {

class ForeignLanguage final : public Language {
 public:
  ForeignLanguage(const Cluster& cluster, const AttachOptions& attached);

  ConnectRequest request(EndpointId endpoint, ConnectionId connection, NodeId node) const override;
  std::unique_ptr<Speech> speech(EndpointId endpoint) const override;
  void turned_away(const std::string& why) const override { refused(why); }

  // ---- names; numbers of what is not ours are empty ----
  std::string user(EndpointId endpoint) const;
  std::string room(RoomId room) const;
  std::string message(MessageId id) const;
  std::optional<std::uint32_t> room_of(std::string_view name) const;
  // Of a message that this user of ours was to say.
  std::optional<std::uint32_t> message_of(std::string_view name, std::string_view sender) const;

  // Where a user is seated: its rooms, and one of its own when somebody writes to it.
  bool addressed(EndpointId endpoint) const { return addressed_.contains(endpoint); }

  void refused(const std::string& what) const;  // the server's words, for the reader
  std::vector<std::string> refusals() const;
  const Cluster& cluster() const { return cluster_; }

 private:
  DialectUser as_user(EndpointId endpoint) const;
  const AttachTarget& target(NodeId node) const;
  const Credentials& credentials(EndpointId endpoint) const;

  const Cluster& cluster_;
  const AttachOptions& attached_;
  std::set<EndpointId> addressed_;
  mutable std::vector<DialectMemory> memories_;  // by user, each on the thread of its loop
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::uint64_t> refusals_;
};

}  // namespace squall::live
