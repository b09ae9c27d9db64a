// Manifest <-> JSON, and what this machine is.
// Additions to the JSON are fine; a changed meaning needs a new number in its schema name.
#include "sim/cli/store/manifest.hpp"

#include <fmt/core.h>
#include <sys/utsname.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "report/export/gates_json.hpp"
#include "squall_version.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSchema = "squall.manifest/1";

std::string operating_system() {
  utsname names{};
  if (::uname(&names) != 0) return "unknown";
  return fmt::format("{} {} {}", names.sysname, names.release, names.machine);
}

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t start = line.find_first_not_of(": \t", line.find(':'));
    return start == std::string::npos ? "unknown" : line.substr(start);
  }
  return "unknown";
}

Json overrides_json(const std::vector<Override>& overrides) {
  Json list = Json::array();
  for (const Override& entry : overrides) {
    list.push_back({{"pointer", entry.pointer}, {"value", entry.value}});
  }
  return list;
}

}  // namespace

std::vector<std::string> in_words(const std::vector<Override>& overrides) {
  std::vector<std::string> words;
  for (const Override& entry : overrides) words.push_back(entry.pointer + "=" + entry.value);
  return words;
}

std::string to_json(const Manifest& manifest) {
  Json document = {
      {"schema", kSchema},
      {"arguments", manifest.arguments},
      {"engine", manifest.engine},
      {"scenario", {{"path", manifest.scenario_path}, {"sha256", manifest.scenario_sha256}}},
      {"result_sha256", manifest.result_sha256},
      {"strategy_list", manifest.strategy_list},
      {"strategies", manifest.strategies},
      {"replications", manifest.replications},
      {"seeds", manifest.seeds},
      {"overrides", overrides_json(manifest.overrides)},
      {"max_events", manifest.max_events},
      {"complete", manifest.cut_short.empty()},
      {"cut_short", manifest.cut_short},
      {"started", manifest.started},
      {"wall_seconds", manifest.wall_seconds},
      {"verdict", manifest.verdict},
      {"loss", manifest.loss},
      {"threads", manifest.threads},
      {"squall",
       {{"version", squall_version()},
        {"revision", squall_revision()},
        {"compiler", squall_compiler()}}},
      {"machine", {{"system", operating_system()}, {"processor", processor()}}},
  };
  if (manifest.gates) document["gates"] = gates_json(*manifest.gates);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<Manifest> manifest_from_json(const std::string& text, std::string& error) {
  try {
    const Json document = Json::parse(text);
    if (document.at("schema").get<std::string>() != kSchema) {
      error = "its schema is not " + std::string(kSchema);
      return std::nullopt;
    }
    Manifest manifest;
    document.at("arguments").get_to(manifest.arguments);
    document.at("scenario").at("path").get_to(manifest.scenario_path);
    document.at("scenario").at("sha256").get_to(manifest.scenario_sha256);
    document.at("result_sha256").get_to(manifest.result_sha256);
    document.at("strategy_list").get_to(manifest.strategy_list);
    document.at("strategies").get_to(manifest.strategies);
    document.at("replications").get_to(manifest.replications);
    document.at("seeds").get_to(manifest.seeds);
    for (const Json& entry : document.at("overrides")) {
      manifest.overrides.push_back({entry.at("pointer"), entry.at("value")});
    }
    document.at("max_events").get_to(manifest.max_events);
    document.at("engine").get_to(manifest.engine);
    document.at("cut_short").get_to(manifest.cut_short);
    document.at("started").get_to(manifest.started);
    document.at("wall_seconds").get_to(manifest.wall_seconds);
    document.at("threads").get_to(manifest.threads);
    manifest.verdict = document.value("verdict", "");
    manifest.loss = document.value("loss", "");
    if (document.contains("gates")) manifest.gates = gates_of(document["gates"]);
    return manifest;
  } catch (const Json::exception& problem) {
    const std::string what = problem.what();  // "[json.exception.out_of_range.403] key ..."
    const std::size_t end = what.starts_with('[') ? what.find("] ") : std::string::npos;
    error = end == std::string::npos ? what : what.substr(end + 2);
    return std::nullopt;
  }
}

std::string squall_name(std::string_view version, std::string_view revision) {
  std::string text(version);
  return revision.empty() ? text : text.append(" (").append(revision).append(")");
}

std::string this_squall() { return squall_name(squall_version(), squall_revision()); }

}  // namespace squall
