// Strategies: a preset's name, or parts put together. See tables.hpp.
// The options of a backplane are keys like any others, and stand in its row only.
#include "scenarios/model/tables.hpp"

#include <fmt/core.h>

#include "strategies/core/backplane.hpp"

namespace squall::language {
namespace {

constexpr Duration kLongestResume = std::chrono::hours{24};

std::vector<std::string> preset_names(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const StrategySpec& preset : vocabulary.presets) names.push_back(preset.name);
  return names;
}

bool read_preset(Reading& reading, const Json& json, StrategySpec& spec) {
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "the name of a preset");
  for (const StrategySpec& preset : reading.vocabulary.presets) {
    if (preset.name != json.text) continue;
    spec = preset;
    spec.preset = preset.name;
    return true;
  }
  return unknown_word(reading, json, "S0320", "strategy", preset_names(reading.vocabulary));
}

bool can_resume(Reading& reading, const Json& json, const StrategySpec& spec);
bool reads_a_log(Reading& reading, const Json& json, const StrategySpec& spec);

bool read_strategy(Reading& reading, const Json& json, StrategySpec& spec) {
  if (json.kind == Json::Kind::string) return read_preset(reading, json, spec);
  const Table<StrategySpec> table = strategy_table();
  if (!read_object(reading, table, json, spec)) return false;
  if (json.find("connections") != nullptr && json.find("k") != nullptr) {
    return reading.fail(json.find("k")->key_place, "S0103",
                        "\"k\" is another word for \"connections\": give one of them");
  }
  if (json.find("use") == nullptr && json.find("as") == nullptr) {
    return missing_key(reading, json, "a strategy without \"use\"", "as");
  }
  return can_resume(reading, json, spec) && reads_a_log(reading, json, spec);
}

// ---- Backplanes and their options --------------------------------------------------------------

Codec<std::string> backplane_name() {
  const auto known = [] {
    std::vector<std::string> names;
    for (const BackplaneRow& row : backplanes()) names.emplace_back(row.name);
    return names;
  };
  Codec<std::string> codec = free_text();
  codec.read = [known](Reading& reading, const Json& json, std::string& name) {
    if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a string");
    if (backplane_named(json.text) == nullptr) {
      return unknown_word(reading, json, "S0321", "backplane", known());
    }
    name = json.text;
    return true;
  };
  codec.schema = [known](const Vocabulary&) { return schema_words(known()); };
  return codec;
}

// A value of the language, kept as a number.
template <typename T>
Codec<std::int64_t> as_number(const Codec<T>& codec, std::int64_t (*number)(T),
                              T (*value)(std::int64_t)) {
  return {[=](Reading& reading, const Json& json, std::int64_t& kept) {
            T read{};
            if (!codec.read(reading, json, read)) return false;
            kept = number(read);
            return true;
          },
          [=](const std::int64_t& kept) { return codec.write(value(kept)); }, codec.schema};
}

Codec<std::int64_t> codec_of(const Option& option) {
  switch (option.kind) {
    case Option::Kind::flag:
      return as_number<bool>(
          flag(), [](bool yes) { return std::int64_t{yes}; },
          [](std::int64_t kept) { return kept != 0; });
    case Option::Kind::duration:
      return as_number<Duration>(
          duration_between(Duration{option.low}, Duration{option.high}),
          [](Duration time) { return std::int64_t{time.count()}; },
          [](std::int64_t kept) { return Duration{kept}; });
    case Option::Kind::count: break;
  }
  return count_between<std::int64_t>(option.low, option.high);
}

bool has_option(const StrategySpec& spec, std::string_view name) {
  const BackplaneRow* const row = backplane_named(spec.backplane);
  return row != nullptr && option_named(row->options, name) != nullptr;
}

// Which backplanes have it, what it means, and what it is when nobody says.
std::string described(const Option& option) {
  std::vector<std::string> owners;
  for (const BackplaneRow& row : backplanes()) {
    if (option_named(row.options, option.name) != nullptr) owners.emplace_back(row.name);
  }
  std::string text = fmt::format("{}: {}.", joined(owners), option.meaning);
  if (option.source.empty()) return text;
  return fmt::format("{} Default {} ({}).", text, default_of(option), option.source);
}

