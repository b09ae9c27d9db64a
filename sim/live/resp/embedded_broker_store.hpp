// What the embedded broker keeps: keys with a time to live, hashes likewise, and streams.
//
// Plain data: time is told, nothing is sent. Expired keys go when they are looked at. One instance
// per life of the broker; all calls come from its loop.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/live/resp/resp.hpp"
#include "strategies/core/types.hpp"

namespace squall::live {

// Milliseconds of the wall clock and a number within them, as Redis has it.
struct StreamId {
  std::uint64_t ms = 0, sequence = 0;

  auto operator<=>(const StreamId&) const = default;
  std::string text() const;                                     // "1700000000000-0"
  static std::optional<StreamId> parse(std::string_view text);  // "-0" may be missing
};

class BrokerStore {
 public:
  // A replica that may take its place can be so far behind: keys and hashes are remembered as they
  // were, for so long.
  void remember(Duration lag) { remembers_ = lag; }
  // It takes its place: what was written in the last `lag` is as it was before.
  void fall_behind(Time now, Duration lag);

  // ---- keys ----
  void set(Time now, std::string_view key, std::string_view value,
           Time expires);                                  // kNever: stays
  const std::string* get(Time now, std::string_view key);  // nullptr: none; until the next call
  bool remove(Time now, std::string_view key);             // also a stream
  bool keep_until(Time now, std::string_view key, Time expires);  // false: there is no such thing
  std::size_t size(Time now);                                     // keys, hashes and streams

  // ---- hashes: nothing but fields and values ----
  using Fields = std::map<std::string, std::string, std::less<>>;
  Fields& fields(Time now, std::string_view key);  // empty where there is none; until the next call
  void keep_fields_until(std::string_view key, Time expires);  // what has fields

  // ---- streams ----
  static constexpr std::size_t kUnbounded = SIZE_MAX;
  // `fields`: names and values in turn. Keeps the `most` youngest entries.
  StreamId append(std::string_view key, std::uint64_t wall_ms, std::span<const RespValue> fields,
                  std::size_t most);
  std::size_t length(std::string_view key) const;
  StreamId last(std::string_view key) const;  // of the youngest entry; zero when there is none
  // Writes the entries after `after`, oldest first, at most `most`, as a RESP array. False, and
  // nothing is written: there are none.
  bool write_after(std::string& out, std::string_view key, StreamId after, std::size_t most) const;
  void write_youngest(std::string& out, std::string_view key, std::size_t most) const;

 private:
  struct Entry {
    std::string value;
    Time expires;
  };
  struct Record {
    StreamId id;
    std::string encoded;  // as it stands in a reply
  };
  struct Stream {
    std::deque<Record> records;
    StreamId last;
  };

  struct Hash {
    Fields fields;
    Time expires = kNever;
  };

  struct Before {  // of something that was about to change
    Time at;
    std::string key;
    std::optional<Entry> entry;
    std::optional<Hash> hash;
  };
  void about_to_change(Time now, std::string_view key);

  Duration remembers_{0};
  std::deque<Before> before_;
  std::map<std::string, Entry, std::less<>> keys_;
  std::map<std::string, Hash, std::less<>> hashes_;
  std::map<std::string, Stream, std::less<>> streams_;
};

}  // namespace squall::live
