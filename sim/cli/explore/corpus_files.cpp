// A folder of small JSON files. See corpus_files.hpp.
// Recipes are checked again by whoever plays them: the loader refuses what does not fit.
#include "sim/cli/explore/corpus_files.hpp"

#include <fmt/core.h>

#include "report/measure/sha256.hpp"
#include "sim/cli/store/files.hpp"

namespace squall::explore {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHead = "explore.json";

std::string identity(const Ground& ground) { return sha256_hex(ground.scenario.dump()); }

fs::path file_of(const fs::path& folder, std::size_t number) {
  return folder / fmt::format("recipe-{:06}.json", number);
}

Json read_json(const fs::path& path, std::string& error) {
  const std::optional<std::string> text = read_whole_file(path, error);
  Json json = text ? Json::parse(*text, nullptr, false) : Json();
  if (text && json.is_discarded()) error = path.string() + " is not JSON";
  return json;
}

}  // namespace

std::optional<Corpus> read_corpus(const fs::path& folder, const Ground& ground, std::uint64_t seed,
                                  std::string& error) {
  if (!fs::exists(folder / kHead)) return Corpus{};
  try {
    const Json head = read_json(folder / kHead, error);
    if (!error.empty()) return std::nullopt;
    if (head.at("ground") != identity(ground) || head.at("seed") != seed) {
      error = "--corpus " + folder.string() +
              ": it belongs to another search (scenario, strategy, property or --explore-seed); "
              "name another folder, or remove it";
      return std::nullopt;
    }
    Corpus corpus;
    head.at("runs").get_to(corpus.runs);
    const std::size_t kept = head.at("kept");
    for (std::size_t i = 0; i < kept; ++i) {
      const Json json = read_json(file_of(folder, i), error);
      if (!error.empty()) return std::nullopt;
      corpus.kept.push_back(recipe_from(json));
    }
    return corpus;
  } catch (const Json::exception& problem) {
    error = fmt::format("--corpus {}: {}", folder.string(), problem.what());
    return std::nullopt;
  }
}

std::string write_corpus(const fs::path& folder, const Ground& ground, std::uint64_t seed,
                         const Corpus& corpus) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return file_complaint("make", folder, failed.value());
  for (std::size_t i = 0; i < corpus.kept.size(); ++i) {
    const std::string error =
        write_whole_file(file_of(folder, i), to_json(corpus.kept[i]).dump() + "\n");
    if (!error.empty()) return error;
  }
  const Json head = {{"explore", 1},
                     {"ground", identity(ground)},
                     {"seed", seed},
                     {"runs", corpus.runs},
                     {"kept", corpus.kept.size()}};
  return write_whole_file(folder / kHead, head.dump(2) + "\n");  // last: it says what is there
}

}  // namespace squall::explore
