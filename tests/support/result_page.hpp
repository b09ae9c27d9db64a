// A small world played under three strategies, its result as JSON, and the page made of it.
//
// For tests that hold the page against result.json.
#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "report/export/json.hpp"
#include "report/measure/measure.hpp"
#include "report/page/html.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {

using Json = nlohmann::json;

// A node dies and comes back under 60 people; small enough for every day.
inline const char* const kWorld = R"json({"squall": 1, "name": "page-numbers",
  "time": {"warmup": "20s", "measure": "20s", "drain": "30s", "deadline": "5s"},
  "cluster": {"nodes": {"count": 3}}, "people": {"u": {"count": 60, "drop": "exp(60s)"}},
  "rooms": {"r": {"count": 6}},
  "traffic": [{"as": "chat", "from": "member", "to": "room:r", "rate": "20/s"},
              {"as": "dm", "to": "user:online", "rate": "20/s"}],
  "script": [{"at": "6s", "do": "crash", "on": "n1", "for": "4s", "as": "crash"}],
  "expect": [{"that": "loss.intent < 1%"}, {"that": "latency.obliged.p50 < 1s"}]
})json";

inline Result played() {
  const Scenario scenario = loaded(kWorld);
  std::vector<StrategySpec> specs{strategy("broadcast"), strategy("routed"),
                                  strategy("session_share")};
  std::vector<std::uint64_t> seeds;
  std::vector<std::vector<RunRecord>> records(specs.size());
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    seeds.push_back(seed);
    for (std::size_t i = 0; i < specs.size(); ++i) {
      records[i].push_back(play(scenario, specs[i], seed));
    }
  }
  return make_result(scenario, specs, seeds, records);
}

inline double number(const Json& json) {
  if (json == "infinity") return std::numeric_limits<double>::infinity();
  return json.is_number() ? json.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

class Page {
 public:
  explicit Page(const Result& result)
      : json_(Json::parse(to_json(result))),
        html_(to_html({&result, 1}, {.assets = false, .made_by = "squall"})),
        seconds_(number(json_["timeline"]["measure_s"])),
        seeds_(static_cast<double>(json_["seeds"].size())) {}

  const Json& of(const std::string& strategy) const {
    for (const Json& one : json_["results"]) {
      if (one["strategy"] == strategy) return one;
    }
    throw std::runtime_error("no strategy " + strategy);
  }
  const Json& metric(const std::string& strategy, const std::string& name) const {
    return of(strategy)["metrics"][name];
  }
  double level(const std::string& strategy, const std::string& name) const {
    const Json& json = metric(strategy, name);
    return number(json.contains("pooled") ? json["pooled"] : json.value("mean", Json()));
  }
  double total(const std::string& strategy, const std::string& name) const {
    double sum = 0;
    for (const Json& value : metric(strategy, name)["per_seed"]) sum += number(value);
    return sum;
  }

  const Json json_;
  const std::string html_;
  const double seconds_, seeds_;
};

}  // namespace squall::testing
