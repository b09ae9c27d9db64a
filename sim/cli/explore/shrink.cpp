// One pass tries each way of being smaller; passes end when one changes nothing.
// See shrink.hpp.
#include "sim/cli/explore/shrink.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/model/grammar.hpp"
#include "sim/cli/explore/recipe.hpp"

namespace squall::explore {
namespace {

constexpr int kPasses = 4;

class Shrinking {
 public:
  Shrinking(Json scenario, std::uint64_t seed, const StillBreaks& still)
      : small_{std::move(scenario), seed, 0}, still_(still) {}

  Small run() {
    for (int pass = 0; pass < kPasses; ++pass) {
      changed_ = false;
      entries_of("script");
      words();
      entries_of("traffic");
      named("clients"), named("people"), named("rooms");
      counts();
      rates();
      times();
      if (small_.seed != 1) keep_if(small_.scenario, 1);
      if (!changed_) break;
    }
    return std::move(small_);
  }

 private:
  bool keep_if(Json less, std::uint64_t seed) {
    ++small_.runs;
    if (!still_(less, seed)) return false;
    small_.scenario = std::move(less), small_.seed = seed;
    return changed_ = true;
  }
  bool keep_if(Json less) { return keep_if(std::move(less), small_.seed); }

  // The first of these values that still breaks.
  void first_of(const Json::json_pointer& place, const std::vector<Json>& values) {
    if (!small_.scenario.contains(place)) return;
    for (const Json& value : values) {
      if (small_.scenario[place] == value) return;
      Json less = small_.scenario;
      less[place] = value;
      if (keep_if(std::move(less))) return;
    }
  }

  void entries_of(const std::string& section) {
    if (!small_.scenario.contains(section)) return;
    for (std::size_t i = small_.scenario[section].size(); i-- > 0;) {
      Json less = small_.scenario;
      less[section].erase(i);
      keep_if(std::move(less));
    }
  }

  void named(const std::string& section) {
    if (!small_.scenario.contains(section)) return;
    for (const std::string& name : keys_of(small_.scenario[section])) {
      Json less = small_.scenario;
      less[section].erase(name);
      keep_if(std::move(less));
    }
  }

  static std::vector<std::string> keys_of(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.push_back(key);
    return keys;
  }

  // Keys that are not needed, at any depth; counts have their turn below.
  void words() {
    for (const char* section : {"cluster", "client", "time"})
      without(Json::json_pointer() / section);
    for (const char* section : {"people", "rooms", "clients"}) {
      if (!small_.scenario.contains(section)) continue;
      for (const std::string& name : keys_of(small_.scenario[section])) {
        inside(Json::json_pointer() / section / name);
      }
    }
    for (const char* section : {"traffic", "script"}) {
      for (std::size_t i = 0; i < size_of(section); ++i) {
        inside(Json::json_pointer() / section / i);
      }
    }
  }

  std::size_t size_of(const std::string& section) const {
    return small_.scenario.contains(section) ? small_.scenario[section].size() : 0;
  }

  void without(const Json::json_pointer& place) {
    if (!small_.scenario.contains(place)) return;
    Json less = small_.scenario;
    less[place.parent_pointer()].erase(place.back());
    if (keep_if(std::move(less))) return;
    inside(place);
  }

  void inside(const Json::json_pointer& place) {
    if (!small_.scenario.contains(place) || !small_.scenario[place].is_object()) return;
    for (const std::string& key : keys_of(small_.scenario[place])) {
      const bool counted = key == "count" || key == "warmup" || key == "measure" || key == "drain";
      const bool needed = key == "at" || key == "do" || key == "rate" || key == "to";
      const bool ends = key == "for";  // a fault without an end is no smaller one
      if (!counted && !needed && !ends) without(place / key);
    }
  }

  void count_at(const Json::json_pointer& place) {
    if (!small_.scenario.contains(place) || !small_.scenario[place].is_number_integer()) return;
    const std::int64_t most = small_.scenario[place];
    for (std::int64_t count = 1; count < most; ++count) {
      Json less = small_.scenario;
      less[place] = count;
      if (keep_if(less)) return;
      for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {  // who is where is luck
        if (seed != small_.seed && keep_if(less, seed)) return;
      }
    }
  }

  void counts() {
    Json& nodes = small_.scenario["cluster"]["nodes"];  // a default says three
    if (!nodes.contains("count")) nodes["count"] = 3;
    count_at(Json::json_pointer("/cluster/nodes/count"));
    for (const char* section : {"people", "rooms"}) {
      if (!small_.scenario.contains(section)) continue;
      for (const std::string& name : keys_of(small_.scenario[section])) {
        count_at(Json::json_pointer() / section / name / "count");
      }
    }
    for (std::size_t i = 0; i < size_of("script"); ++i) {
      count_at(Json::json_pointer("/script") / i / "repeat");
    }
  }

  void rates() {
    for (std::size_t i = 0; i < size_of("traffic"); ++i) {
      first_of(Json::json_pointer("/traffic") / i / "rate", {"0.1/s", "0.2/s", "0.5/s", "1/s"});
    }
  }

  // Rounder first: whole minutes before whole seconds before tenths.
  void rounder(const Json::json_pointer& place) {
    if (!small_.scenario.contains(place) || !small_.scenario[place].is_string()) return;
    const auto now = language::parse_duration(small_.scenario[place].get<std::string>());
    if (!now.value) return;
    std::vector<Json> values;
    for (const std::int64_t grain : {60'000, 10'000, 5'000, 1'000, 500, 100, 10}) {
      const Duration step{std::chrono::milliseconds{grain}};
      const Duration down = *now.value / step * step;
      for (const Duration value : {down, down + step}) {
        values.emplace_back(language::format_duration(value));
      }
    }
    first_of(place, values);
  }

  void times() {
    first_of(Json::json_pointer("/time/measure"),
             {"1s", "2s", "5s", "10s", "20s", "30s", "40s", "60s"});
    first_of(Json::json_pointer("/time/warmup"), {"1s", "2s", "5s", "10s"});
    first_of(Json::json_pointer("/time/drain"), {"10s", "30s", "60s"});
    for (std::size_t i = 0; i < size_of("script"); ++i) {
      for (const char* key : {"at", "for", "every"})
        rounder(Json::json_pointer("/script") / i / key);
    }
  }

  Small small_;
  const StillBreaks& still_;
  bool changed_ = false;
};

}  // namespace

Small shrunk(Json scenario, std::uint64_t seed, const StillBreaks& still) {
  return Shrinking(std::move(scenario), seed, still).run();
}

}  // namespace squall::explore
