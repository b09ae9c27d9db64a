// Every number in sentences and labels of the page is a number of result.json, or a simple share
// of two of them. Tables and the data of charts are page_numbers_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/page_numbers.hpp"
#include "tests/support/result_page.hpp"
#include "tests/support/sample_load.hpp"

namespace squall {
namespace {

using namespace testing;

// What the page may say, by dimension: the numbers of the result and simple shares of them.
struct Pool {
  std::vector<double> times, shares, rates, plain;

  bool has(const Printed& printed) const {
    const auto among = [&](const std::vector<double>& list) {
      return std::ranges::any_of(list, [&](double number) { return printed.stands_for(number); });
    };
    if (std::isinf(printed.value)) return true;
    if (printed.dimension == "ns") return among(times);
    if (printed.dimension == "%") return among(shares);
    if (printed.dimension == "bytes/s") return among(rates);
    return among(plain) || among(shares) || among(times);
  }
};

void pool_metrics(const Json& strategy, Pool& pool) {
  for (const auto& [name, metric] : strategy["metrics"].items()) {
    const std::string unit = metric["unit"];
    auto& list = unit == "ns"        ? pool.times
                 : unit == "ratio"   ? pool.shares
                 : unit == "bytes/s" ? pool.rates
                                     : pool.plain;
    for (const char* key : {"mean", "pooled", "samples"}) {
      if (metric.contains(key)) list.push_back(number(metric[key]));
    }
    if (metric.contains("ci95") && metric["ci95"].is_array()) {
      for (const Json& side : metric["ci95"]) list.push_back(number(side));
    }
  }
}

// Differences of strategies by seed: points of loss, shares of the p99.
void pool_differences(const Page& page, Pool& pool) {
  for (const Json& one : page.json_["results"]) {
    for (const Json& other : page.json_["results"]) {
      const auto mean_of = [&](const char* metric, const auto& compare) {
        const Json& a = one["metrics"][metric]["per_seed"];
        const Json& b = other["metrics"][metric]["per_seed"];
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) sum += compare(number(a[i]), number(b[i]));
        return 100 * sum / page.seeds_;
      };
      pool.plain.push_back(mean_of("loss.intent", [](double x, double y) { return x - y; }));
      pool.plain.push_back(
          mean_of("latency.obliged.p99", [](double x, double y) { return x / y - 1; }));
      pool.shares.push_back(pool.plain.back() / 100);
    }
  }
}

// "12 times", "41 % less", "72 % more": one strategy against another, traffic per delivered byte.
void pool_ratios(const Page& page, Pool& pool) {
  const auto value = [](const Json& strategy, const std::string& metric, bool held) {
    const Json& entry = strategy["metrics"][metric];
    if (entry.contains("no_data")) return std::numeric_limits<double>::quiet_NaN();
    const double plain = number(entry.contains("pooled") ? entry["pooled"] : entry["mean"]);
    return held ? plain / (1 - number(strategy["metrics"]["loss.intent"]["mean"])) : plain;
  };
  for (const auto& [metric, entry] : page.json_["results"][0]["metrics"].items()) {
    for (const bool held : {false, true}) {
      for (const Json& one : page.json_["results"]) {
        for (const Json& other : page.json_["results"]) {
          const double ratio = value(one, metric, held) / value(other, metric, held);
          if (!std::isfinite(ratio)) continue;
          pool.plain.push_back(ratio);
          pool.shares.insert(pool.shares.end(), {ratio - 1, 1 - ratio});
        }
      }
    }
  }
}

Pool pool_of(const Page& page) {
  Pool pool;
  pool_differences(page, pool);
  pool_ratios(page, pool);
  pool.plain.push_back(static_cast<double>(page.json_["verdicts"].size()));
  pool.plain.insert(pool.plain.end(), {page.seeds_, page.seconds_});
  for (const Json& seed : page.json_["seeds"]) pool.plain.push_back(number(seed));
  for (const Json& verdict : page.json_["verdicts"]) {
    for (auto* list : {&pool.plain, &pool.times, &pool.shares, &pool.rates}) {
      list->push_back(number(verdict["measured"]));
      list->push_back(number(verdict["limit"]));
    }
    pool.plain.push_back(verdict["line"]);
    pool.plain.push_back(verdict["column"]);
  }
  for (double count = 0; count <= static_cast<double>(page.json_["verdicts"].size()); ++count) {
    pool.plain.push_back(count);  // of expectations that failed, of how many
  }
  for (const Json& span : page.json_["timeline"]["spans"]) {
    for (const char* key : {"begin_s", "end_s"}) pool.times.push_back(number(span[key]) * 1e9);
  }
  for (const Json& strategy : page.json_["results"]) {
    pool_metrics(strategy, pool);
    const std::string name = strategy["strategy"];
    const double owed = page.total(name, "pairs.owed");
    std::map<std::string, double> by_mechanism, by_link;
    for (const Json& loss : strategy["loss"]) {
      by_mechanism[loss["mechanism"]] += loss["pairs"].get<double>();
    }
    for (const auto& [mechanism, pairs] : by_mechanism) pool.shares.push_back(pairs / owed);
    double useful = 0, all = 0;
    for (const Json& share : strategy["bytes"]) {
      const double rate = share["bytes"].get<double>() / page.seconds_ / page.seeds_;
      by_link[share["link"]] += rate;
      all += rate;
      if (share["purpose"] == "payload_useful" && share["link"] == "lb_to_client") useful = rate;
    }
    for (const auto& [link, rate] : by_link) pool.rates.push_back(rate);
    pool.rates.insert(pool.rates.end(), {all, useful});
    const Json& charts = strategy["charts"];
    for (const Json& phase : charts["phases"]) {
      for (const char* key : {"from_ns", "to_ns"}) {
        for (const Json& end : phase[key]) {
          pool.times.insert(pool.times.end(), {number(end), number(end) + 1});
        }
      }
    }
    for (std::size_t i = 0; i < charts["slices"]["owed"].size(); ++i) {
      pool.times.push_back(static_cast<double>(i) * 1e9);
      pool.shares.push_back(number(charts["slices"]["lost"][i]) /
                            number(charts["slices"]["owed"][i]));
    }
    for (const auto& [mechanism, pairs] : by_mechanism) pool.plain.push_back(pairs);
    for (const Json& traffic : charts["traffic"]) {
      double in_class = 0, gone = 0;
      for (const Json& pairs : traffic["owed"]) in_class += number(pairs);
      for (const Json& pairs : traffic["lost"]) gone += number(pairs);
      pool.shares.push_back(gone / in_class);
    }
    double pushes = 0, hottest = 0;
    for (const Json& count : charts["nodes"]["pushes"]) {
      pushes += count.get<double>();
      hottest = std::max(hottest, count.get<double>());
    }
    pool.plain.push_back(hottest * static_cast<double>(charts["nodes"]["pushes"].size()) / pushes);
  }
  return pool;
}

// Sentences and labels: what is left of the page without tables, scripts, ticks of axes (muted),
// the strip of facts, what is folded away, the notes that say how to read a chart, the scenario
// itself and the glossary.
std::string prose_of(std::string page) {
  page = page.substr(page.find("<body>"));
  page = page.substr(0, page.find("<h2>Data quality"));
  for (const auto& [begin, end] : {std::pair{"<table", "</table>"},
                                   {"<script", "</script>"},
                                   {"<figcaption", "</figcaption>"},
                                   {"<dl class=\"facts\"", "</dl>"},
                                   {"<details", "</details>"},
                                   {"<p class=\"note\"", "</p>"}}) {
    page = without(page, begin, end);
  }
  page = std::regex_replace(page, std::regex("<text[^>]*f-muted[^>]*>[^<]*</text>"), " ");
  return without_tags(page);
}

void expect_all_accounted_for(const Result& result) {
  const Page page(result);
  const Pool pool = pool_of(page);
  const std::string prose = prose_of(page.html_);
  std::size_t numbers = 0;
  for (const Printed& printed : numbers_in(prose)) {
    ++numbers;
    EXPECT_TRUE(pool.has(printed))
        << "nothing in result.json is \"" << printed.text << "\" in ..."
        << prose.substr(std::max<std::size_t>(prose.find(printed.text), 60) - 60, 160);
  }
  EXPECT_GT(numbers, 15U);
}

TEST(PageWords, numbers_in_sentences_and_labels_are_all_accounted_for) {
  expect_all_accounted_for(played());
  expect_all_accounted_for(sample::loaded_result());
}

TEST(PageWords, a_wrong_number_is_found) {
  Page page(sample::loaded_result());
  const Pool pool = pool_of(page);

  EXPECT_TRUE(pool.has(numbers_in("lost 2.00 %").at(0)));
  EXPECT_FALSE(pool.has(numbers_in("lost 2.07 %").at(0)));
  EXPECT_FALSE(pool.has(numbers_in("it took 777 ms").at(0)));
  EXPECT_TRUE(numbers_in("n1 of v0.4.0, p99 and r2").empty());
  EXPECT_EQ(numbers_in("30 000 pairs").at(0).value, 30000);
}

}  // namespace
}  // namespace squall
