// The parity table: seven small storms, all five designs, embedded broker and Redis, each played by
// both engines; a row per cell, misses first.
//
// What is to agree stands in sim/cli/compare/parity.hpp. Latency is shown, and judged where nodes
// are dilated: what is read in 3 ms waits as long on two processors as on four. The table goes to
// standard output and to parity-table.txt, with every purpose of bytes and every loss of those
// cells that miss something, so that the reason can be seen.
// SQUALL_PARITY="pause routed,deploy" plays some cells, variants of the designs and more storms
// among them, and says that of all of them.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "report/measure/measure.hpp"
#include "report/words/format.hpp"
#include "sim/cli/compare/parity.hpp"
#include "sim/live/servers/spawned_server.hpp"
#include "strategies/core/backplane.hpp"
#include "tests/support/live_witness.hpp"
#include "tests/support/place.hpp"
#include "tests/support/play.hpp"

namespace squall::testing {
namespace {

constexpr unsigned kAtOnce = 3;                       // a live run waits more than it works
constexpr double kLosesSomething = 0.005;             // of the owed pairs, and not structurally
constexpr const char* kRead = "3ms";                  // what dilated nodes sleep for each message
constexpr double kP50Holds = 0.15, kP99Holds = 0.30;  // of what was simulated

struct Storm {
  std::string_view name;
  std::vector<Override> overrides;
  bool in_table = true;  // else it is played when it is asked for
};

const std::vector<Storm>& storms() {
  static const std::vector<Storm> rows = {
      {"stay",
       {{"/people/u/stay", "exp(5s)"},
        {"/people/u/away", "exp(1s)"},
        {"/people/u/drop", "exp(10s)"}}},
      {"partition", {{"/script", R"([{"at": "2s", "as": "peers", "do": "partition",
                         "between": [["n2", "n3"], ["n1", "n4"]], "for": "3s"},
                        {"at": "4s", "as": "cut", "do": "partition",
                         "between": [["n1"], ["broker"]], "for": "2s"}])"}}},
      {"pause",
       {{"/script", R"([{"at": "2s", "as": "sleep", "do": "pause", "on": "n2", "for": "3s"},
                        {"at": "4s", "as": "nap", "do": "pause", "on": "n3", "for": "1s"}])"}}},
      {"host-loss", {{"/script", R"([{"at": "2s", "as": "gone", "do": "host_loss", "on": "n2"},
                        {"at": "6s", "as": "back", "do": "restart", "on": "n2"}])"}}},
      {"deploy",
       {{"/script", R"([{"at": "1s", "as": "deploy", "do": "rolling_restart", "on": "node[*]",
                         "batch": 1, "drain": "500ms", "down": "700ms", "pause": "300ms"}])"}}},
      {"outage", {{"/script", R"([{"at": "2s", "as": "broker", "do": "broker_down", "for": "2s"},
                        {"at": "3s", "as": "registry", "do": "registry_down", "for": "2s"}])"}}},
      {"mixed",
       {{"/people/u/stay", "exp(8s)"},
        {"/people/u/away", "exp(1s)"},
        {"/people/u/silent_drop", "0.3"},
        {"/script", R"([{"at": "1s", "as": "crash", "do": "crash", "on": "n2", "for": "1500ms"},
                        {"at": "2s", "as": "broker", "do": "broker_down", "for": "1s"},
                        {"at": "4s", "as": "cut", "do": "partition",
                         "between": [["n1", "n2"], ["n3", "n4"]], "for": "2s"},
                        {"at": "5s", "as": "sleep", "do": "pause", "on": "n4", "for": "1s"}])"}}},
      {"mass",
       {{"/script", R"([{"at": "2s", "as": "all", "do": "disconnect", "on": "u", "how": "abort"},
                        {"at": "5s", "as": "half", "do": "disconnect", "on": "u", "share": 0.5,
                         "how": "silent"}])"}},
       false},
      {"mobile", {{"/people/u/drop", "exp(4s)"}, {"/people/u/silent_drop", "0.6"}}, false},
      {"crash",
       {{"/script", R"([{"at": "2s", "as": "crash", "do": "crash", "on": "n2", "for": "1500ms"},
                        {"at": "5s", "as": "again", "do": "crash", "on": "n3", "for": "500ms"}])"}},
       false},
      {"registry",
       {{"/script", R"([{"at": "2s", "as": "registry", "do": "registry_down", "for": "2s"}])"}},
       false},
      {"broker",
       {{"/script", R"([{"at": "2s", "as": "broker", "do": "broker_down", "for": "2s"}])"}},
       false},
      {"calm", {{"/people/u/drop", "never"}}, false},
  };
  return rows;
}

struct CellOfTable {
  const Storm* storm;
  std::string strategy, broker;
  ParityRow row{};
  std::string books = {};  // what is wrong with the live run itself
  std::string details = {};
  std::string name() const { return std::string(storm->name) + " " + strategy + " " + broker; }
  bool structural_only() const { return row.without_structural.simulated <= kLosesSomething; }
  bool misses() const { return !row.agrees() || !books.empty(); }
};

// Beginnings of cells' names, comma between; empty: all cells.
std::string asked_for() {
  const char* const text = std::getenv("SQUALL_PARITY");
  return text == nullptr ? "" : text;
}

std::vector<CellOfTable> all_cells(bool redis) {
  std::vector<CellOfTable> cells;
  const std::string only = asked_for();
  for (const Storm& storm : storms()) {
    if (only.empty() && !storm.in_table) continue;
    for (const PresetRow& preset : presets()) {
      if (only.empty() && !preset.in_default_set) continue;
      const BackplaneNeeds needs = backplane_named(preset.spec.backplane)->needs;
      cells.push_back({&storm, preset.spec.name, "embedded"});
      if (redis && (needs.broker || needs.registry)) {
        cells.push_back({&storm, preset.spec.name, "spawn:redis"});
      }
    }
  }
  std::erase_if(cells, [&](const CellOfTable& cell) {
    for (std::size_t begin = 0; begin <= only.size();) {
      const std::size_t end = std::min(only.find(',', begin), only.size());
      if (cell.name().starts_with(only.substr(begin, end - begin))) return false;
      begin = end + 1;
    }
    return true;
  });
  return cells;
}

Scenario scenario_of(const Storm& storm, const StrategySpec& spec, bool dilated) {
  std::ifstream file(source_path("tests/parity/base.json"));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::vector<Override> overrides = storm.overrides;
  if (dilated) overrides.push_back({"/cluster/nodes/costs/frame_read", kRead});
  // What waits for somebody is given up in the end, so that the books balance.
  if (spec.options.contains("mailbox")) overrides.push_back({"/time/drain", "40s"});
  Scenario scenario = loaded(text, overrides);
  scenario.strategies = {spec};
  return scenario;
}

// Both sides of everything that the engines can differ in, for whoever looks for the reason.
std::string details_of(const Scenario& scenario, const RunRecord& simulated,
                       const RunRecord& lived) {
  const std::vector<std::string> triggers = trigger_names(scenario);
  std::string text;
  const auto line = [&](const std::string& what, double sim, double live) {
    if (sim == 0 && live == 0) return;
    text += "    " + what + " " + decimal(sim, 0) + " / " + decimal(live, 0) + "\n";
  };
  for (std::size_t link = 0; link < kLinks; ++link) {
    for (std::size_t purpose = 0; purpose < kBytePurposes; ++purpose) {
      const auto bytes = [&](const RunRecord& run) {
        return static_cast<double>(run.bytes[link].sent[purpose]);
      };
      line(std::string(name(static_cast<Link>(link))) + " " +
               std::string(name(static_cast<BytePurpose>(purpose))),
           bytes(simulated), bytes(lived));
    }
  }
  std::map<std::string, std::array<double, 2>> losses;
  const auto collect = [&](const RunRecord& run, std::size_t side) {
    for (const LossRow& loss : run.losses) {
      const std::string what(row(loss.mechanism).name);
      losses[what + " " + triggers.at(index(loss.trigger))][side] +=
          static_cast<double>(loss.pairs);
    }
  };
  collect(simulated, 0), collect(lived, 1);
  for (const auto& [what, pairs] : losses) line("lost " + what, pairs[0], pairs[1]);
  for (const double share : {0.5, 0.99, 1.0}) {
    line("late, ns, quantile " + decimal(share, 2), 0,
         static_cast<double>(lived.live.lateness.quantile(share)));
  }
  return text;
}

void play_cell(CellOfTable& cell, bool dilated) {
  const StrategySpec spec = strategy(cell.strategy);
  const Scenario scenario = scenario_of(*cell.storm, spec, dilated);
  live::LiveOptions options;
  options.dilate = dilated;
  options.broker = cell.broker;
  options.loops = 1;
  OwedLog owed;
  const RunRecord simulated = play(scenario, spec, 1, {.mute = {}, .owed_log = &owed});
  options.owed_elsewhere = &owed;
  const RunRecord lived = play_in_time(scenario, spec, options);
  for (const Violation& violation : lived.violations) {
    cell.books += " " + violation.law + ": " + violation.detail;
  }
  if (value("ledger.unresolved", lived) > 0) cell.books += " unresolved pairs";
  if (value("ledger.unattributed", lived) > 0) cell.books += " unattributed losses";
  if (lived.arrivals_hash != simulated.arrivals_hash) cell.books += " other messages";
  const auto result = [&](const RunRecord& record) {
    return make_result(scenario, {spec}, {1}, {{record}});
  };
  cell.row = compare_engines(result(simulated), result(lived)).rows.front();
  cell.details = details_of(scenario, simulated, lived);
}

void play_all_cells(std::vector<CellOfTable>& cells, bool dilated) {
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> players;
  for (unsigned i = 0; i < kAtOnce; ++i) {
    players.emplace_back([&] {
      for (std::size_t n = next++; n < cells.size(); n = next++) play_cell(cells[n], dilated);
    });
  }
  for (std::thread& player : players) player.join();
}

std::string share(double value) { return decimal(value * 100, 2) + " %"; }
std::string error(const BothSides& sides) { return decimal(sides.error() * 100, 1) + " %"; }

std::string table_of(const std::vector<CellOfTable>& cells) {
  std::vector<std::vector<std::string>> rows = {{"storm", "strategy", "broker", "agree", "owed",
                                                 "loss sim", "live", "not structural", "top cause",
                                                 "client bytes", "cluster bytes", "p50", "p99"}};
  for (const bool missing : {true, false}) {
    for (const CellOfTable& cell : cells) {
      if (cell.misses() != missing) continue;
      const ParityRow& row = cell.row;
      const bool same = row.cause_simulated == row.cause_live;
      rows.push_back({std::string(cell.storm->name), cell.strategy, cell.broker,
                      missing ? "NO" : "yes", row.owed_text(), share(row.loss.simulated),
                      share(row.loss.live), share(row.without_structural.simulated),
                      same ? row.cause_live : row.cause_simulated + " / " + row.cause_live,
                      error(row.client_bytes), error(row.cluster_bytes), error(row.p50),
                      error(row.p99)});
    }
  }
  std::string text = text_table(rows, 4);
  for (const CellOfTable& cell : cells) {
    if (!cell.misses() && asked_for().empty()) continue;
    text += cell.name() + ": " + cell.row.misses() + cell.books + "\n" + cell.details;
  }
  return text;
}

std::vector<CellOfTable> played_table(bool dilated, const char* file) {
  std::string missing;
  const bool redis = live::spawn_server("redis", missing) != nullptr;
  if (!redis) std::cout << "embedded only: " << missing << "\n";
  std::vector<CellOfTable> cells = all_cells(redis);
  play_all_cells(cells, dilated);
  const std::string table = table_of(cells);
  std::cout << table;
  std::ofstream(file) << table;
  return cells;
}

TEST(ParityTable, DilatedNodesDeliverAsLateAsSimulatedOnes) {
  const std::vector<CellOfTable> cells = played_table(true, "parity-table-dilated.txt");

  const auto holds = std::ranges::count_if(cells, [](const CellOfTable& cell) {
    return std::abs(cell.row.p50.error()) <= kP50Holds &&
           std::abs(cell.row.p99.error()) <= kP99Holds;
  });
  std::cout << "p50 and p99 hold in " << holds << " of " << cells.size() << " cells\n";
  EXPECT_GE(static_cast<std::size_t>(holds) * 5, cells.size() * 4);
}

TEST(ParityTable, BothEnginesOweLoseAndSendTheSameInEveryStorm) {
  const std::vector<CellOfTable> cells = played_table(false, "parity-table.txt");

  std::size_t bytes_agree = 0, lose = 0;
  for (const CellOfTable& cell : cells) {
    const std::string where = cell.name() + ": " + cell.row.misses();
    EXPECT_EQ(cell.books, "") << where;
    EXPECT_TRUE(cell.row.owed_agrees) << where;
    EXPECT_TRUE(cell.row.loss_agrees) << where;
    EXPECT_TRUE(cell.row.cause_agrees) << where;
    bytes_agree += cell.row.bytes_agree;
    lose += !cell.structural_only();
  }
  EXPECT_GE(bytes_agree * 100, cells.size() * 95) << "of " << cells.size() << " cells";
  EXPECT_GE(lose * 3, cells.size() * 2) << "a table in which nothing is lost shows nothing";
}

}  // namespace
}  // namespace squall::testing
