// What differs from its default is written; what is read must be of the run's world.
// See lives_file.hpp.
#include "sim/cli/explain/lives_file.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

using Json = nlohmann::ordered_json;

// ---- writing ------------------------------------------------------------------------------------

template <typename Id>
void put(Json& json, const char* key, Id id, Id none) {
  if (id != none) json[key] = static_cast<std::uint32_t>(id);
}

void put_time(Json& json, const char* key, Time at) {
  if (at != kNever) json[key] = at.count();
}

Json to_json(const Death& death) {
  Json json{{"by", row(death.mechanism).name}};
  put_time(json, "at", death.at);
  put(json, "node", death.node, kNoNode);
  json["trigger"] = static_cast<std::uint32_t>(death.trigger);
  json["reason"] = name(death.reason);
  return json;
}

Json to_json(const Sight& sight) {
  Json json{{"saw", name(sight.what)}, {"at", sight.at.count()}};
  put(json, "who", sight.endpoint, kNoEndpoint);
  put(json, "node", sight.node, kNoNode);
  put(json, "other", sight.other, kNoNode);
  put(json, "connection", sight.connection, kNoConnection);
  if (sight.copies > 0) json["copies"] = sight.copies;
  if (sight.death.at != kNever || sight.rule != Rule::none) json["death"] = to_json(sight.death);
  if (sight.rule != Rule::none) json["rule"] = name(sight.rule);
  return json;
}

Json to_json(const KeptLife& life) {
  const Message& message = life.message;
  const bool user = message.address.kind == Address::Kind::user;
  Json json{{"message", life.sights.front().message},
            {"measured", life.sights.front().measured},
            {"from", static_cast<std::uint32_t>(message.sender)},
            {user ? "user" : "room", message.address.id},
            {"size", message.size},
            {"sequence", message.sequence},
            {"sights", Json::array()}};
  for (const Sight& sight : life.sights) json["sights"].push_back(to_json(sight));
  return json;
}

Json to_json(const ConnectionRecord& life) {
  Json json{{"connection", static_cast<std::uint32_t>(life.endpoint)}};
  put_time(json, "opened", life.opened);
  put_time(json, "ready", life.ready);
  put_time(json, "dead", life.dead);
  put_time(json, "closed", life.closed);
  put(json, "node", life.node, kNoNode);
  json["trigger"] = static_cast<std::uint32_t>(life.trigger);
  json["born"] = static_cast<std::uint32_t>(life.born);
  json["reason"] = name(life.reason);
  json["reset"] = static_cast<bool>(life.reset);
  if (life.recovered != Recovered::not_asked) json["recovered"] = life.recovered == Recovered::yes;
  return json;
}

// ---- reading ------------------------------------------------------------------------------------

template <typename Id>
Id id_of(const Json& json, const char* key, Id none) {
  return json.contains(key) ? Id{json.at(key).get<std::underlying_type_t<Id>>()} : none;
}

Time time_of(const Json& json, const char* key) {
  return json.contains(key) ? Time{json.at(key).get<std::int64_t>()} : kNever;
}

// The value whose name stands there; names end with the first that has none.
template <typename Kind>
Kind kind_of(const Json& json, const char* key, std::size_t count) {
  const std::string word = json.at(key).get<std::string>();
  for (std::size_t i = 0; i < count; ++i) {
    if (name(static_cast<Kind>(i)) == word) return static_cast<Kind>(i);
  }
  throw std::runtime_error(fmt::format("\"{}\": \"{}\" is not known", key, word));
}

constexpr std::size_t kSights = static_cast<std::size_t>(Sight::What::lost) + 1;
constexpr std::size_t kRules = static_cast<std::size_t>(Rule::unexplained) + 1;

Death death_from(const Json& json) {
  const std::string cause = json.at("by").get<std::string>();
  const auto mechanism = mechanism_named(cause);
  if (!mechanism) throw std::runtime_error("\"by\": \"" + cause + "\" is no cause");
  return {*mechanism, time_of(json, "at"), id_of(json, "node", kNoNode),
          id_of(json, "trigger", TriggerId{0}),
          kind_of<CloseReason>(json, "reason", kCloseReasons)};
}

Sight sight_from(const Json& json, std::uint64_t message, bool measured) {
  Sight sight{.what = kind_of<Sight::What>(json, "saw", kSights),
              .at = Time{json.at("at").get<std::int64_t>()},
              .message = message,
              .measured = measured,
              .endpoint = id_of(json, "who", kNoEndpoint),
              .node = id_of(json, "node", kNoNode),
              .other = id_of(json, "other", kNoNode),
              .connection = id_of(json, "connection", kNoConnection),
              .copies = json.value("copies", 0U)};
  if (json.contains("death")) sight.death = death_from(json.at("death"));
  if (json.contains("rule")) sight.rule = kind_of<Rule>(json, "rule", kRules);
  return sight;
}

