// The strip under the title: what was played, by what, and what of it was overridden; and the box
// that says what the model leaves out. Read from the resolved scenario; nothing is measured here.
#include <fmt/core.h>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "report/page/html_parts.hpp"
#include "report/words/format.hpp"
#include "report/words/played_again.hpp"

namespace squall::html {
namespace {

using Json = nlohmann::json;

const Json& part(const Json& json, std::string_view key) {
  static const Json kNothing;
  if (!json.is_object()) return kNothing;
  const auto found = json.find(key);
  return found == json.end() ? kNothing : *found;
}

std::string word(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  return json.is_number() ? json.dump() : std::string();
}

// The sum of `count` over a section: people, rooms; of rooms also by their sizes, [[2, 5000], ...].
std::uint64_t counted(const Json& section) {
  std::uint64_t sum = 0;
  const auto add = [&](const Json& count) {
    if (count.is_number_unsigned()) sum += count.get<std::uint64_t>();
  };
  for (const Json& entry : section) {
    const Json& sizes = part(entry, "sizes");
    if (!sizes.is_array() || sizes.empty()) add(part(entry, "count"));
    for (const Json& of_one_size : sizes) add(of_one_size.at(1));
  }
  return sum;
}

// "chat 50/s, dm 40/s"
std::string rates(const Json& traffic) {
  std::string text;
  for (const Json& entry : traffic) {
    const std::string rate = word(part(entry, "rate"));
    if (rate.empty()) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", word(part(entry, "as")), rate);
  }
  return text;
}

std::string faults(const Timeline& timeline) {
  std::string text;
  for (const TimelineSpan& span : timeline.spans) {
    text +=
        fmt::format("{}{} at {}", text.empty() ? "" : ", ", span.label, seconds_tick(span.begin_s));
    if (span.end_s > span.begin_s) text += " to " + seconds_tick(span.end_s);
  }
  return text.empty() ? "none" : text;
}

// "textbook", "hardened", or who is which.
std::string forms(const Result& result) {
  std::map<std::string_view, std::string, std::greater<>> names;  // by form: textbooks first
  for (const StrategyResult& strategy : result.strategies) {
    std::string& of = names[strategy.form];
    of += (of.empty() ? "" : ", ") + strategy.strategy;
  }
  if (names.size() == 1) return std::string(names.begin()->first);
  std::string text;
  for (const auto& [form, who] : names) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", form, who);
  }
  return text;
}

// What single strategies play otherwise than the scenario says: "mine: /client/ack "none"".
std::string own_values(const Json& strategies) {
  std::string text;
  for (const Json& strategy : strategies) {
    std::string values;
    for (const auto& [pointer, value] : part(strategy, "with").items()) {
      values += fmt::format("{}{} {}", values.empty() ? "" : ", ", pointer, value.dump());
    }
    if (values.empty()) continue;
    const std::string name = word(part(strategy, "as"));
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name, values);
  }
  return text;
}

bool is_live(const Result& result) {
  for (const StrategyResult& strategy : result.strategies) {
    if (!strategy.live.empty()) return true;
  }
  return false;
}

class Strip {
 public:
  void add(std::string_view term, const std::string& value) {
    if (value.empty()) return;
    items_ += wrap("div", element("dt", term) + element("dd", value)) + "\n";
  }
  void add_marked(std::string_view term, const std::vector<std::string>& values) {
    if (values.empty()) return;
    std::string marked;
    for (const std::string& value : values) {
      marked += (marked.empty() ? "" : " ") + element("mark", value);
    }
    items_ += wrap("div", element("dt", term) + wrap("dd", marked)) + "\n";
  }
  std::string text() const { return wrap("dl", "\n" + items_, "class=\"facts\"") + "\n"; }

 private:
  std::string items_;
};

std::string engine(const Result& result) {
  if (is_attached(result.engine_flags)) return "attach: servers of yours" + result.engine_flags;
  if (is_live(result)) return "live: real sockets on loopback" + result.engine_flags;
  return "simulator, virtual time";
}

std::string caveats(bool live) {
  std::vector<std::string> sentences;
  if (live) {
    sentences = {
        "Everything ran on one machine over loopback: no network is between the processes, and "
        "generator, nodes and broker share its processors.",
        "Latencies contain the lateness of the generator, which stands beside them."};
  } else {
    sentences = {
        "Not modelled: TCP's congestion control and retransmissions, buffers of the kernel beyond "
        "the send buffer, garbage collection, the application's own work and its database.",
        "Costs of a node's work come from the cost profile above, not from your servers; compare "
        "strategies by them, and capacities only after a calibration."};
  }
  return folded("What these numbers leave out", bullets(sentences));
}

}  // namespace

std::string facts_part(const Result& result) {
  const Json scenario = Json::parse(result.resolved_scenario, nullptr, false);
  const Json &cluster = part(scenario, "cluster"), &nodes = part(cluster, "nodes");
  const bool live = is_live(result);
  Strip strip;
  const std::uint64_t users = counted(part(scenario, "people")) + part(scenario, "clients").size();
  if (users > 0) strip.add("users", grouped(users));
  strip.add("nodes", word(part(nodes, "count")));
  const std::uint64_t rooms = counted(part(scenario, "rooms"));
  if (rooms > 0) strip.add("rooms", grouped(rooms));
  strip.add("traffic", rates(part(scenario, "traffic")));
  if (result.timeline.measure_s > 0) strip.add("time", seconds_tick(result.timeline.measure_s));
  if (!result.seeds.empty()) {
    strip.add("seeds", result.seeds.size() > 1
                           ? fmt::format("{} to {}", result.seeds.front(), result.seeds.back())
                           : std::to_string(result.seeds.front()));
  }
  strip.add("faults", faults(result.timeline));
  strip.add("engine", engine(result));
  strip.add("broker", word(part(part(cluster, "broker"), "profile")));
  strip.add("cost profile", word(part(nodes, "cost_profile")));
  strip.add("strategies", forms(result));
  strip.add("own values", own_values(part(scenario, "strategies")));
  strip.add_marked("overridden", result.overrides);
  return strip.text() + caveats(live);
}

}  // namespace squall::html
