// Every number of the page's tables and charts against result.json: cell by cell, value by value.
// What sentences say is page_words_test.cpp.
//
// The expected values are computed here from the JSON text alone, not by the code of the report.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/page_numbers.hpp"
#include "tests/support/result_page.hpp"
#include "tests/support/sample_load.hpp"

namespace squall {
namespace {

using namespace testing;
void expect_shows(const std::string& cell, std::vector<double> expected, const std::string& where) {
  const std::vector<Printed> numbers = numbers_in(cell);
  ASSERT_EQ(numbers.size(), expected.size()) << where << ": " << cell;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_TRUE(numbers[i].stands_for(expected[i]))
        << where << " shows " << cell << ", result.json has " << expected[i];
  }
}

// ---- the headline -------------------------------------------------------------------------------

double headline_scale(const std::string& metric, const std::string& unit) {
  if (metric == "ready_again.p99") return 1e-9;
  if (unit == "ns" || unit == "bytes/s") return 1e-6;
  return metric == "bytes.amplification" ? 1 : 100;
}

std::size_t check_headline(const Page& page) {
  static const std::regex kRow("<tr><th scope=\"row\"[\\s\\S]*?</tr>");
  static const std::regex kCell("data-metric=\"([a-z_0-9.]+)\">([^<]*)</td>");
  std::size_t cells = 0;
  for (std::sregex_iterator row(page.html_.begin(), page.html_.end(), kRow), end; row != end;
       ++row) {
    const std::string text = row->str();
    const std::string name =
        text.substr(text.find("</svg>") + 6, text.find("</th>") - text.find("</svg>") - 6);
    const std::string strategy = name.substr(0, name.find(' '));
    for (std::sregex_iterator at(text.begin(), text.end(), kCell); at != end; ++at) {
      const std::string metric = (*at)[1], cell = (*at)[2];
      const Json& json = page.metric(strategy, metric);
      ++cells;
      if (numbers_in(cell).empty()) continue;  // words: no data, or too few
      const double scale = headline_scale(metric, json["unit"]);
      std::vector<double> expected{page.level(strategy, metric) * scale};
      if (cell.find("±") != cell.npos) {
        expected.push_back(number(json["ci95"][1]) * scale - expected[0]);
      } else if (cell.find('[') != cell.npos) {
        for (const Json& side : json["ci95"]) expected.push_back(number(side) * scale);
      }
      expect_shows(cell, expected, strategy + " " + metric);
    }
  }
  return cells;
}

TEST(PageNumbers, of_the_headline_are_those_of_the_result) {
  EXPECT_GE(check_headline(Page(played())), 20U);
  EXPECT_GE(check_headline(Page(sample::loaded_result())), 20U);
}

// ---- the tables under the charts ---------------------------------------------------------------

using Row = std::vector<std::string>;
// Checks one row of a table; `number` counts the rows of this strategy so far.
using Check = std::function<void(const Page&, const Row&, std::size_t number)>;

void check_loss(const Page& page, const Row& row, std::size_t number_of_row) {
  const Json& loss = page.of(row[0])["loss"][number_of_row];
  const double pairs = loss["pairs"];
  expect_shows(row[4], {pairs}, row[0] + " pairs lost");
  expect_shows(row[5], {pairs / page.total(row[0], "pairs.owed")}, row[0] + " share lost");
  expect_shows(row[6], {loss["broken_promises"]}, row[0] + " broken promises");
}

void check_bytes(const Page& page, const Row& row, std::size_t number_of_row) {
  const Json& shares = page.of(row[0])["bytes"];
  double all = 0;
  for (const Json& share : shares) all += share["bytes"].get<double>();
  const double bytes = shares[number_of_row]["bytes"];
  EXPECT_EQ(row[1], shares[number_of_row]["link"].get<std::string>());
  EXPECT_EQ(row[2], shares[number_of_row]["purpose"].get<std::string>());
  const std::vector<Printed> rate = numbers_in(row[3]);
  ASSERT_EQ(rate.size(), 1U) << row[3];
  // Ticks of an axis have fewer digits: three of them must be right.
  EXPECT_NEAR(rate[0].value, bytes / page.seconds_ / page.seeds_,
              std::max(rate[0].half, 0.005 * rate[0].value));
  expect_shows(row[4], {bytes / all}, row[0] + " share of bytes");
}

void check_faults(const Page& page, const Row& row, std::size_t number_of_row) {
  const Json& fault = page.of(row[0])["charts"]["faults"][number_of_row];
  const Json& span = page.json_["timeline"]["spans"][number_of_row];
  expect_shows(row[2], {number(span["begin_s"]) * 1e9}, "from");
  expect_shows(row[3], {number(span["end_s"]) * 1e9}, "to");
  expect_shows(row[4], {fault["disconnects"]}, row[0] + " disconnections");
  expect_shows(row[5], {fault["pairs_lost"]}, row[0] + " pairs lost to the fault");
  if (!fault["ready_again_p99_ns"].is_object()) {
    expect_shows(row[6], {number(fault["ready_again_p99_ns"])}, row[0] + " ready again");
  }
  expect_shows(row[7], {fault["never_again"]}, row[0] + " never again");
}

void check_nodes(const Page& page, const Row& row, std::size_t node) {
  const Json& nodes = page.of(row[0])["charts"]["nodes"];
  const double time = page.seconds_ * page.seeds_;
  const double busy = nodes["busy_ns"][node];
  const double loops = page.json_["timeline"]["loops"];
  expect_shows(row[2], {nodes["pushes"][node].get<double>() / time}, row[0] + " frames");
  expect_shows(row[3], {nodes["ingress"][node].get<double>() / time}, row[0] + " messages");
  expect_shows(row[4], {number(nodes["connections"][node])}, row[0] + " connections");
  expect_shows(row[5], {busy / (time * 1e9 * std::max(1.0, loops))}, row[0] + " CPU");
  if (busy > 0) {
    expect_shows(row[6], {nodes["wasted_ns"][node].get<double>() / busy}, row[0] + " wasted");
    EXPECT_LE(nodes["wasted_ns"][node].get<double>(), busy);
  }
}

void check_phases(const Page& page, const Row& row, std::size_t number_of_row) {
  const Json& phase = page.of(row[0])["charts"]["phases"][number_of_row];
  const double owed = phase["owed"];
  expect_shows(row[2], {owed}, row[0] + " owed in a phase");
  expect_shows(row[3], {phase["lost"].get<double>() / owed}, row[0] + " lost in a phase");
  std::size_t most = 0;
  for (std::size_t bin = 1; bin < phase["pairs"].size(); ++bin) {
    if (phase["pairs"][bin] > phase["pairs"][most]) most = bin;
  }
  if (phase["pairs"].empty()) return;
  const std::vector<Printed> ends = numbers_in(row[4]);
  ASSERT_EQ(ends.size(), 2U) << row[4];
  EXPECT_TRUE(ends[0].stands_for(phase["from_ns"][most])) << row[4];
  const double to = phase["to_ns"][most];
  EXPECT_TRUE(ends[1].stands_for(to) || ends[1].stands_for(to + 1)) << row[4];
}

void check_causes(const Page& page, const Row& row, std::size_t number_of_row) {
  const Json& cause = page.of(row[0])["charts"]["causes"][number_of_row];
  double sum = 0, most = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < cause["pairs"].size(); ++i) {
    const double pairs = cause["pairs"][i];
    sum += pairs;
    if (pairs > most) most = pairs, at = i;
  }
  EXPECT_EQ(row[1], cause["mechanism"].get<std::string>());
  expect_shows(row[2], {sum}, row[0] + " lost to " + row[1]);
  expect_shows(row[3], {most}, row[0] + " most lost to " + row[1]);
  const double width = number(page.json_["timeline"]["slice_s"]);
  expect_shows(row[4], {static_cast<double>(at) * width * 1e9}, row[0] + " when");
}

