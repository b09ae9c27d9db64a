// Keys and streams in sorted maps. See embedded_broker_store.hpp.
// An entry of a stream is encoded once, when it is added; a reply strings encoded entries together.
#include "sim/live/resp/embedded_broker_store.hpp"

#include <algorithm>
#include <charconv>

namespace squall::live {
namespace {

bool parse_number(std::string_view text, std::uint64_t& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string StreamId::text() const { return std::to_string(ms) + "-" + std::to_string(sequence); }

std::optional<StreamId> StreamId::parse(std::string_view text) {
  const std::size_t dash = text.find('-');
  StreamId id;
  if (!parse_number(text.substr(0, dash), id.ms)) return std::nullopt;
  if (dash != text.npos && !parse_number(text.substr(dash + 1), id.sequence)) return std::nullopt;
  return id;
}

// ---- what a replica may lack -------------------------------------------------------------------

void BrokerStore::about_to_change(Time now, std::string_view key) {
  if (remembers_ == Duration{0}) return;
  while (!before_.empty() && before_.front().at + remembers_ <= now) before_.pop_front();
  const auto entry = keys_.find(key);
  const auto hash = hashes_.find(key);
  before_.push_back({now, std::string(key), {}, {}});
  if (entry != keys_.end()) before_.back().entry = entry->second;
  if (hash != hashes_.end()) before_.back().hash = hash->second;
}

void BrokerStore::fall_behind(Time now, Duration lag) {
  for (; !before_.empty() && before_.back().at + lag > now; before_.pop_back()) {
    Before& then = before_.back();
    keys_.erase(then.key);
    hashes_.erase(then.key);
    if (then.entry) keys_.emplace(then.key, *std::move(then.entry));
    if (then.hash) hashes_.emplace(then.key, *std::move(then.hash));
  }
}

// ---- keys --------------------------------------------------------------------------------------

void BrokerStore::set(Time now, std::string_view key, std::string_view value, Time expires) {
  about_to_change(now, key);
  const auto found = keys_.find(key);
  if (found == keys_.end()) {
    keys_.emplace(std::string(key), Entry{std::string(value), expires});
    return;
  }
  found->second.value = value;
  found->second.expires = expires;
}

const std::string* BrokerStore::get(Time now, std::string_view key) {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return nullptr;
  if (found->second.expires > now) return &found->second.value;
  keys_.erase(found);
  return nullptr;
}

bool BrokerStore::remove(Time now, std::string_view key) {
  const bool was_there = get(now, key) != nullptr;
  if (was_there) about_to_change(now, key);
  if (was_there) keys_.erase(keys_.find(key));
  const auto stream = streams_.find(key);
  if (stream == streams_.end()) return was_there;
  streams_.erase(stream);
  return true;
}

bool BrokerStore::keep_until(Time now, std::string_view key, Time expires) {
  if (get(now, key) != nullptr) {
    about_to_change(now, key);
    keys_.find(key)->second.expires = expires;
    return true;
  }
  return streams_.contains(key);
}

std::size_t BrokerStore::size(Time now) {
  std::erase_if(keys_, [now](const auto& entry) { return entry.second.expires <= now; });
  std::erase_if(hashes_, [now](const auto& hash) {
    return hash.second.expires <= now || hash.second.fields.empty();
  });
  return keys_.size() + hashes_.size() + streams_.size();
}

// ---- hashes ------------------------------------------------------------------------------------

BrokerStore::Fields& BrokerStore::fields(Time now, std::string_view key) {
  about_to_change(now, key);
  const auto found = hashes_.find(key);
  if (found != hashes_.end() && found->second.expires <= now) hashes_.erase(found);
  return hashes_[std::string(key)].fields;
}

void BrokerStore::keep_fields_until(std::string_view key, Time expires) {
  const auto found = hashes_.find(key);
  if (found != hashes_.end()) found->second.expires = expires;
}

// ---- streams -----------------------------------------------------------------------------------

StreamId BrokerStore::append(std::string_view key, std::uint64_t wall_ms,
                             std::span<const RespValue> fields, std::size_t most) {
  auto found = streams_.find(key);
  if (found == streams_.end()) found = streams_.emplace(std::string(key), Stream{}).first;
  Stream& stream = found->second;
  // The wall clock may stand still or go back; the order of a stream may not.
  StreamId id{wall_ms, 0};
  if (id <= stream.last) id = {stream.last.ms, stream.last.sequence + 1};
  stream.last = id;

  std::string encoded;
  write_array(encoded, 2);
  write_bulk(encoded, id.text());
  write_array(encoded, fields.size());
  for (const RespValue& field : fields) write_bulk(encoded, field.text);
  stream.records.push_back({id, std::move(encoded)});
  while (stream.records.size() > most) stream.records.pop_front();
  return id;
}

std::size_t BrokerStore::length(std::string_view key) const {
  const auto stream = streams_.find(key);
  return stream == streams_.end() ? 0 : stream->second.records.size();
}

StreamId BrokerStore::last(std::string_view key) const {
  const auto stream = streams_.find(key);
  return stream == streams_.end() ? StreamId{} : stream->second.last;
}

bool BrokerStore::write_after(std::string& out, std::string_view key, StreamId after,
                              std::size_t most) const {
  const auto stream = streams_.find(key);
  if (stream == streams_.end()) return false;
  const std::deque<Record>& records = stream->second.records;
  const auto first =
      std::upper_bound(records.begin(), records.end(), after,
                       [](const StreamId& id, const Record& record) { return id < record.id; });
  const std::size_t count = std::min(most, static_cast<std::size_t>(records.end() - first));
  if (count == 0) return false;
  write_array(out, count);
  for (std::size_t i = 0; i < count; ++i) out += (first + static_cast<std::ptrdiff_t>(i))->encoded;
  return true;
}

void BrokerStore::write_youngest(std::string& out, std::string_view key, std::size_t most) const {
  const auto stream = streams_.find(key);
  const std::size_t count = std::min(most, length(key));
  write_array(out, count);
  for (std::size_t i = 0; i < count; ++i)
    out += stream->second.records.rbegin()[static_cast<std::ptrdiff_t>(i)].encoded;
}

}  // namespace squall::live
