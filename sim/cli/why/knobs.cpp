// The knobs: what an operator would try. One row each; a knob that has no meaning for a strategy,
// or stands there already, says so and is left out.
#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <tuple>

#include "sim/cli/why/changes.hpp"
#include "strategies/core/backplane.hpp"
#include "strategies/presets.hpp"

namespace squall {
namespace {

constexpr Bytes kBuffer = 16 << 20;
constexpr Bytes kLargeBuffer = 64 << 20;
constexpr std::int64_t kLonger = 4;
constexpr std::int64_t kMore = 2;

const BackplaneNeeds& needs(const Change& change) {
  return backplane_named(change.spec.backplane)->needs;
}

std::string nanoseconds(Duration time) { return fmt::format("{}ns", time.count()); }

bool drain(Change& change) {
  bool turned = false;
  for (ScriptStep& step : change.scenario.script) {
    if (step.verb != Verb::rolling_restart && step.verb != Verb::drain) continue;
    step.drain *= kLonger;
    turned = true;
  }
  return turned;  // the places of the steps in the file are not known here: no command
}

bool jitter(Change& change) {
  Backoff& backoff = change.scenario.client.backoff;
  if (backoff.kind == BackoffKind::full_jitter) return false;
  backoff.kind = BackoffKind::full_jitter;
  change.set = {"/client/backoff/kind=full_jitter"};
  return true;
}

bool quicker(Change& change) {
  Backoff& backoff = change.scenario.client.backoff;
  const bool grows = backoff.kind != BackoffKind::none && backoff.kind != BackoffKind::table;
  if (!grows || backoff.first < Duration{kLonger * 1000000}) return false;
  backoff.first /= kLonger;
  change.set = {"/client/backoff/first=" + nanoseconds(backoff.first)};
  return true;
}

bool buffer_of(Bytes size, std::string_view text, Change& change) {
  Bytes& buffer = change.scenario.cluster.broker.publisher_buffer;
  if (!needs(change).broker || buffer >= size) return false;
  buffer = size;
  change.set = {"/cluster/broker/publisher_buffer=" + std::string(text)};
  return true;
}
bool buffer(Change& change) { return buffer_of(kBuffer, "16MiB", change); }
bool large_buffer(Change& change) { return buffer_of(kLargeBuffer, "64MiB", change); }

bool lease(Change& change) {
  Duration& lease = change.scenario.cluster.registry.lease;
  if (!needs(change).registry || lease < kLonger * 100ms) return false;
  lease /= kLonger;
  change.set = {"/cluster/registry/lease=" + nanoseconds(lease)};
  return true;
}

bool memory(Change& change) {
  std::optional<MemoryConfig>& memory = change.scenario.cluster.nodes.memory;
  if (!memory || memory->limit > kUnlimited / kMore) return false;
  memory->limit *= kMore;
  change.set = {fmt::format("/cluster/nodes/memory/limit={}B", memory->limit)};
  return true;
}

bool same_parts(const StrategySpec& a, const StrategySpec& b) {
  const auto parts = [](const StrategySpec& spec) {
    return std::tie(spec.placement, spec.backplane, spec.connections, spec.make_before_break,
                    spec.resume, spec.resume_messages, spec.history, spec.outbox, spec.options);
  };
  return parts(a) == parts(b) && a.settings.empty() && b.settings.empty();
}

bool second_connection(Change& change) {
  if (change.spec.connections >= change.scenario.cluster.nodes.count) return false;
  if (change.spec.connections > 1) return false;
  change.spec.connections = 2;
  for (const PresetRow& row : presets()) {  // a command can ask for one of them alone
    if (same_parts(row.spec, change.spec)) change.strategy = row.spec.name;
  }
  return true;
}

// The hardened form of the same preset; where there is none, the preset that asks a registry.
bool preset(Change& change) {
  const std::string family = change.spec.preset.substr(0, change.spec.preset.find(':'));
  const PresetRow* best = preset_named("routed");
  for (const PresetRow& row : presets()) {
    if (row.hardened && row.spec.name.starts_with(family + ":")) best = &row;
  }
  if (best == nullptr || best->spec.name == change.spec.name || change.spec.preset.empty()) {
    return false;
  }
  change.name = "with the preset " + best->spec.name;
  change.strategy = best->spec.name;
  change.spec = best->spec;
  return true;
}

constexpr std::array<KnobRow, 9> kKnobs{{
    {"drain", "with drains that take 4 times as long", drain},
    {"jitter", "with full jitter in the back-off", jitter},
    {"back-off", "with a first wait that is a quarter as long", quicker},
    {"buffer", "with a publisher's buffer of 16MiB", buffer},
    {"large_buffer", "with a publisher's buffer of 64MiB", large_buffer},
    {"lease", "with a lease of a quarter", lease},
    {"memory", "with twice the memory for each node", memory},
    {"second_connection", "with a second connection", second_connection},
    {"preset", "with another preset", preset},
}};

}  // namespace

std::span<const KnobRow> knobs() { return kKnobs; }

}  // namespace squall