// Of a backplane that has no such option it would be silently ignored: so it is not silent.
Field<StrategySpec> option_field(const Option& option) {
  const Codec<std::int64_t> codec = codec_of(option);
  const std::string name(option.name);
  return {name,
          "",
          described(option),
          [=](Reading& reading, const Json& json, StrategySpec& spec) {
            std::int64_t value = 0;
            if (!read_value(reading, codec, json, value)) return false;
            if (has_option(spec, name)) {
              spec.options[name] = value;
            } else {
              reading.warn(json.place, "S0514",
                           fmt::format("{} means nothing here: the backplane {} has no such option",
                                       in_quotes(name), in_quotes(spec.backplane)));
            }
            return true;
          },
          [=](const StrategySpec& spec) {
            return has_option(spec, name) ? std::optional(codec.write(value_of(option, spec)))
                                          : std::nullopt;
          },
          codec.schema};
}

Field<StrategySpec> backplane_field() {
  Field<StrategySpec> made = field("backplane", &StrategySpec::backplane, backplane_name(), "",
                                   "How a message reaches other nodes.");
  made.read = [plain = made.read](Reading& reading, const Json& json, StrategySpec& spec) {
    const bool good = plain(reading, json, spec);
    std::erase_if(spec.options,
                  [&](const auto& option) { return !has_option(spec, option.first); });
    return good;
  };
  return made;
}

Field<StrategySpec> make_before_break_field() {
  return rare_field("make_before_break", &StrategySpec::make_before_break, flag(), "",
                    "A drain asks clients to move, and closes when they have.");
}

// Of a log at the broker.
std::vector<Field<StrategySpec>> reading_fields() {
  return {
      rare_field("start_at", &StrategySpec::start_at,
                 one_word_of<StartAt>("place", {{"place", StartAt::place},
                                                {"latest", StartAt::latest},
                                                {"saved", StartAt::saved}}),
                 "readers of Redis Streams",
                 "Where a node whose link was down reads on in the broker's log: where it was "
                 "(place), at what is said from then on (latest: the gap is lost), or at the "
                 "place that it has saved last (saved: what it has handled since comes again). A "
                 "new process begins at the latest."),
      rare_field("commit", &StrategySpec::commit, duration_between(1ms, kLongestResume), "Kafka",
                 "saved: how often a node saves its place. Its bytes are not counted."),
  };
}

// Recovery, written like make_before_break only where it is on.
std::vector<Field<StrategySpec>> recovery_fields() {
  std::vector<Field<StrategySpec>> made{
      field("resume", &StrategySpec::resume, duration_between(Duration{0}, kLongestResume), "",
            "How far back the history reaches, from which a client that comes back is served. "
            "Default 0: there is none."),
      field("resume_messages", &StrategySpec::resume_messages,
            count_between<std::uint32_t>(1, 1'000'000), "",
            "Messages of one address, or topic, that it keeps at most. Default 100 "
            "(uncalibrated)."),
      field("history", &StrategySpec::history,
            one_word_of<HistoryAt>("keeper",
                                   {{"node", HistoryAt::node}, {"broker", HistoryAt::broker}}),
            "",
            "Who keeps it: each node what it has heard, or the broker, in a log per topic, what "
            "nodes publish. Default node."),
      field("outbox", &StrategySpec::outbox, count_between<std::uint32_t>(0, 1'000'000), "",
            "Messages that a client keeps until they are acknowledged, and sends again after a "
            "reconnect. Default 0."),
  };
  for (Field<StrategySpec>& of_reading : reading_fields()) made.push_back(std::move(of_reading));
  const auto written_if = [&](std::size_t which, bool (*on)(const StrategySpec&)) {
    made[which].write = [plain = made[which].write, on](const StrategySpec& spec) {
      return on(spec) ? plain(spec) : std::nullopt;
    };
  };
  const auto resumes = [](const StrategySpec& spec) { return spec.resumes(); };
  written_if(0, resumes);
  written_if(1, resumes);
  written_if(2, [](const StrategySpec& spec) { return spec.has_log(); });
  written_if(3, [](const StrategySpec& spec) { return spec.outbox > 0; });
  return made;
}

// Its messages are nowhere else.
bool needs_its_log(Reading& reading, const Json& json, const StrategySpec& spec) {
  const auto* blamed = json.find("resume");
  for (const char* key : {"history", "backplane"}) {
    if (blamed == nullptr) blamed = json.find(key);
  }
  return reading.fail(blamed != nullptr ? blamed->key_place : json.place, "S0327",
                      in_quotes(spec.backplane) +
                          " lives on what the broker keeps; say \"resume\": \"2m\" and "
                          "\"history\": \"broker\"");
}

