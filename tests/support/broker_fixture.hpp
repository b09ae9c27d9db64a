// Brokers that a contract test can start, kill and start again.
//
// A row per broker: how it is made, and what it does that others do not. The table of those that
// are tested everywhere is in broker_fixture.cpp; a broker with a test file of its own has its row
// there.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "sim/live/links/broker_link.hpp"

namespace squall::testing {

class BrokerFixture {
 public:
  virtual ~BrokerFixture() = default;  // stops it
  // Empty: it accepts connections. Else a sentence: why it cannot run here.
  virtual std::string start() = 0;
  virtual live::BrokerAddress address() const = 0;
  virtual void kill() = 0;            // abruptly
  virtual std::string restart() = 0;  // at the same address, after kill(); as start()
};

struct BrokerTraits {
  // After kill() and restart() it has forgotten everything, but serves again at its address.
  bool can_restart = true;
  // It cuts a reader that lets this many bytes wait; 0: it never cuts one.
  Bytes cuts_readers_at = 0;
  // The link can tell that it was cut for being slow.
  bool tells_slow = true;
};

struct BrokerRow {
  std::string_view name;  // letters and digits: part of a test's name
  std::unique_ptr<BrokerFixture> (*make)();
  BrokerTraits traits;
};
inline void PrintTo(const BrokerRow& row, std::ostream* out) { *out << row.name; }
inline std::string row_name(const ::testing::TestParamInfo<BrokerRow>& info) {
  return std::string(info.param.name);
}

// The embedded broker and Redis, in all modes.
std::span<const BrokerRow> resp_brokers();

// A real server from sim/live/servers/spawned_server.hpp; `query` is added to its address.
std::unique_ptr<BrokerFixture> make_spawned(std::string_view kind, std::string_view query);

}  // namespace squall::testing
