// From four numbers to a scenario. See setting.hpp.
// Lines are as fast as loopback, and nobody comes or goes.
#include "bench/peers/setting.hpp"

#include <cmath>

namespace squall::bench {

Scenario scenario_of(const Setting& setting) {
  Scenario scenario;
  scenario.name = "live-fanout";
  scenario.cluster.nodes.count = setting.nodes;
  scenario.cluster.nodes.egress_limit = Bytes{64} << 20;
  scenario.cluster.lb.policy = "round_robin";
  scenario.client.ack = AckLevel::none;
  scenario.client.heartbeat_every = 1h;
  Population people;
  people.name = "users";
  people.count = setting.clients;
  people.arrive = Distribution::fixed(0);
  people.downlink = 100'000'000'000;
  scenario.people.push_back(people);
  RoomSet rooms;
  rooms.name = "room";
  rooms.count = setting.rooms;
  rooms.sizes = {{setting.clients / setting.rooms, setting.rooms}};
  scenario.rooms.push_back(rooms);
  return scenario;
}

Scenario scenario_of(const Setting& setting, double rate, Duration measure) {
  Scenario scenario = scenario_of(setting);
  scenario.time = {.warmup = 2s, .measure = measure, .drain = 1s, .deadline = 30s};
  scenario.people.front().arrive = {Distribution::Kind::uniform, 0, 1'000'000'000, 0};
  Traffic chat;
  chat.name = "chat";
  chat.from = "member";
  chat.to = TrafficTo::room;
  chat.room_set = "room";
  chat.rate_per_second_nano = std::llround(rate * 1e9);
  chat.size = Distribution::fixed(setting.bytes);
  chat.poisson = false;
  scenario.traffic.push_back(chat);
  return scenario;
}

}  // namespace squall::bench
