// The topics of `squall list`: every listing is a loop over a registry that other code uses too.
// To add a topic: one function and one row at the end.
#include "sim/cli/commands/list_topics.hpp"

#include <fmt/core.h>
#include <array>
#include <utility>

#include "report/measure/metrics.hpp"
#include "report/words/format.hpp"
#include "scenarios/model/demand.hpp"
#include "scenarios/model/library.hpp"
#include "scenarios/model/tables.hpp"
#include "sim/cli/commands/fault_verbs.hpp"
#include "sim/cli/explain/codes.hpp"
#include "sim/cli/explore/property.hpp"
#include "sim/cli/flags/options.hpp"
#include "sim/cli/input/scenario_input.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/play/estimate.hpp"
#include "sim/cli/play/playing.hpp"
#include "sim/cli/store/files.hpp"
#include "sim/cli/store/manifest.hpp"
#include "sim/cli/store/run_folder.hpp"
#include "sim/live/dialects/dialect.hpp"
#include "strategies/core/backplane.hpp"
#include "strategies/core/causes.hpp"
#include "strategies/core/client_policies.hpp"
#include "strategies/core/placement.hpp"
#include "strategies/presets.hpp"
#include "strategies/products.hpp"

namespace squall {
namespace {

using Cells = std::vector<std::string>;

// A row of cells for each of these.
template <typename Rows, typename CellsOf>
Listing listing(Cells heads, const Rows& rows, CellsOf cells_of) {
  Listing list{std::move(heads), {}};
  for (const auto& row : rows) list.rows.push_back(cells_of(row));
  return list;
}

std::string text(std::string_view words) { return std::string(words); }
std::string yes(bool value) { return value ? "yes" : ""; }

Listing strategies(const Options&) {
  return listing({"name", "backplane", "placement", "connections", "default", "meaning"}, presets(),
                 [](const auto& row) -> Cells {
                   const std::string placement =
                       row.spec.placement.empty() ? "lb.policy" : row.spec.placement;
                   return {row.spec.name,
                           row.spec.backplane,
                           placement,
                           std::to_string(row.spec.connections),
                           yes(row.in_default_set),
                           text(row.meaning)};
                 });
}

Listing groups_of_strategies(const Options&) {
  Listing list{{"name", "strategies"}, {}};
  for (const Vocabulary::Group& group : make_vocabulary().groups) {
    list.rows.push_back({group.name, language::joined(group.presets)});
  }
  return list;
}

// The word that a row's value has in ARCHITECTURE.md.
std::string_view word(Reach reach) { return reach == Reach::everybody ? "everybody" : "own node"; }

std::string_view word(Covers covers) {
  switch (covers) {
    case Covers::always: break;
    case Covers::broker_link: return "broker link";
    case Covers::topic: return "topic";
    case Covers::route: return "route";
  }
  return "always";
}

std::string links(const BackplaneNeeds& needs) {
  std::string words;
  for (const auto& [needed, word] :
       {std::pair{needs.broker, "broker"}, {needs.registry, "registry"}, {needs.peers, "peers"}}) {
    if (needed) words += (words.empty() ? "" : ", ") + std::string(word);
  }
  return words;
}

Listing backplane_rows(const Options&) {
  return listing({"name", "links", "reaches", "covered by", "meaning"}, backplanes(),
                 [](const auto& row) -> Cells {
                   return {text(row.name), links(row.needs), text(word(row.reach)),
                           text(word(row.covers)), text(row.meaning)};
                 });
}

Listing backplane_options(const Options&) {
  Listing list{{"name", "backplane", "default", "source", "meaning"}, {}};
  for (const BackplaneRow& row : backplanes()) {
    for (const Option& option : row.options) {
      list.rows.push_back({text(option.name), text(row.name), language::default_of(option),
                           text(option.source), text(option.meaning)});
    }
  }
  return list;
}

Listing metrics(const Options&) {
  return listing({"name", "unit", "of", "during", "closed_form", "meaning"}, metric_rows(),
                 [](const auto& row) -> Cells {
                   return {text(row.name),    text(row.unit),           yes(row.per_traffic),
                           yes(row.per_span), yes(row.has_closed_form), text(row.meaning)};
                 });
}

Listing faults(const Options&) {
  return listing({"name", "meaning"}, language::verbs(), [](const auto& row) -> Cells {
    return {text(row.name), text(meaning(row.verb))};
  });
}

Listing causes(const Options&) {
  return listing({"name", "family", "meaning"}, mechanisms(), [](const auto& row) -> Cells {
    return {text(row.name), text(row.family), text(row.meaning)};
  });
}

Listing property_rows(const Options&) {
  return listing({"name", "expectation", "meaning"}, explore::properties(),
                 [](const auto& row) -> Cells {
                   return {text(row.name), text(row.that), text(row.meaning)};
                 });
}

Listing codes(const Options&) {
  return listing({"code", "meaning"}, code_rows(), [](const auto& row) -> Cells {
    return {text(row.code), text(row.meaning)};
  });
}

Listing placement_policies(const Options&) {
  return listing({"name", "keyed", "meaning"}, placements(), [](const auto& row) -> Cells {
    return {text(row.name), yes(row.keyed), text(row.meaning)};
  });
}

Listing reconnect_policies(const Options&) {
  return listing({"name", "meaning", "source"}, client_policies(), [](const auto& row) -> Cells {
    return {text(row.name), text(row.meaning), text(row.source)};
  });
}

Listing dialect_rows(const Options&) {
  return listing({"name", "product", "tested against", "meaning"}, live::dialects(),
                 [](const auto& row) -> Cells {
                   return {text(row.name), text(row.product), text(row.tested), text(row.meaning)};
                 });
}

Listing product_rows(const Options&) {
  return listing(
      {"name", "version", "backplane", "placement", "recovery", "same as", "source", "meaning"},
      products(), [](const auto& row) -> Cells {
        const StrategySpec& spec = row.spec;
        return {spec.name,
                text(row.version),
                spec.backplane,
                spec.placement.empty() ? "lb.policy" : spec.placement,
                spec.resumes() ? language::format_duration(spec.resume) : "",
                text(row.same_as),
                text(row.source),
                text(row.meaning) + " Not modelled: " + text(row.left_out)};
      });
}

Listing product_defaults(const Options&) {
  Listing list{{"product", "key", "value", "source"}, {}};
  for (const ProductRow& row : products()) {
    for (const Setting& setting : row.spec.settings) {
      list.rows.push_back({row.spec.name, setting.pointer, setting.value, setting.source});
    }
  }
  return list;
}

// Up to its first full stop, colon or question mark: what fits on the line.
std::string in_short(const std::string& why) {
  return shortened(why.substr(0, why.find_first_of(".:?;")), 60);
}

// What the default takes: five strategies, ten seeds. JSON has room for the whole `why`.
std::vector<std::string> scenario_row(const LibraryFile& file, const Scenario& scenario,
                                      const Options& options) {
  const double runs = static_cast<double>(scenario.strategies.size()) * 10;
  const auto clients = static_cast<std::uint64_t>(users_of(scenario)) + scenario.clients.size();
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(scenario.time.measure).count();
  return {text(file.name),
          text(file.folder),
          grouped(clients),
          std::to_string(scenario.cluster.nodes.count),
          fmt::format("{} s", seconds),
          as_text(estimate_of(scenario, runs, thread_count(0))),
          options.json ? scenario.why : in_short(scenario.why)};
}

Listing scenarios(const Options& options) {
  Listing list{{"name", "folder", "users", "nodes", "measure", "all_of_it_takes", "why"}, {}};
  const Vocabulary vocabulary = make_vocabulary();
  for (const LibraryFile& file : scenario_library()) {
    const LoadResult loaded =
        load_scenario_text(std::string(file.text), std::string(file.name), {}, vocabulary);
    list.rows.push_back(loaded.scenario
                            ? scenario_row(file, *loaded.scenario, options)
                            : std::vector<std::string>{text(file.name), text(file.folder), "", "",
                                                       "", "", "(it has errors)"});
  }
  return list;
}

Listing runs(const Options& options) {
  Listing list{{"scenario", "run", "verdict", "engine", "loss", "overrides"}, {}};
  for (const RunEntry& run : stored_runs(options.out)) {
    std::string error;
    const auto path =
        std::filesystem::path(options.out) / run.scenario / run.stamp / "manifest.json";
    const auto bytes = read_whole_file(path, error);
    const auto manifest = bytes ? manifest_from_json(*bytes, error) : std::nullopt;
    if (!manifest) {
      list.rows.push_back({run.scenario, run.stamp, "no manifest", "", "", ""});
      continue;
    }
    std::string overrides;
    for (const std::string& word : in_words(manifest->overrides)) {
      overrides += (overrides.empty() ? "" : " ") + word;
    }
    list.rows.push_back(
        {run.scenario, run.stamp, manifest->verdict, manifest->engine, manifest->loss, overrides});
  }
  return list;
}

}  // namespace

std::span<const ListTopic> list_topics() {
  static constexpr auto kTopics = std::to_array<ListTopic>({
      {"strategies", "the presets that --strategy and a scenario can name", strategies},
      {"groups", "words that stand for several presets", groups_of_strategies},
      {"backplanes", "how a message reaches other nodes", backplane_rows},
      {"options", "what can be set of a backplane", backplane_options},
      {"metrics", "the numbers an expectation can judge", metrics},
      {"faults", "what a script can do to the cluster and its clients", faults},
      {"causes", "where on its way a message can be lost", causes},
      {"properties", "what squall explore tries to break", property_rows},
      {"codes", "what can be wrong with a scenario file", codes},
      {"placements", "the policies of the load balancer", placement_policies},
      {"products", "products that --strategy and a scenario can name", product_rows},
      {"defaults", "what these products do by default, with sources", product_defaults},
      {"reconnect", "how clients of products wait before they try again", reconnect_policies},
      {"dialects", "what foreign servers speak, for attach", dialect_rows},
      {"scenarios", "the scenarios that are built in", scenarios},
      {"runs", "the stored runs in --out", runs},
  });
  return kTopics;
}

}  // namespace squall