void check_classes(const Page& page, const Row& row, std::size_t) {
  for (const Json& traffic : page.of(row[0])["charts"]["traffic"]) {
    if (traffic["name"] != row[1]) continue;
    double owed = 0, lost = 0, worst = 0;
    for (std::size_t i = 0; i < traffic["owed"].size(); ++i) {
      owed += traffic["owed"][i].get<double>();
      lost += traffic["lost"][i].get<double>();
      if (traffic["p99_ns"][i].is_number()) worst = std::max(worst, number(traffic["p99_ns"][i]));
    }
    expect_shows(row[2], {owed}, row[0] + " owed of " + row[1]);
    expect_shows(row[3], {lost}, row[0] + " lost of " + row[1]);
    expect_shows(row[4], {lost / owed}, row[0] + " share lost of " + row[1]);
    expect_shows(row[5], {worst}, row[0] + " worst p99 of " + row[1]);
    return;
  }
  ADD_FAILURE() << row[1] << " is not in result.json";
}

void check_tradeoff(const Page& page, const Row& row, std::size_t) {
  expect_shows(row[1], {page.level(row[0], "loss.intent")}, row[0] + " lost");
  const Json& interval = page.metric(row[0], "loss.intent")["ci95"];
  if (interval.is_array()) {
    expect_shows(row[2], {number(interval[0]), number(interval[1])}, row[0] + " interval");
  }
  expect_shows(row[3], {page.level(row[0], "bytes.cluster.rate")}, row[0] + " cluster traffic");
}