// They say how a log is read.
bool reads_a_log(Reading& reading, const Json& json, const StrategySpec& spec) {
  const BackplaneRow* const row = backplane_named(spec.backplane);
  const bool has = spec.has_log() && row != nullptr && !row->recovers && !row->reads_log;
  const Member* const start = json.find("start_at");
  const Member* const commit = json.find("commit");
  if (spec.start_at != StartAt::place && !has) {
    return reading.fail(start != nullptr ? start->key_place : json.place, "S0327",
                        "\"start_at\" says where a node reads on in the broker's log, and " +
                            in_quotes(spec.name) + " has none that it reads on in; say " +
                            "\"resume\": \"2m\" and \"history\": \"broker\"");
  }
  if (commit == nullptr || spec.start_at == StartAt::saved) return true;
  return reading.fail(commit->key_place, "S0327",
                      "\"commit\" is how often a place is saved; say \"start_at\": \"saved\"");
}

// A log at the broker needs one. Without it a node must have heard what its client missed at
// another one.
bool can_resume(Reading& reading, const Json& json, const StrategySpec& spec) {
  const BackplaneRow* const row = backplane_named(spec.backplane);
  if (row == nullptr) return true;
  if (row->reads_log && !spec.has_log()) return needs_its_log(reading, json, spec);
  if (!spec.resumes()) return true;
  const auto able = [&](const BackplaneRow& of) {
    return spec.has_log() ? of.needs.broker : of.hears == Hears::everything;
  };
  if (able(*row)) return true;
  std::vector<std::string> names;
  for (const BackplaneRow& other : backplanes()) {
    if (able(other)) names.emplace_back(other.name);
  }
  const auto* const key = json.find("resume");
  const std::string_view way_out = row->needs.broker
                                       ? "say \"history\": \"broker\", or leave it out"
                                       : "leave it out, or set it to \"0s\"";
  const std::string why =
      spec.has_log()
          ? fmt::format(
                "\"history\": \"broker\" needs a backplane with a broker ({}): {} has none; ",
                joined(names), in_quotes(spec.backplane))
          : fmt::format(
                "\"resume\" needs a backplane whose nodes hear everything ({}): a node of {} has "
                "not heard what its client missed elsewhere; ",
                joined(names), in_quotes(spec.backplane));
  return reading.fail(key != nullptr ? key->key_place : json.place, "S0327",
                      why + std::string(way_out));
}

}  // namespace

std::string default_of(const Option& option) {
  std::string printed = dump(codec_of(option).write(option.fallback));
  printed.pop_back();  // the line end
  return printed;
}

Codec<StrategySpec> strategy_codec() {
  return {
      read_strategy, [](const StrategySpec& spec) { return write_object(strategy_table(), spec); },
      [](const Vocabulary& vocabulary) {
        Json composed = describe_object(strategy_table(), vocabulary);
        Json choice = Json::object();
        return choice.set(
            "anyOf",
            Json::array().push(schema_words(preset_names(vocabulary))).push(std::move(composed)));
      }};
}

// Made anew each time: a backplane may have been added.
Table<StrategySpec> strategy_table() {
  Table<StrategySpec> table{
      "a strategy",
      {
          {"use", "", "The preset that the other keys change.", read_preset,
           [](const StrategySpec& spec) {
             return spec.preset.empty() ? std::nullopt : std::optional(Json::of(spec.preset));
           },
           [](const Vocabulary& vocabulary) { return schema_words(preset_names(vocabulary)); }},
          optional_field("as", &StrategySpec::name, fresh_name(":+"), "What reports call it."),
          optional_field("placement", &StrategySpec::placement,
                         word_from(&Vocabulary::placements, "placement"),
                         "Where connections go; without it cluster.lb.policy decides."),
          backplane_field(),
          field("connections", &StrategySpec::connections, count_between<std::uint16_t>(1, 16), "",
                "Connections of one endpoint, to different nodes."),
          make_before_break_field(),
          {"k", "", "Another word for connections.",
           [](Reading& reading, const Json& json, StrategySpec& spec) {
             return count_between<std::uint16_t>(1, 16).read(reading, json, spec.connections);
           },
           [](const StrategySpec&) { return std::optional<Json>(); },
           [](const Vocabulary&) { return schema_whole(1, 16); }},
          settings_field(),
      }};
  for (Field<StrategySpec>& of_recovery : recovery_fields()) {
    table.fields.push_back(std::move(of_recovery));
  }
  for (const BackplaneRow& row : backplanes()) {
    for (const Option& option : row.options) {
      if (table.find(option.name) == nullptr) table.fields.push_back(option_field(option));
    }
  }
  return table;
}

}  // namespace squall::language
