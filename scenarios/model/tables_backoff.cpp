// client.backoff: the policy of a product's client by its name, or a formula, or a table of waits.
// The named policies are in strategies/core/client_policies.hpp. See tables.hpp.
#include "scenarios/model/tables.hpp"
#include "strategies/core/client_policies.hpp"

namespace squall::language {
namespace {

// A duration, or uniform(low,high): of the grammar of distributions others mean nothing here.
Codec<Wait> wait_codec() {
  const Codec<Distribution> any = durations(Never::refused);
  return {[any](Reading& reading, const Json& json, Wait& wait) {
            Distribution read;
            if (!any.read(reading, json, read)) return false;
            if (read.kind == Distribution::Kind::uniform) {
              wait = {Duration{read.first}, Duration{read.second}};
            } else if (read.kind == Distribution::Kind::fixed) {
              wait = {Duration{read.first}, Duration{read.first}};
            } else {
              return reading.fail(json.place, "S0214", "a wait is a duration or uniform(low,high)",
                                  "\"10s\"");
            }
            return true;
          },
          [any](const Wait& wait) {
            Distribution written = Distribution::fixed(wait.low.count());
            if (wait.low != wait.high) {
              written = {Distribution::Kind::uniform, wait.low.count(), wait.high.count(), 0};
            }
            return any.write(written);
          },
          any.schema};
}

// Sets everything; the keys beside it change parts of that. Not written: its parts are.
Field<Backoff> policy_field() {
  const auto names = [] {
    std::vector<std::string> known;
    for (const ClientPolicy& row : client_policies()) known.emplace_back(row.name);
    return known;
  };
  return {"policy",
          "",
          "What a product's client does, by name (squall list reconnect); other keys change it.",
          [names](Reading& reading, const Json& json, Backoff& backoff) {
            if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a name");
            const ClientPolicy* const row = client_policy_named(json.text);
            if (row == nullptr) return unknown_word(reading, json, "S0203", "policy", names());
            backoff = row->backoff;
            return true;
          },
          [](const Backoff&) { return std::optional<Json>(); },
          [names](const Vocabulary&) { return schema_words(names()); }};
}

// Written only where it says something: scenarios without it keep their text, and their hash.
Field<Backoff> where(Field<Backoff> field, bool (*says_something)(const Backoff&)) {
  field.write = [plain = field.write, says_something](const Backoff& backoff) {
    return says_something(backoff) ? plain(backoff) : std::nullopt;
  };
  return field;
}

const Table<Backoff>& backoff_table() {
  static const Table<Backoff> table{
      "client.backoff",
      {
          policy_field(),
          field("kind", &Backoff::kind,
                one_word_of<BackoffKind>("backoff", {{"none", BackoffKind::none},
                                                     {"fixed", BackoffKind::fixed},
                                                     {"exponential", BackoffKind::exponential},
                                                     {"equal_jitter", BackoffKind::equal_jitter},
                                                     {"full_jitter", BackoffKind::full_jitter},
                                                     {"decorrelated", BackoffKind::decorrelated},
                                                     {"plus_minus", BackoffKind::plus_minus},
                                                     {"table", BackoffKind::table}}),
                "uncalibrated", "How waits between attempts grow."),
          field("first", &Backoff::first, duration_between(0s, kLongest), "uncalibrated",
                "The first wait."),
          field("factor", &Backoff::factor, decimal_between(1, 100), "doubling",
                "Growth from one wait to the next."),
          field("cap", &Backoff::cap, duration_between(0s, kLongest), "uncalibrated",
                "The longest wait."),
          field("jitter", &Backoff::jitter, decimal_between(0, 1), "Socket.IO",
                "plus_minus: the share by which a wait may be longer or shorter."),
          where(field("least", &Backoff::least, duration_between(0s, kLongest), "",
                      "Added to every wait; their sum stays below the cap. Default none."),
                [](const Backoff& backoff) { return backoff.least > Duration{0}; }),
          where(field("delays", &Backoff::delays, list_of(wait_codec(), "waits", 1000), "",
                      "table: the wait before the first attempt, the second, ...; the last stands "
                      "for all after. Each is a duration or uniform(low,high)."),
                [](const Backoff& backoff) { return !backoff.delays.empty(); }),
          where(field("give_up_after", &Backoff::give_up_after,
                      count_between<std::uint32_t>(0, 1'000'000), "",
                      "Failed attempts after which a client tries no more, until its user logs in "
                      "again. Default 0: it never gives up."),
                [](const Backoff& backoff) { return backoff.give_up_after > 0; }),
      }};
  return table;
}

}  // namespace

Codec<Backoff> backoff_codec() {
  Codec<Backoff> codec = object(backoff_table());
  codec.read = [plain = codec.read](Reading& reading, const Json& json, Backoff& backoff) {
    if (!plain(reading, json, backoff)) return false;
    if (backoff.kind != BackoffKind::table || !backoff.delays.empty()) return true;
    return missing_key(reading, json, "a back-off of kind table", "delays");
  };
  return codec;
}

}  // namespace squall::language
