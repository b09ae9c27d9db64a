// A room as large as a scenario's: what its loads say of a push and of a heartbeat, where the costs
// are known because the loads here are made of them.
#include <gtest/gtest.h>

#include "sim/cli/calibrate/room.hpp"

namespace squall::testing {
namespace {

using namespace std::chrono_literals;

// `read` messages a second, each to everybody.
PlayedLoad room_load(const LoadRow& row, double read, double cpu) {
  PlayedLoad one;
  one.row = &row;
  one.load.name = row.name;
  one.load.work.assign(kKinds, 0);
  const auto work = [&](Kind kind) -> double& {
    return one.load.work[static_cast<std::size_t>(kind)];
  };
  work(Kind::read) = read, work(Kind::push) = read * (row.users - 1);
  work(Kind::beat) = row.users / 25.0;
  one.load.cpu = cpu;
  one.recipients = read > 0 ? row.users - 1 : 0, one.pushes = work(Kind::push);
  return one;
}

TEST(Room, TakesPushAndHeartbeatFromItselfAndTheRestFromSmallLoads) {
  const LoadRow silent = silent_room(10'000), talking = talking_room(10'000, 20e-6, 0.6);
  Calibration profile;
  profile.costs.push = 10us, profile.costs.frame_read = 1ms;  // of small loads
  profile.recipients = {2, 199}, profile.pushes = {100, 9000};
  const double beats = 400 * 200e-6, busy = 3 * (1e-3 + 9999 * 20e-6);

  fit_room(profile, {room_load(silent, 0, beats * 1.02), room_load(talking, 3, beats + busy),
                     room_load(silent, 0, beats * 0.98), room_load(talking, 3, beats + busy)});

  EXPECT_NEAR(static_cast<double>(profile.costs.push->count()), 20e3, 200);
  EXPECT_NEAR(static_cast<double>(profile.costs.heartbeat->count()), 200e3, 4e3);
  EXPECT_EQ(profile.costs.frame_read, 1ms);
  EXPECT_EQ(profile.recipients.to, 9999);
  EXPECT_EQ(profile.pushes.to, 3 * 9999);
  ASSERT_EQ(profile.fit.size(), 4U);
  EXPECT_NEAR(profile.fit[1].fitted, profile.fit[1].measured, 0.01);
}

TEST(Room, TalksAsMuchAsItIsToldToAndLongEnoughForAHeartbeatOfEverybody) {
  const LoadRow talking = talking_room(10'000, 20e-6, 0.6);

  EXPECT_NEAR(talking.per_second, 3, 0.011);  // 0.2 s of pushes each
  EXPECT_EQ(talking.measure_ms, 25'000);
  EXPECT_EQ(silent_room(10'000).per_second, 0);
  EXPECT_DOUBLE_EQ(push_at_most_s(room_load(talking, 2, 0.5)), 0.5 / (2 * 9999));
  EXPECT_EQ(push_at_most_s(room_load(talking, 0, 0.5)), 0);
}

}  // namespace
}  // namespace squall::testing
