// What a record of connections and messages comes to, added up line by line: memory grows with
// users and rooms, never with lines.
//
// It does not know where lines come from (csv_record.hpp, access_log.hpp), nor what becomes of the
// sums (scenario_of.hpp). Times are seconds on any clock.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/fit/sample.hpp"

namespace squall::fit {

// Away for at most so long: the connection may only have broken. In seconds.
inline constexpr double kBreak = 15;

struct Observed {
  double begin = 0, end = 0;           // of the record
  std::uint64_t lines = 0;             // that say something
  std::uint64_t users = 0;             // connections at the same time are users of their own
  std::uint64_t at_the_same_time = 0;  // of them: those that shared a name
  double first_arrival = 0, last_arrival = 0;  // first connections of users
  double arrivals = 0;                         // the sum of their times
  Sample connections;                          // how long they lasted
  Sample gaps;                                 // between two of them
  Sample long_gaps;                            // those beyond kBreak
  std::uint64_t short_gaps = 0;
  std::uint64_t gone = 0;  // at the end, for longer than kBreak
  double online = 0;       // seconds of all users

  std::uint64_t messages = 0, to_rooms = 0;
  double last_message = 0;
  Sample pauses;                          // between two messages of anybody
  Sample sizes;                           // of messages, bytes
  double bytes_down = 0;                  // to clients, where only that is known
  std::vector<std::uint32_t> room_sizes;  // users each, descending
  std::uint64_t memberships = 0;
};

class Recorder {
 public:
  // In order of time; of one that is open already, another one.
  void connect(std::string_view user, double at, std::string_view room);
  void disconnect(std::string_view user, double at);
  void message(std::string_view user, double at, std::string_view room);
  void message_size(double bytes) { seen_.sizes.add(bytes); }

  // A whole connection, in order of ends.
  void session(std::string_view user, double from, double to, std::string_view room);
  void bytes_down(double bytes) { seen_.bytes_down += bytes; }

  bool empty() const { return seen_.lines == 0; }
  double last() const { return seen_.end; }
  // Everything that is still open is cut off here.
  Observed finish();

 private:
  // One connection after another; a user has several only if they are open at the same time.
  struct Line {
    double since = 0;
    double left = 0;
    bool open = false;
    bool from_the_start = false;       // nobody saw it begin
    std::vector<std::uint32_t> rooms;  // ascending
  };
  struct Person {
    std::vector<Line> lines;
  };

  void note(double at);
  Person& person(std::string_view user);
  Line& begin_line(Person& person, double at);
  void end_line(Line& line, double at);
  void join(Line& line, std::string_view room);

  Observed seen_;
  std::map<std::string, Person, std::less<>> people_;
  std::map<std::string, std::uint32_t, std::less<>> rooms_;
  std::vector<std::uint32_t> members_;  // of each room
};

}  // namespace squall::fit
