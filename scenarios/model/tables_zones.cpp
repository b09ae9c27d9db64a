// Pairs of zones, in the words of a partition: `between`, and a delay. See tables_zones.hpp.
// A pair has no order: it is read as it is written, and means both ways.
#include "scenarios/model/tables_zones.hpp"

namespace squall::language {
namespace {

bool read_ends(Reading& reading, const Json& json, ZoneDistance& pair) {
  if (json.kind != Json::Kind::array || json.items.size() != 2) {
    return reading.fail(json.place, "S0201", "expected a list of two zones");
  }
  bool good = true;
  for (std::size_t i = 0; i < 2; ++i) {
    const Inside inside(reading, i);
    std::string& end = i == 0 ? pair.from : pair.to;
    good = read_value(reading, fresh_name(), json.items[i], end) && good;
  }
  if (!good || pair.from != pair.to) return good;
  return reading.fail(json.place, "S0330", "zone " + in_quotes(pair.to) + " is on both sides");
}

Field<ZoneDistance> ends_field() {
  return {"between",
          std::string(kRequired),
          "The two zones.",
          read_ends,
          [](const ZoneDistance& pair) {
            return std::optional(Json::array().push(Json::of(pair.from)).push(Json::of(pair.to)));
          },
          [](const Vocabulary& vocabulary) {
            Json schema = schema_type("array");
            schema.set("items", fresh_name().schema(vocabulary));
            return schema.set("minItems", Json::of(2.0)).set("maxItems", Json::of(2.0));
          }};
}

const Table<ZoneDistance>& distance_table() {
  static const Table<ZoneDistance> table{
      "a pair of zones",
      {
          ends_field(),
          field("delay", &ZoneDistance::delay, duration_between(0s, kLongest),
                std::string(kRequired), "Added to one way between them."),
          optional_field("jitter", &ZoneDistance::jitter, durations(Never::refused),
                         "Added on top, drawn for each frame; frames of one connection keep their "
                         "order."),
          optional_field("loss", &ZoneDistance::loss, decimal_between(0, 0.5),
                         "Share of the frames that TCP sends again: after 200 ms and the way there "
                         "and back, then after twice as long; what follows waits for them."),
      }};
  return table;
}

}  // namespace

Codec<std::vector<ZoneDistance>> zone_distances() {
  return list_of(object(distance_table()), "pairs of zones", 10'000);
}

}  // namespace squall::language
