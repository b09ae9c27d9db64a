// Users are lines of connections, one after another. See recorder.hpp.
// A disconnect ends the connection that was opened first: the server notices old ones last.
#include "sim/cli/fit/recorder.hpp"

#include <algorithm>

namespace squall::fit {

void Recorder::note(double at) {
  seen_.begin = seen_.lines == 0 ? at : std::min(seen_.begin, at);
  seen_.end = seen_.lines == 0 ? at : std::max(seen_.end, at);
  ++seen_.lines;
}

Recorder::Person& Recorder::person(std::string_view user) {
  const auto found = people_.find(user);
  return found == people_.end() ? people_.emplace(std::string(user), Person{}).first->second
                                : found->second;
}

void Recorder::join(Line& line, std::string_view name) {
  if (name.empty()) return;
  auto room = rooms_.find(name);
  if (room == rooms_.end()) {
    const auto number = static_cast<std::uint32_t>(members_.size());
    room = rooms_.emplace(std::string(name), number).first;
    members_.push_back(0);
  }
  const auto place = std::ranges::lower_bound(line.rooms, room->second);
  if (place != line.rooms.end() && *place == room->second) return;
  line.rooms.insert(place, room->second);
  ++members_[room->second];
  ++seen_.memberships;
}

// The line that has been quiet for the shortest time goes on, or a new one begins.
Recorder::Line& Recorder::begin_line(Person& person, double at) {
  Line* next = nullptr;
  for (Line& line : person.lines) {
    if (line.open || line.left > at) continue;
    if (next == nullptr || line.left > next->left) next = &line;
  }
  if (next == nullptr) {
    seen_.first_arrival = seen_.users == 0 ? at : std::min(seen_.first_arrival, at);
    seen_.last_arrival = seen_.users == 0 ? at : std::max(seen_.last_arrival, at);
    seen_.arrivals += at;
    ++seen_.users;
    if (!person.lines.empty()) ++seen_.at_the_same_time;
    next = &person.lines.emplace_back();
  } else {
    const double gap = at - next->left;
    seen_.gaps.add(gap);
    if (gap > kBreak) seen_.long_gaps.add(gap);
    if (gap <= kBreak) ++seen_.short_gaps;
  }
  next->since = at;
  next->open = true;
  next->from_the_start = false;
  return *next;
}

void Recorder::end_line(Line& line, double at) {
  const double lasted = at - line.since;
  if (line.from_the_start) seen_.connections.add_cut(lasted, true);
  if (!line.from_the_start) seen_.connections.add(lasted);
  seen_.online += lasted;
  line.open = false;
  line.left = at;
}

void Recorder::connect(std::string_view user, double at, std::string_view room) {
  note(at);
  join(begin_line(person(user), at), room);
}

void Recorder::disconnect(std::string_view user, double at) {
  note(at);
  Person& who = person(user);
  Line* first = nullptr;
  for (Line& line : who.lines) {
    if (line.open && (first == nullptr || line.since < first->since)) first = &line;
  }
  if (first == nullptr && who.lines.empty()) {
    first = &begin_line(who, seen_.begin);
    first->from_the_start = true;
  }
  if (first != nullptr) end_line(*first, at);
}

void Recorder::message(std::string_view user, double at, std::string_view room) {
  note(at);
  Person& who = person(user);
  if (who.lines.empty()) begin_line(who, seen_.begin).from_the_start = true;
  const auto open = std::ranges::find(who.lines, true, &Line::open);
  join(open == who.lines.end() ? who.lines.front() : *open, room);
  seen_.to_rooms += room.empty() ? 0 : 1;
  if (++seen_.messages > 1) seen_.pauses.add(at - seen_.last_message);
  seen_.last_message = at;
}

void Recorder::session(std::string_view user, double from, double to, std::string_view room) {
  note(from);
  seen_.end = std::max(seen_.end, to);
  Line& line = begin_line(person(user), from);
  end_line(line, to);
  join(line, room);
}

Observed Recorder::finish() {
  Observed all = seen_;
  for (const auto& [name, person] : people_) {
    for (const Line& line : person.lines) {
      const double rest = all.end - (line.open ? line.since : line.left);
      if (line.open) {
        all.connections.add_cut(rest, false);
        all.online += rest;
      } else {
        all.gaps.add_cut(rest, false);
        if (rest > kBreak) all.long_gaps.add_cut(rest, false);
        if (rest > kBreak) ++all.gone;
      }
    }
  }
  all.room_sizes = members_;
  std::ranges::sort(all.room_sizes, std::greater{});
  return all;
}

}  // namespace squall::fit