void check_samples(const Page& page, const Row& row, std::size_t) {
  expect_shows(row[1], {page.seeds_, page.seeds_}, "replications");
  expect_shows(row[2], {page.total(row[0], "pairs.owed")}, row[0] + " owed");
  expect_shows(row[4], {static_cast<double>(page.of(row[0])["warnings"].size())}, "warnings");
}

// The points of the curve that stand at the percentiles of the head.
void check_percentiles(const Page& page, const PageTable& table) {
  for (const Row& row : table.rows) {
    const Json& curve = page.of(row[0])["charts"]["curve"];
    for (std::size_t column = 1; column < row.size(); ++column) {
      const double percent = std::stod(table.head[column].substr(1));
      for (std::size_t i = 0; i < curve["of_million"].size(); ++i) {
        if (curve["of_million"][i].get<double>() != std::round(percent * 1e4)) continue;
        const double expected = number(curve["pooled_ns"][i]);
        if (!numbers_in(row[column]).empty()) {
          expect_shows(row[column], {expected}, row[0] + " " + table.head[column]);
        }
      }
    }
  }
}

// Mean of the paired differences, and the ends of Student's interval: only that they hold together.
void check_forest(const Page& page, const Row& row, const std::string& reference) {
  const Json& ours = page.metric(row[0], "loss.intent")["per_seed"];
  const Json& theirs = page.metric(reference, "loss.intent")["per_seed"];
  double sum = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) sum += number(ours[i]) - number(theirs[i]);
  const double mean = 100 * sum / page.seeds_;
  expect_shows(row[1], {mean}, row[0] + " more lost");
  const std::vector<Printed> ends = numbers_in(replaced(row[2], "[", " "));
  ASSERT_EQ(ends.size(), 2U) << row[2];
  EXPECT_NEAR((ends[0].value + ends[1].value) / 2, mean, ends[0].half + ends[1].half);
}

std::set<std::string> check_tables(const Page& page) {
  const std::map<std::string, Check> checks = {
      {"r1-loss", check_loss},      {"r1-bytes", check_bytes},     {"r1-nodes", check_nodes},
      {"r1-heatmap", check_phases}, {"r1-timeline", check_faults}, {"r1-tradeoff", check_tradeoff},
      {"r1-causes", check_causes},  {"r1-classes", check_classes}};
  std::set<std::string> seen;
  for (const PageTable& table : tables_of(page.html_)) {
    std::map<std::string, std::size_t> rows_of;
    seen.insert(table.figure);
    if (table.figure == "r1-percentiles") check_percentiles(page, table);
    for (const Row& row : table.rows) {
      const auto check = checks.find(table.figure);
      if (check != checks.end()) {
        check->second(page, row, rows_of[row[0]]++);
      } else if (table.figure == "r1-forest") {
        check_forest(page, row, tables_of(page.html_).front().rows.front()[0]);
      } else if (table.head.size() > 3 && table.head[3] == "last percentile") {
        check_samples(page, row, 0);
      }
    }
  }
  return seen;
}

