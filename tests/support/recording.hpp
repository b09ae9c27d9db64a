// A run as `squall fit` reads it: who connected, disconnected and said something, as lines of CSV
// or as the access log of a server in front of the nodes. What nodes see, until measure ends.
//
// A witness; it grows with the run, so it is for small scenarios.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "scenarios/model/plan.hpp"
#include "sim/record/witness.hpp"

namespace squall::testing {

class Recording : public Witness {
 public:
  Recording(const Scenario& scenario, std::uint64_t seed)
      : plan_(scenario, seed), end_(scenario.time.measure) {}

  void see(const Message& message, const Sight& sight) override {
    if (sight.what != Sight::What::accepted || sight.at > end_) return;
    const Address& to = message.address;
    const std::string room = to.kind == Address::Kind::room ? plan_.room_name(to.room()) : "";
    add(sight.at, message.sender, "message", room, std::to_string(message.size));
  }
  void connection(ConnectionId, const ConnectionRecord& life) override {
    if (life.opened == kNever || life.opened > end_) return;
    add(life.opened, life.endpoint, "connect", room_of(life.endpoint), "");
    const bool ends = life.closed != kNever && life.closed <= end_;
    if (ends) add(life.closed, life.endpoint, "disconnect", "", "");
    if (ends) lives_.push_back({life.closed, life.opened, life.endpoint});
  }

  std::string csv() {
    std::ranges::stable_sort(lines_, {}, &Line::at);
    std::string text = "time,user,event,room,bytes\n";
    for (const Line& line : lines_) text += line.text;
    return text;
  }

  // The connections alone, each as a line when it ends. Bytes: as many as `bytes` says of each.
  std::string access_log(std::int64_t bytes) {
    std::ranges::stable_sort(lives_, {}, &Life::closed);
    std::string text;
    for (const Life& life : lives_) {
      const std::int64_t at = life.closed.count() / 1'000'000'000 + 3600;  // of 1 January
      char line[320];
      std::snprintf(
          line, sizeof line,
          "10.0.0.%d - u%d [01/Jan/2026:%02d:%02d:%02d +0000] \"GET /ws?x=1&meeting_id=%s "
          "HTTP/1.1\" 101 %lld \"-\" \"curl/8\" %.3f\n",
          int(index(life.endpoint) % 200), int(index(life.endpoint)), int(at / 3600),
          int(at / 60 % 60), int(at % 60), room_of(life.endpoint).c_str(),
          static_cast<long long>(bytes), (life.closed - life.opened).count() * 1e-9);
      text += line;
    }
    return text;
  }

 private:
  struct Line {
    Time at;
    std::string text;
  };
  struct Life {
    Time closed, opened;
    EndpointId endpoint;
  };

  std::string room_of(EndpointId endpoint) const {
    const auto rooms = plan_.memberships(endpoint);
    return rooms.empty() ? "" : plan_.room_name(rooms.front().room);
  }
  void add(Time at, EndpointId who, const std::string& event, const std::string& room,
           const std::string& bytes) {
    char time[32];
    std::snprintf(time, sizeof time, "%.6f", static_cast<double>(at.count()) * 1e-9);
    lines_.push_back({at, std::string(time) + ",u" + std::to_string(index(who)) + "," + event +
                              "," + room + "," + bytes + "\n"});
  }

  Plan plan_;
  Time end_;
  std::vector<Line> lines_;
  std::vector<Life> lives_;
};

}  // namespace squall::testing
