// People, rooms, traffic, then the words. See scenario_of.hpp.
// A distribution is written by the language's own grammar, so that it reads back as it was fitted.
#include "sim/cli/fit/scenario_of.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"
#include "scenarios/model/grammar.hpp"
#include "sim/cli/fit/rooms_fit.hpp"
#include "sim/cli/fit/sample.hpp"

namespace squall::fit {
namespace {

using Json = nlohmann::ordered_json;
using language::OfWhat;

constexpr double kSecond = 1e9;
constexpr double kLongestPhase = 7 * 24 * 3600;  // that the language allows
constexpr double kShortestMeasure = 1;           // of what is written
constexpr double kAssumedBytes = 200;            // of a message, where nothing tells
constexpr double kFrameBytes = 4;                // before the payload of one of more than 125 bytes

std::string seconds_text(double seconds) {
  const double step = seconds >= 100 ? 1 : 0.001;
  return language::format_duration(
      Duration{static_cast<std::int64_t>(std::llround(seconds / step) * step * kSecond)});
}

std::string rate_text(double per_second) {
  const std::int64_t step = per_second < 1 ? 1'000 : 1'000'000;  // nano
  return language::format_rate_nano(std::llround(per_second * kSecond / double(step)) * step);
}

// Three digits of a duration or a size are enough for anybody.
Distribution rounded(Distribution distribution) {
  for (std::int64_t* const value : {&distribution.first, &distribution.second}) {
    std::int64_t step = 1;
    while (*value / step >= 10'000) step *= 10;
    *value = (*value + step / 2) / step * step;
  }
  return distribution;
}

std::string written(const Distribution& distribution, OfWhat unit) {
  return language::format_distribution(rounded(distribution), unit);
}

class Writer {
 public:
  Writer(const Observed& seen, Source source) : seen_(seen), source_(source) {
    length_ = std::max(seen.end - seen.begin, kShortestMeasure);
  }

  Json time();
  Json people();
  Json rooms();
  Json traffic();
  void say_what_is_unknown();

  std::vector<Finding> findings;
  std::vector<std::string> unknown;

 private:
  void found(std::string what, const std::string& as, const Fitted& fit, std::string unit,
             std::uint64_t from) {
    findings.push_back({std::move(what), as, fit.mean, fit.low, fit.high, std::move(unit), from});
  }
  void found_rate(double per_second, std::uint64_t events, const std::string& as);
  double breaks() const;
  void lives_without_breaks(Json& users);
  void lives_with_breaks(Json& users, double breaks);
  std::string arrive() const;
  double recipients() const;

  const Observed& seen_;
  Source source_;
  double length_;
  RoomsFit rooms_;
};

// Whoever arrives early arrives in the warm-up; a record in which users arrive all the time is
// played as a whole.
Json Writer::time() {
  const double arrived = seen_.last_arrival - seen_.begin;
  const double warmup = arrived <= length_ / 4 ? std::ceil(arrived) : 0;
  const double measure = std::clamp(std::floor(length_ - warmup), 1.0, kLongestPhase);
  if (length_ - warmup > kLongestPhase) {
    unknown.push_back("the record is longer than the week that a scenario may measure");
  }
  return {{"warmup", seconds_text(warmup)},
          {"measure", seconds_text(measure)},
          {"drain", "60s"},
          {"deadline", "30s"}};
}

std::string Writer::arrive() const {
  const double first = seen_.first_arrival - seen_.begin, last = seen_.last_arrival - seen_.begin;
  const double mean = seen_.arrivals / static_cast<double>(seen_.users) - seen_.begin;
  if (last - first < 0.01) return seconds_text(first);
  if (mean - first < 0.35 * (last - first)) {  // many at first, few later
    return "exp(" + seconds_text(std::max(mean, 0.001)) + ")";
  }
  return fmt::format("uniform({},{})", seconds_text(first), seconds_text(last));
}

// Of the short gaps those that are more than logouts of memoryless length would leave.
double Writer::breaks() const {
  const double shorts = static_cast<double>(seen_.short_gaps);
  const Sample& gaps = seen_.long_gaps;
  if (gaps.ends() == 0) return shorts;
  const double away = std::max(gaps.mean_by_exposure() - kBreak, 1.0);
  const double logouts = static_cast<double>(gaps.ends()) * std::expm1(kBreak / away);
  const double more = shorts - logouts;
  return more > 3 * std::sqrt(std::max(shorts, 1.0)) && more > 0.1 * shorts ? more : 0;
}

void Writer::lives_without_breaks(Json& users) {
  if (seen_.connections.ends() == 0) return;  // nobody left
  const Fitted stay = fitted(seen_.connections, kSecond);
  if (stay.mean <= 0) {  // of those who left nobody was seen to come, or to stay for a moment
    unknown.push_back("how long connections last: those that ended were seen for no time at all");
    return;
  }
  users["stay"] = written(stay.distribution, OfWhat::duration);
  found("a connection lasts", users["stay"], stay, "s", seen_.connections.ends());
  users["away"] = "never";
  if (seen_.gaps.ends() == 0) return;
  const Fitted away = fitted(seen_.gaps, kSecond);
  users["away"] = written(away.distribution, OfWhat::duration);
  found("away until the next one", users["away"], away, "s", seen_.gaps.ends());
}

// A login holds several connections; both ends and breaks come without memory.
void Writer::lives_with_breaks(Json& users, double breaks) {
  const auto count = static_cast<std::uint64_t>(breaks);
  const Fitted drop = memoryless(seen_.online / breaks, count, kSecond);
  users["drop"] = written(drop.distribution, OfWhat::duration);
  found("a connection breaks after", users["drop"], drop, "s", count);
  const double shorts = std::max(double(seen_.short_gaps) - breaks, 0.0);
  const double logouts = double(seen_.long_gaps.ends()) + shorts + double(seen_.gone);
  if (logouts == 0) return;
  const auto left = static_cast<std::uint64_t>(logouts);
  const Fitted stay = memoryless(seen_.online / logouts, left, kSecond);
  users["stay"] = written(stay.distribution, OfWhat::duration);
  found("a user stays", users["stay"], stay, "s", left);
  users["away"] = "never";
  if (seen_.long_gaps.ends() == 0) return;
  const double mean = std::max(seen_.long_gaps.mean_by_exposure() - kBreak, 1.0);
  const Fitted away = memoryless(mean, seen_.long_gaps.ends(), kSecond);
  users["away"] = written(away.distribution, OfWhat::duration);
  found("away until the next login", users["away"], away, "s", seen_.long_gaps.ends());
}

Json Writer::people() {
  Json users{{"count", seen_.users}, {"arrive", arrive()}};
  const auto count = static_cast<double>(seen_.users);
  findings.push_back({"users", std::to_string(seen_.users), count, count, count, "1", seen_.users});
  const double broken = breaks();
  if (broken > 0) {
    lives_with_breaks(users, broken);
    unknown.push_back("which connections broke: a gap of at most " +
                      sensible(kBreak, ascii_glyphs()) +
                      " s is taken for a break where there are more of them than logouts leave; "
                      "how many were silent no such record tells");
  } else {
    lives_without_breaks(users);
    unknown.push_back(
        "why connections ended: each end is taken for a logout, none for a break (drop)");
  }
  return {{"users", std::move(users)}};
}

Json Writer::rooms() {
  rooms_ = rooms_fit(seen_.room_sizes, seen_.users);
  if (seen_.room_sizes.empty()) {
    unknown.push_back("rooms: the record names none, so everybody is in one");
    return {{"rooms", {{"count", 1}}}};
  }
  const double joined = double(seen_.memberships) / std::max<double>(double(seen_.users), 1);
  const auto rooms = static_cast<double>(rooms_.count);
  findings.push_back(
      {"rooms", std::to_string(rooms_.count), rooms, rooms, rooms, "1", seen_.memberships});
  findings.push_back({"rooms of a user", std::to_string(rooms_.joined_per_user), joined, joined,
                      joined, "1", seen_.users});
  if (std::fabs(joined - rooms_.joined_per_user) > 0.05 * joined) {
    unknown.push_back("a scenario has a whole number of rooms for each user, the record " +
                      sensible(joined, ascii_glyphs()) + " on average");
  }
  unknown.push_back("when users changed rooms: in a scenario they stay in all that they were in");
  if (!rooms_.sizes.empty()) {
    Json sizes = Json::array();
    for (const auto& [members, count] : rooms_.sizes) sizes.push_back({members, count});
    findings.push_back({"sizes of rooms", fmt::format("a histogram of {}", sizes.size()),
                        double(rooms_.sizes.front().first), double(rooms_.sizes.back().first),
                        double(rooms_.sizes.front().first), "1", rooms_.count});
    return {{"rooms", {{"sizes", std::move(sizes)}}}};
  }
  Json set{{"count", rooms_.count}, {"joined_per_user", rooms_.joined_per_user}};
  if (rooms_.count > 1) {
    set["popularity"] = language::format_popularity(rooms_.zipf);
    findings.push_back({"exponent of popularity", set["popularity"], rooms_.zipf, rooms_.zipf_low,
                        rooms_.zipf_high, "1", seen_.memberships});
  }
  return {{"rooms", std::move(set)}};
}

void Writer::found_rate(double per_second, std::uint64_t events, const std::string& as) {
  const double part = kNormal95 / std::sqrt(std::max<double>(double(events), 1));
  findings.push_back({"messages a second", as, per_second, per_second * std::max(1 - part, 0.0),
                      per_second * (1 + part), "1", events});
}

// Online members of the room of a message, without its sender.
double Writer::recipients() const {
  const double online = seen_.online / length_ / std::max<double>(double(seen_.users), 1);
  const double members = double(std::max<std::uint64_t>(seen_.memberships, seen_.users));
  return (members - 1) * rooms_.together * std::min(online, 1.0);
}

Json Writer::traffic() {
  double per_second = 0;
  Json size = language::format_size(static_cast<Bytes>(kAssumedBytes));
  const bool to_rooms = source_ == Source::access_log || seen_.to_rooms * 2 >= seen_.messages;
  if (source_ == Source::access_log) {
    unknown.push_back(
        "messages: an access log has none. They are taken to have 200 B each, from "
        "members, and their rate follows from the bytes that went to clients");
    if (seen_.bytes_down <= 0 || recipients() < 0.01) return Json::array();
    per_second = seen_.bytes_down / length_ / (kAssumedBytes + kFrameBytes) / recipients();
  } else if (seen_.messages > 0) {
    per_second = double(seen_.messages) / length_;
    if (seen_.sizes.size() > 0) {
      const Fitted bytes = fitted(seen_.sizes, 1);
      size = written(bytes.distribution, OfWhat::size);
      found("a message has", size, bytes, "bytes", seen_.sizes.size());
    } else {
      unknown.push_back("sizes: the record has none, so messages are taken to have 200 B");
    }
  }
  if (source_ == Source::csv && seen_.messages < 2) {
    unknown.push_back(seen_.messages == 0 ? "messages: the record has none, so nobody says anything"
                                          : "how often messages are said: the record has one");
  }
  if (per_second * 3600 < 1) {
    if (per_second > 0) {
      unknown.push_back("messages: " + sensible(per_second * 3600, ascii_glyphs()) +
                        " an hour are fewer than the one that a scenario can have, so it has none");
    }
    return Json::array();
  }
  Json chat{{"as", "chat"},
            {"from", to_rooms ? "member" : "any"},
            {"to", to_rooms ? "room:rooms" : "user:online"},
            {"rate", rate_text(per_second)},
            {"size", size}};
  const Sample& pauses = seen_.pauses;
  if (pauses.size() > 20 && pauses.deviation() < 0.3 * pauses.mean()) chat["arrivals"] = "fixed";
  const std::uint64_t events = source_ == Source::csv ? seen_.messages : seen_.connections.size();
  found_rate(per_second, events, chat["rate"]);
  if (!to_rooms) unknown.push_back("to whom messages without a room went: to somebody online");
  return Json::array({std::move(chat)});
}

void Writer::say_what_is_unknown() {
  if (seen_.at_the_same_time > 0) {
    unknown.push_back(grouped(seen_.at_the_same_time) +
                      " of the users had the name of one who was connected already, and are "
                      "counted as users of their own");
  }
  if (seen_.connections.cut() > 0) {
    unknown.push_back(grouped(seen_.connections.cut()) +
                      " connections were cut off by the ends of the record");
  }
  if (source_ == Source::access_log) {
    unknown.push_back(
        "connections that were open when the log ended are not in it, and those of "
        "one address are taken for one user's unless they overlap");
  }
  unknown.push_back(
      "the cluster, the lines of the clients, and how the load changes with the "
      "hours: rates are means over the whole record");
}

std::string name_of(const std::string& file) {
  std::string stem = file.substr(file.find_last_of('/') + 1);
  stem = stem.substr(0, stem.find('.'));
  std::string name;
  for (const char c : stem) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool plain = letter || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (name.empty() && !letter) continue;
    name += plain ? c : '-';
  }
  return name.empty() ? "fitted" : name.substr(0, 64);
}

std::string why(const Writer& writer, const Observed& seen) {
  std::string text =
      fmt::format("Fitted from a record of {} lines and {} s. Found, with 95 % intervals: ",
                  grouped(seen.lines), sensible(seen.end - seen.begin, ascii_glyphs()));
  for (const Finding& finding : writer.findings) {
    text += (&finding == &writer.findings.front() ? "" : "; ") + text_of(finding);
  }
  text += ". Not known: ";
  for (const std::string& sentence : writer.unknown) {
    text += (&sentence == &writer.unknown.front() ? "" : "; ") + sentence;
  }
  return text + ".";
}

}  // namespace

std::string text_of(const Finding& finding) {
  const Glyphs& glyphs = ascii_glyphs();
  std::string text = finding.what + " " + finding.as;
  if (finding.low < finding.high) {
    text += fmt::format(" [{}, {}]", sensible(finding.low, glyphs), sensible(finding.high, glyphs));
    if (finding.unit != "1") text += " " + finding.unit;
  }
  return text + ", from " + grouped(finding.from);
}

FittedScenario scenario_of(const Observed& observed, Source source, const std::string& file) {
  Writer writer(observed, source);
  Json document{{"squall", 1}, {"name", name_of(file)}, {"why", ""}};
  document["time"] = writer.time();
  document["people"] = writer.people();
  document["rooms"] = writer.rooms();
  if (Json traffic = writer.traffic(); !traffic.empty()) document["traffic"] = std::move(traffic);
  writer.say_what_is_unknown();
  document["why"] = why(writer, observed);
  return {document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n", writer.findings,
          writer.unknown};
}

}  // namespace squall::fit