TEST(PageNumbers, of_every_table_are_those_of_the_result) {
  std::vector<const char*> figures = {"r1-loss",     "r1-bytes",    "r1-nodes",       "r1-heatmap",
                                      "r1-timeline", "r1-tradeoff", "r1-percentiles", "r1-forest"};
  const std::set<std::string> of_loaded = check_tables(Page(sample::loaded_result()));
  for (const char* figure : figures) {
    EXPECT_TRUE(of_loaded.contains(figure)) << figure << " has no table on the page";
  }

  figures.insert(figures.end(), {"r1-causes", "r1-classes"});  // no run made the sample
  const std::set<std::string> of_played = check_tables(Page(played()));
  for (const char* figure : figures) {
    EXPECT_TRUE(of_played.contains(figure)) << figure << " has no table on the page";
  }
}

// ---- the data of the charts --------------------------------------------------------------------

const Json& named(const Json& all, const char* key, const std::string& name) {
  for (const Json& one : all) {
    if (one[key] == name) return one;
  }
  throw std::runtime_error("not in result.json: " + name);
}

double share_lost(const Json& slices, std::size_t i) {
  return 100 * number(slices["lost"][i]) / number(slices["owed"][i]);
}

// What result.json has for a point of a panel over time; `of` says what it shows.
double over_time_value(const Page& page, const Json& panel, const Json& series, std::size_t i) {
  const std::string of = panel["of"], name = series["name"];
  if (of == "cause") {
    const std::string title = panel["title"];
    const Json& charts = page.of(title.substr(0, title.find(':')))["charts"];
    return number(named(charts["causes"], "mechanism", name)["pairs"][i]) / page.seeds_;
  }
  const Json& charts = page.of(name)["charts"];
  if (of == "loss") return share_lost(charts["slices"], i);
  if (of == "p50" || of == "p99") return number(charts["slices"][of + "_ns"][i]) / 1e6;
  if (of == "connected") return number(charts["slices"]["connected"][i]) / page.seeds_;
  const bool loss = of.starts_with("class loss ");
  const std::string traffic_name = of.substr(of.find(' ', std::string("class ").size()) + 1);
  const Json& traffic = named(charts["traffic"], "name", traffic_name);
  return loss ? share_lost(traffic, i) : number(traffic["p99_ns"][i]) / 1e6;
}

TEST(PageNumbers, of_the_charts_data_are_those_of_the_result) {
  const Page page(played());
  static const std::regex kData("class=\"zoom\">(.*)</script>");
  std::size_t compared = 0;
  for (std::sregex_iterator at(page.html_.begin(), page.html_.end(), kData), end; at != end; ++at) {
    const Json data = Json::parse((*at)[1].str());
    const bool over_time = data["axis"] == "seconds";
    for (std::size_t panel = 0; panel < data["panels"].size(); ++panel) {
      for (const Json& series : data["panels"][panel]["series"]) {
        const Json& charts = over_time ? Json() : page.of(series["name"])["charts"];
        for (std::size_t i = 0; i < series["values"].size(); ++i) {
          if (series["values"][i].is_null()) continue;
          double expected = 0;
          if (over_time) {
            expected = over_time_value(page, data["panels"][panel], series, i);
          } else {
            // Drawn over 1 / (1 - share), which is rounded: the nearest point of the curve.
            const auto wanted = std::llround(1e6 - 1e6 / data["x"][i].get<double>());
            const Json& points = charts["curve"]["of_million"];
            std::size_t point = 0;
            for (std::size_t p = 0; p < points.size(); ++p) {
              const long long apart = std::llabs(points[p].get<long long>() - wanted);
              if (apart < std::llabs(points[point].get<long long>() - wanted)) point = p;
            }
            expected = number(charts["curve"]["pooled_ns"][point]) / 1e6;
          }
          EXPECT_NEAR(number(series["values"][i]), expected, 0.0006 + 1e-5 * expected);
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 600U);
}

}  // namespace
}  // namespace squall
