// `--watch` with pages that behave as browsers do: they come, reload, are closed, do not read, ten
// at a time. Whatever they do, the result is the same bytes.
#include <gtest/gtest.h>

#include <functional>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "report/export/json.hpp"
#include "report/measure/measure.hpp"
#include "sim/cli/watch/watch.hpp"
#include "sim/kernel/engine.hpp"
#include "tests/support/cli.hpp"
#include "tests/support/play.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/watch_address.hpp"

namespace squall::testing {
namespace {

Scenario busy() {
  return loaded(R"json({"squall": 1, "name": "busy", "why": "People talk, and a node dies.",
    "time": {"warmup": "1s", "measure": "20s", "drain": "5s", "deadline": "1s"},
    "cluster": {"nodes": {"count": 3}},
    "people": {"user": {"count": 300, "arrive": "uniform(0s,100ms)", "drop": "exp(20s)"}},
    "rooms": {"room": {"count": 10, "popularity": "uniform"}},
    "strategies": ["broadcast"],
    "traffic": [{"as": "chat", "from": "member", "to": "room:room", "rate": "50/s",
                 "size": "100B"}],
    "script": [{"at": "6s", "as": "crash", "do": "crash", "on": "n1", "for": "4s"}]})json");
}

// Lets the run go on when everybody has come: no page is late for it.
struct Gate final : Witness {
  explicit Gate(std::latch& the_latch) : everybody(the_latch) {}
  void see(const Message&, const Sight&) override { everybody.wait(); }
  std::latch& everybody;
};

constexpr int kReaders = 10, kDeaf = 3, kClosed = 5, kReloads = 20;

// The pages, from before the first message until the server goes.
class Crowd {
 public:
  Crowd(const std::string& address, std::latch& everybody) : at_(address), everybody_(everybody) {
    for (int i = 0; i < kReaders; ++i) add([this] { read_all(); });
    for (int i = 0; i < kClosed; ++i) add([this] { look_and_go(); });
    add([this] { reload(); });
    for (int i = 0; i < kDeaf; ++i) {
      deaf_.push_back(std::make_unique<RawSocket>(at_.port));
      EXPECT_TRUE(deaf_.back()->upgrade(at_.live()));
    }
  }
  static constexpr std::ptrdiff_t kExpected = kReaders + kClosed + 1;

 private:
  void add(std::function<void()> what) { threads_.emplace_back(std::move(what)); }
  void come(RawSocket& page) {
    EXPECT_TRUE(page.upgrade(at_.live()));
    page.hear_until("\"scenario\"");
  }
  void read_all() {
    RawSocket page(at_.port);
    come(page);
    everybody_.count_down();
    page.hear_all();
  }
  void look_and_go() {
    {
      RawSocket page(at_.port);
      come(page);
    }
    everybody_.count_down();
  }
  void reload() {
    for (int i = 0; i < kReloads; ++i) {
      RawSocket page(at_.port);
      come(page);
    }
    everybody_.count_down();
  }

  const WatchAddress at_;
  std::latch& everybody_;
  std::vector<std::unique_ptr<RawSocket>> deaf_;  // connected, and never read
  std::vector<std::jthread> threads_;
};

std::string bytes_of(const Scenario& scenario, const RunRecord& record) {
  return to_json(make_result(scenario, scenario.strategies, {1}, {{record}}));
}

TEST(WatchPages, that_come_reload_close_or_do_not_read_change_no_byte_of_the_result) {
  const Scenario scenario = busy();
  const std::string alone = bytes_of(scenario, play(scenario, scenario.strategies.front(), 1));
  std::string error;
  std::unique_ptr<Watch> watch = Watch::start(error);
  ASSERT_NE(watch, nullptr) << error;
  watch->state().begin(scenario, "sim", 1);
  std::latch everybody(Crowd::kExpected);
  Crowd crowd(watch->address(), everybody);
  Gate gate(everybody);
  const PlayFunction engine = watch->state().watched(
      [&](const Scenario& of, const StrategySpec& spec, std::uint64_t seed, PlayOptions options) {
        options.witness = &gate;
        return play(of, spec, seed, options);
      });

  const RunRecord record = engine(scenario, scenario.strategies.front(), 1, {});
  watch->state().finished({{0, 0}, 1, 1, record});
  watch = nullptr;

  EXPECT_EQ(bytes_of(scenario, record), alone);
}

TEST(WatchPages, of_a_command_change_nothing_that_it_says_or_stores) {
  const Squall squall;
  const Words words{"run", "small.json", "-n", "20", "--json", "-q"};
  const ProcessResult alone = squall(words);
  const std::string stored = squall.folder().read(squall.newest_run() + "/result.json");
  Words watched = words;
  watched.push_back("--watch");
  std::vector<std::unique_ptr<RawSocket>> pages;

  const ProcessResult result = squall.watched(watched, [&](pid_t, const std::string& err) {
    const std::size_t from = err.find("http://"), to = err.find('\n', from);
    if (!pages.empty() || from == err.npos || to == err.npos) return;
    const WatchAddress at(err.substr(from, to - from));
    for (int i = 0; i < 10; ++i) {
      pages.push_back(std::make_unique<RawSocket>(at.port));
      pages.back()->upgrade(at.live());  // who comes too late is nobody
    }
  });

  EXPECT_FALSE(pages.empty()) << result.err;
  EXPECT_EQ(result.exit_code, alone.exit_code);
  EXPECT_EQ(result.out, alone.out);
  EXPECT_EQ(squall.folder().read(squall.newest_run() + "/result.json"), stored);
}

}  // namespace
}  // namespace squall::testing
