// Compares a run of the benchmarks with bench/baseline.json, or writes that file.
//
// bench_baseline_main [--write] BASELINE RUN.json...   RUN.json: what --benchmark_out wrote
// Counts (user counters: events, bytes, allocations, fingerprints) must be equal; instructions may
// be 5 % more, and are held only against those of the same compiler. Times are judged as ratios
// between rows of the same run, listed by hand under "ratios"; a row's own time is shown beside the
// one remembered and decides nothing. Exit code 1: something differs. Used by .ci/bench.
#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Json = nlohmann::json;

struct Row {
  std::map<std::string, double> counts;
  double ns = 0;    // of processor time per iteration; of real time where the row says so
  double rate = 0;  // items per second
  std::string skipped;
};
using Rows = std::map<std::string, Row>;
constexpr double kMoreInstructions = 1.05;  // of those in the baseline: slower beyond

// What Google Benchmark says of every row; everything else that is a number is a counter.
constexpr std::array<std::string_view, 12> kUsual{"iterations",       "real_time",
                                                  "cpu_time",         "repetitions",
                                                  "threads",          "family_index",
                                                  "repetition_index", "items_per_second",
                                                  "bytes_per_second", "per_family_instance_index",
                                                  "aggregate_name",   "error_occurred"};

// "phold/1024x16/fifo/iterations:256" -> "phold/1024x16/fifo"
std::string short_name(std::string name) {
  for (const char* ending : {"/iterations:", "/real_time", "/manual_time"}) {
    name = name.substr(0, name.find(ending));
  }
  return name;
}

double ns_of(const Json& row) {
  static const std::map<std::string, double> units{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  const std::string name = row.at("name");
  const bool real = name.ends_with("/real_time") || name.ends_with("/manual_time");
  return row.value(real ? "real_time" : "cpu_time", 0.0) *
         units.at(row.value("time_unit", std::string("ns")));
}

// `compiler` becomes that of the run, where it says one (bench/instructions does).
void read_run(const std::string& path, Rows& rows, std::string& compiler) {
  std::ifstream file(path);
  const Json run = Json::parse(file);
  compiler = run.value("/context/compiler"_json_pointer, compiler);
  for (const Json& said : run.at("benchmarks")) {
    Row& row = rows[short_name(said.at("name"))];
    if (said.value("error_occurred", false)) {
      row.skipped = said.value("error_message", std::string("no reason given"));
      continue;
    }
    row.ns = ns_of(said);
    row.rate = said.value("items_per_second", 0.0);
    for (const auto& [key, value] : said.items()) {
      if (!value.is_number() || std::ranges::find(kUsual, key) != kUsual.end()) continue;
      row.counts[key] = value.get<double>();
    }
  }
}

std::string whole(double count) {
  const bool is_whole = count == static_cast<double>(static_cast<long long>(count));
  return is_whole ? std::to_string(static_cast<long long>(count)) : Json(count).dump();
}

int complain(int& complaints, const std::string& text) {
  std::printf("DIFFERS %s\n", text.c_str());
  return ++complaints;
}

bool same_count(const std::string& key, double was, double now) {
  return key == "instructions" ? now <= was * kMoreInstructions : now == was;
}

void compare_row(const std::string& name, const Json& expected, const Row& row, int& complaints) {
  for (const auto& [key, count] : expected.at("counts").items()) {
    const auto now = row.counts.find(key);
    const std::string was = fmt::format("{}: {} was {}", name, key, whole(count.get<double>()));
    if (now == row.counts.end())
      complain(complaints, was + " and is gone");
    else if (!same_count(key, count.get<double>(), now->second))
      complain(complaints, was + " and is " + whole(now->second));
  }
}

// `comparable`: whether the instructions are those of the baseline's compiler.
void compare_counts(const Json& baseline, const Rows& rows, bool comparable, int& complaints) {
  const Json& known = baseline.at("rows");
  for (const auto& [name, expected] : known.items()) {
    const bool instructions = expected.at("counts").contains("instructions");
    if (instructions && !comparable) continue;
    const auto row = rows.find(name);
    if (row != rows.end() && row->second.skipped.empty())
      compare_row(name, expected, row->second, complaints);
    else if (!instructions || row == rows.end())
      complain(complaints, name + ": not in this run");
  }
  for (const auto& [name, row] : rows) {
    if (!row.counts.empty() && !known.contains(name)) complain(complaints, name + ": a new row");
  }
}

void compare_ratios(const Json& baseline, const Rows& rows, int& complaints) {
  for (const Json& ratio : baseline.at("ratios")) {
    const std::string fast = ratio.at("fast"), slow = ratio.at("slow");
    const double least = ratio.at("at_least");
    if (!rows.contains(fast) || !rows.contains(slow) || rows.at(slow).rate <= 0) {
      complain(complaints, fmt::format("ratio {} / {}: not in this run", fast, slow));
      continue;
    }
    const double now = rows.at(fast).rate / rows.at(slow).rate;
    std::printf("ratio %6.2f (at least %.2f)  %s / %s\n", now, least, fast.c_str(), slow.c_str());
    if (now < least) complain(complaints, "the ratio above is too small");
  }
}

void show(const Json& baseline, const Rows& rows) {
  const Json& known = baseline.at("rows");
  std::printf("%-52s %14s %14s %12s\n", "row", "ns", "ns remembered", "M items/s");
  for (const auto& [name, row] : rows) {
    if (!row.skipped.empty()) {
      std::printf("%-52s %s\n", name.c_str(), row.skipped.c_str());
      continue;
    }
    const double before = known.contains(name) ? known.at(name).value("ns", 0.0) : 0.0;
    std::printf("%-52s %14.0f %14.0f %12.3f\n", name.c_str(), row.ns, before, row.rate / 1e6);
  }
}

// Counts and times of every row that has counts; the ratios are kept as they are.
void write(Json baseline, const Rows& rows, const std::string& compiler, const std::string& path) {
  baseline["compiler"] = compiler;
  baseline["rows"] = Json::object();
  for (const auto& [name, row] : rows) {
    if (row.counts.empty()) continue;
    Json& written = baseline["rows"][name];
    written["ns"] = static_cast<std::int64_t>(row.ns);
    for (const auto& [key, count] : row.counts) written["counts"][key] = Json::parse(whole(count));
  }
  std::ofstream(path) << baseline.dump(1) << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const bool rewrite = !words.empty() && words.front() == "--write";
  if (rewrite) words.erase(words.begin());
  if (words.size() < 2) {
    std::fprintf(stderr, "bench_baseline_main [--write] BASELINE RUN.json...\n");
    return 2;
  }
  try {
    std::ifstream file(words.front());
    const Json baseline = Json::parse(file);
    Rows rows;
    std::string compiler;
    for (std::size_t i = 1; i < words.size(); ++i) read_run(words[i], rows, compiler);
    show(baseline, rows);
    int complaints = 0;
    compare_ratios(baseline, rows, complaints);
    if (rewrite) {
      write(baseline, rows, compiler, words.front());
      return 0;
    }
    const std::string known = baseline.value("compiler", compiler);
    if (known != compiler) {
      std::printf("SKIPPED instructions: the baseline's are of %s, these of %s\n", known.c_str(),
                  compiler.c_str());
    }
    compare_counts(baseline, rows, known == compiler, complaints);
    if (complaints == 0) std::printf("bench: counts and ratios are those of the baseline\n");
    return complaints == 0 ? 0 : 1;
  } catch (const Json::exception& problem) {
    std::fprintf(stderr, "not what Google Benchmark writes, or no baseline: %s\n", problem.what());
    return 2;
  }
}