KeptLife life_from(const Json& json) {
  const bool user = json.contains("user");
  const Address to{user ? Address::Kind::user : Address::Kind::room,
                   json.at(user ? "user" : "room").get<std::uint32_t>()};
  constexpr MessageId kPlace{0};  // one after another: none needs a place of its own
  KeptLife life{{kPlace, EndpointId{json.at("from").get<std::uint32_t>()}, to,
                 json.at("size").get<Bytes>(), json.at("sequence").get<std::uint32_t>()},
                {}};
  const auto number = json.at("message").get<std::uint64_t>();
  const bool measured = json.at("measured").get<bool>();
  for (const Json& sight : json.at("sights")) {
    life.sights.push_back(sight_from(sight, number, measured));
  }
  return life;
}

ConnectionRecord connection_from(const Json& json) {
  ConnectionRecord life;
  life.endpoint = EndpointId{json.at("connection").get<std::uint32_t>()};
  life.opened = time_of(json, "opened"), life.ready = time_of(json, "ready");
  life.dead = time_of(json, "dead"), life.closed = time_of(json, "closed");
  life.node = id_of(json, "node", kNoNode);
  life.trigger = id_of(json, "trigger", TriggerId{0});
  life.born = id_of(json, "born", TriggerId{0});
  life.reason = kind_of<CloseReason>(json, "reason", kCloseReasons);
  life.reset = json.at("reset").get<bool>();
  if (json.contains("recovered")) {
    life.recovered = json.at("recovered").get<bool>() ? Recovered::yes : Recovered::no;
  }
  return life;
}

// Of the runs of the file, one is read.
class Reader {
 public:
  Reader(const std::string& strategy, std::uint64_t seed) : strategy_(strategy), seed_(seed) {}

  void take(const Json& json) {
    if (json.contains("run")) {
      const Json& run = json.at("run");
      mine_ = run.at("strategy").get<std::string>() == strategy_ &&
              run.at("seed").get<std::uint64_t>() == seed_;
      if (!mine_) return;
      found_ = {};
      found_.messages = run.at("messages").get<std::uint64_t>();
      there_ = true;
    } else if (mine_ && json.contains("connection")) {
      found_.connections.push_back(connection_from(json));
    } else if (mine_) {
      found_.lives.push_back(life_from(json));
    }
  }

  std::optional<KeptLives> found() {
    return there_ ? std::optional(std::move(found_)) : std::nullopt;
  }

 private:
  const std::string& strategy_;
  std::uint64_t seed_;
  bool mine_ = false, there_ = false;
  KeptLives found_;
};

}  // namespace

std::string lives_text(const std::string& strategy, std::uint64_t seed, const KeptLives& lives) {
  const Json run{{"strategy", strategy},
                 {"seed", seed},
                 {"messages", lives.messages},
                 {"kept", lives.lives.size()}};
  std::string text = Json{{"run", run}}.dump() + "\n";
  for (const KeptLife& life : lives.lives) text += to_json(life).dump() + "\n";
  for (const ConnectionRecord& life : lives.connections) text += to_json(life).dump() + "\n";
  return text;
}

PlayFunction LivesOfRuns::keeping(PlayFunction play) {
  return [this, play = std::move(play)](const Scenario& scenario, const StrategySpec& spec,
                                        std::uint64_t seed, const PlayOptions& options) {
    LifeKeeper keeper(scenario.time.deadline);
    PlayOptions mine = options;
    mine.witness = &keeper;
    RunRecord record = play(scenario, spec, seed, mine);
    text_ += lives_text(spec.name, seed, keeper.take());
    return record;
  };
}

std::optional<KeptLives> read_lives(const std::filesystem::path& file, const std::string& strategy,
                                    std::uint64_t seed, std::string& error) {
  const auto text = read_whole_file(file, error);
  if (!text) return std::nullopt;
  std::istringstream lines(*text);
  Reader reader(strategy, seed);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    try {
      reader.take(Json::parse(line));
    } catch (const std::exception& problem) {
      error = fmt::format("{}, line {} is not as squall wrote it: {}; play the run again",
                          file.string(), number, problem.what());
      return std::nullopt;
    }
  }
  return reader.found();
}

}  // namespace squall
