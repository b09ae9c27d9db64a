// The users: populations, individuals, client settings, rooms and traffic.
// What individuals do, and what happens to everybody, is in tables_script.cpp.
#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/shape.hpp"
#include "scenarios/model/tables.hpp"
#include "scenarios/model/volume.hpp"

namespace squall::language {
namespace {

const Table<ClientConfig>& heartbeat_table() {
  static const Table<ClientConfig> table{
      "client.heartbeat",
      {
          field("every", &ClientConfig::heartbeat_every, duration_between(10ms, kLongest),
                "Socket.IO, Centrifugo", "Between two heartbeats."),
          field("timeout", &ClientConfig::heartbeat_timeout, duration_between(1ms, kLongest),
                "Centrifugo library", "Wait for the answer; shorter than `every`."),
      }};
  return table;
}

// "0s" is written as a distribution that differs from "not given", which plans tell apart.
Codec<Distribution> arrival() {
  Codec<Distribution> codec = durations(Never::refused);
  codec.read = [plain = codec.read](Reading& reading, const Json& json, Distribution& value) {
    if (!plain(reading, json, value)) return false;
    if (value == Distribution{}) value.kind = Distribution::Kind::uniform;
    return true;
  };
  return codec;
}

Codec<std::string> sender() {
  Codec<std::string> codec = free_text();
  codec.read = [](Reading& reading, const Json& json, std::string& from) {
    if (json.kind != Json::Kind::string)
      return wrong_type(reading, json, "any, member, server or people");
    from = json.text;
    if (from == "any" || from == "member") return true;
    if (from == kBackend) {
      std::vector<ScriptedClient>& clients = reading.scenario.clients;
      ScriptedClient backend;
      backend.name = from;
      const auto place = std::ranges::lower_bound(clients, from, {}, &ScriptedClient::name);
      if (place == clients.end() || place->name != from) clients.insert(place, backend);
      return true;
    }
    return known_name(reading, json, "S0311", "population", reading.scenario.people,
                      &Population::name);
  };
  return codec;
}

// A message to everybody is one to a room that everybody is in; the file need not have it.
bool address_everybody(Reading& reading, const Json& json, Traffic& traffic) {
  std::vector<RoomSet>& sets = reading.scenario.rooms;
  traffic.to = TrafficTo::room;
  traffic.room_set = "all";
  const auto place = std::ranges::lower_bound(sets, traffic.room_set, {}, &RoomSet::name);
  if (place == sets.end() || place->name != traffic.room_set) {
    RoomSet everybody;
    everybody.name = traffic.room_set;
    sets.insert(place, everybody);
    return true;
  }
  if (place->count == 1 && place->sizes.empty()) return true;
  return reading.fail(json.place, "S0330",
                      "\"all\" is everybody, and there is a set of several rooms of that name",
                      "another name for the set");
}

bool read_target(Reading& reading, const Json& json, Traffic& traffic) {
  static const Words<TrafficTo> kUsers{{"user:any", TrafficTo::user_any},
                                       {"user:online", TrafficTo::user_online},
                                       {"user:roommate", TrafficTo::user_roommate}};
  if (json.kind != Json::Kind::string) return wrong_type(reading, json, "an address");
  for (const auto& [word, to] : kUsers) {
    if (json.text == word) traffic.to = to;
    if (json.text == word) return true;
  }
  if (json.text == "all") return address_everybody(reading, json, traffic);
  if (!json.text.starts_with("room:")) {
    return reading.fail(json.place, "S0214",
                        "bad address " + in_quotes(json.text) +
                            ": must be room:<rooms>, all, user:any, user:online or user:roommate",
                        did_you_mean(json.text, {"user:any", "user:online", "user:roommate"}));
  }
  traffic.to = TrafficTo::room;
  traffic.room_set = json.text.substr(5);
  Json name = Json::of(traffic.room_set);
  name.place = json.place;
  return known_name(reading, name, "S0312", "rooms", reading.scenario.rooms, &RoomSet::name);
}

std::string target_text(const Traffic& traffic) {
  switch (traffic.to) {
    case TrafficTo::room: return "room:" + traffic.room_set;
    case TrafficTo::user_any: return "user:any";
    case TrafficTo::user_online: return "user:online";
    case TrafficTo::user_roommate: return "user:roommate";
  }
  return {};
}

Field<Traffic> target_field() {
  return {
      "to",
      std::string(kRequired),
      "Where messages go: room:<rooms>, all (everybody), user:any (online or not), user:online, "
      "user:roommate.",
      read_target,
      [](const Traffic& traffic) { return std::optional(Json::of(target_text(traffic))); },
      [](const Vocabulary&) {
        return schema_pattern("(all|room:[A-Za-z][A-Za-z0-9_.-]{0,63}|user:(any|online|roommate))");
      }};
}

// Becomes the rate of the class, which is what the resolved scenario says.
bool read_rate_per_user(Reading& reading, const Json& json, Traffic& traffic) {
  double senders = 0;
  for (const Population& people : reading.scenario.people) {
    const bool sends = traffic.from == "any" || traffic.from == "member";
    if (sends || people.name == traffic.from) senders += people.count;
  }
  if (traffic.from == kBackend) {
    return reading.fail(json.place, "S0206", "\"server\" is no user, so it has no rate per user",
                        "\"rate\"");
  }
  std::int64_t of_all = 0;  // complains about the form
  const std::size_t slash = std::min(json.text.find('/'), json.text.size());
  const Parsed<double> number = parse_decimal(json.text.substr(0, slash));
  Json whole = json;
  if (json.kind == Json::Kind::string && number.value && *number.value * senders < 1e9) {
    std::string digits = std::to_string(*number.value * senders);
    whole.text = digits + json.text.substr(slash);
  }
  if (!rate_nano().read(reading, whole, of_all)) return false;
  traffic.rate_per_second_nano = of_all;
  return true;
}

Field<Traffic> rate_per_user_field() {
  return {"rate_per_user",
          "",
          "Messages of each sender per time, in the place of rate.",
          read_rate_per_user,
          [](const Traffic&) { return std::optional<Json>(); },
          rate_nano().schema};
}

// What some clients may do otherwise. Who is told OK, what is remembered against duplicates, and
// what surrounds a message is one word for a whole run: books and nodes ask it of messages, not of
// clients.
const Table<ClientConfig>& own_client_table() {
  static const Table<ClientConfig> table = [] {
    Table<ClientConfig> own{"a client of its own", client_table().fields};
    std::erase_if(own.fields, [](const Field<ClientConfig>& field) {
      return field.key == "ack" || field.key == "dedupe_window" || field.key == "overhead";
    });
    return own;
  }();
  return table;
}

// Kept as it is written: it is said over what the scenario, or a strategy, says of all.
Codec<std::string> own_client() {
  return {
      [](Reading& reading, const Json& json, std::string& said) {
        ClientConfig scratch;
        if (!read_object(reading, own_client_table(), json, scratch)) return false;
        said = dump(json);
        said.pop_back();  // the line end
        return true;
      },
      [](const std::string& said) {
        std::vector<Problem> nothing;
        return parse_json(said, "", nothing).value_or(Json::object());
      },
      [](const Vocabulary& vocabulary) { return describe_object(own_client_table(), vocabulary); }};
}

constexpr Bytes kMostAround = 64 * 1024;

Field<ProtocolOverhead> answer_field() {
  using Answer = std::optional<Bytes>;
  const Codec<Bytes> plain = size_between(0, kMostAround);
  const Codec<Answer> codec{[plain](Reading& reading, const Json& json, Answer& value) {
                              Bytes given = 0;
                              if (!plain.read(reading, json, given)) return false;
                              value = given;
                              return true;
                            },
                            [plain](const Answer& value) { return plain.write(value.value_or(0)); },
                            plain.schema};
  return rare_field("answer", &ProtocolOverhead::answer, codec,
                    "16B where `ack` says that nodes answer, else 0B",
                    "The frame by which a node says that it has taken a message; 0B: it says "
                    "nothing, whatever `ack` is.");
}

Field<ClientConfig> requests_field() {
  return rare_field(
      "requests", &ClientConfig::requests, count_between<std::uint16_t>(1, 16),
      "a WebSocket at once; Socket.IO that begins with polling: 4",
      "Requests of one connect that have to meet the same node, placed one by one; the first "
      "that does not is refused.");
}

}  // namespace

const Table<ProtocolOverhead>& overhead_table() {
  static const Table<ProtocolOverhead> table{
      "an overhead",
      {
          field("up", &ProtocolOverhead::up, size_between(0, kMostAround), "0B",
                "Bytes beside the payload in the frame that a client sends."),
          field("down", &ProtocolOverhead::down, size_between(0, kMostAround), "0B",
                "Bytes beside the payload in the frame that a client gets."),
          answer_field(),
          rare_field("echo", &ProtocolOverhead::echo, flag(), "those of squall do not",
                     "Whoever says something in a room of his gets it back, as the others there "
                     "do; nobody is owed it."),
      }};
  return table;
}

const Table<Population>& population_table() {
  static const Table<Population> table{
      "a population",
      {
          field("count", &Population::count, count_between<std::uint32_t>(1, kMostEndpoints),
                std::string(kRequired), "Endpoints of this population."),
          field("arrive", &Population::arrive, arrival(), "",
                "First login after the start of the warm-up. Default uniform(0s,warmup/3)."),
          field("stay", &Population::stay, durations(Never::allowed), "no logout",
                "Login to logout."),
          field("away", &Population::away, durations(Never::allowed), "uncalibrated",
                "Logout to the next login."),
          field("drop", &Population::drop, durations(Never::allowed), "no churn",
                "Between involuntary disconnections of one endpoint."),
          field("silent_drop", &Population::silent_drop, decimal_between(0, 1), "no churn",
                "Share of the drops that the server is not told of."),
          field("downlink", &Population::downlink, bit_rate(), "uncalibrated",
                "From node to client."),
          optional_field("client", &Population::client, own_client(),
                         "What these do otherwise than `client` says of all."),
          optional_field("zone", &Population::zone, fresh_name(),
                         "From where they connect; see cluster.net.zones."),
          optional_field("node", &Population::node, one_node(),
                         "Connect straight to this node, past the balancer, and to no other."),
          optional_field("rooms", &Population::rooms, list_of(fresh_name(), "sets of rooms", 1000),
                         "The sets of rooms that they are in. Default all."),
      }};
  return table;
}

const Table<ScriptedClient>& individual_table() {
  static const Table<ScriptedClient> table{
      "an individual",
      {
          optional_field("on", &ScriptedClient::on, one_node(),
                         "Pinned to this node; else the balancer decides."),
          field("rooms", &ScriptedClient::rooms, list_of(fresh_name(), "room names", 1000), "none",
                "Joined from the first connect."),
          field("downlink", &ScriptedClient::downlink, bit_rate(), "uncalibrated",
                "From node to client."),
          optional_field("client", &ScriptedClient::client, own_client(),
                         "What it does otherwise than `client` says of all."),
          optional_field("zone", &ScriptedClient::zone, fresh_name(),
                         "From where it connects; see cluster.net.zones."),
      }};
  return table;
}

const Table<ClientConfig>& client_table() {
  static const Table<ClientConfig> table{
      "client",
      {
          group("heartbeat", heartbeat_table(), "How silence is noticed."),
          field("connect_timeout", &ClientConfig::connect_timeout, duration_between(1ms, kLongest),
                "uncalibrated", "An attempt that takes longer is abandoned."),
          field("offline_send", &ClientConfig::offline_send,
                one_word_of<OfflineSend>(
                    "way", {{"queue", OfflineSend::queue}, {"refuse", OfflineSend::refuse}}),
                "uncalibrated", "What happens to a message that the user sends while offline."),
          field("offline_queue", &ClientConfig::offline_queue,
                count_between<std::uint32_t>(0, 1'000'000), "uncalibrated",
                "Messages the client holds while offline."),
          field("ack", &ClientConfig::ack,
                one_word_of<AckLevel>("ack level",
                                      {{"none", AckLevel::none}, {"ingress", AckLevel::ingress}}),
                "uncalibrated", "Who tells the sender OK."),
          field("dedupe_window", &ClientConfig::dedupe_window, duration_between(0s, kLongest),
                "JetStream's duplicate window", "How long a client remembers what it got."),
          requests_field(),
          rare_field(
              "overhead", &ClientConfig::overhead, object(overhead_table()),
              "that of the cost profile, where it was measured, else 0B",
              "What the clients' protocol puts around the payload of a message, and says back."),
          rare_field("nat_timeout", &ClientConfig::nat_timeout, duration_or_none(1ms, kLongest),
                     "none in between; of phones: 30s to 5m",
                     "Silence after which a NAT on the way has forgotten the connection: nothing "
                     "passes any more, and neither end is told; none: never."),
          field("backoff", &ClientConfig::backoff, backoff_codec(), "",
                "Waits between connection attempts."),
      }};
  return table;
}

const Table<RoomSet>& room_table() {
  static const Table<RoomSet> table{
      "a set of rooms",
      {
          field("count", &RoomSet::count, count_between<std::uint32_t>(1, kMostRooms), "one room",
                "Rooms of this set, named <name>-0, <name>-1, ..."),
          field("popularity", &RoomSet::zipf, popularity(), "even",
                "How users choose: uniform or zipf(exponent)."),
          field("joined_per_user", &RoomSet::joined_per_user, count_between<std::uint32_t>(1, 1000),
                "one room each", "Different rooms of the set that every user is in."),
          field("sizes", &RoomSet::sizes, room_sizes(), "popularity decides",
                "A measured histogram; overrides the three above. Or the name of a file beside "
                "this one, with the members of a room, or members and rooms, on each line."),
      }};
  return table;
}

const Table<Traffic>& traffic_table() {
  static const Table<Traffic> table{
      "a traffic class",
      {
          field("as", &Traffic::name, fresh_name(), std::string(kRequired),
                "The name of the class."),
          field(
              "from", &Traffic::from, sender(), "uncalibrated",
              "Who sends: any, member (of the room), a population, or server: an application that "
              "publishes to the broker and is nobody's client."),
          target_field(),
          field("rate", &Traffic::rate_per_second_nano, rate_nano(), "",
                "Messages of the whole class per time. Needs this or rate_per_user."),
          rate_per_user_field(),
          field("size", &Traffic::size, sizes(1, kLargestMessage), "uncalibrated",
                "Payload of a message."),
          field("arrivals", &Traffic::poisson,
                one_word_of<bool>("arrivals", {{"poisson", true}, {"fixed", false}}),
                "independent users", "Independent of each other, or evenly spaced."),
          optional_field(
              "shape", &Traffic::shape, traffic_shape(),
              "How the rate changes by itself: const, diurnal(24h) (a day of that length "
              "that begins with measure, uncalibrated), or steps [time, factor]. Default "
              "const."),
      }};
  return table;
}

}  // namespace squall::language
