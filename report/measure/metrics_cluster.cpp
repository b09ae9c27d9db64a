// Metrics of bytes and of load per node.
//
// Bytes are those of frames sent during measure. Spread is the population deviation over the mean.
#include <algorithm>
#include <cmath>
#include <vector>

#include "report/measure/metric_values.hpp"

namespace squall::metric {
namespace {

constexpr Link kClientLinks[] = {Link::client_to_lb, Link::lb_to_client};
constexpr Link kClusterLinks[] = {Link::node_to_node,     Link::node_to_broker,
                                  Link::broker_to_node,   Link::node_to_registry,
                                  Link::registry_to_node, Link::broker_to_broker};

const LinkBytes& on(const Measures& run, Link link) {
  return run.bytes[static_cast<std::size_t>(link)];
}

Bytes sent(const Measures& run, Link link, BytePurpose purpose) {
  return on(run, link).sent[static_cast<std::size_t>(purpose)];
}

Bytes sent(const Measures& run, Link link) {
  Bytes total = 0;
  for (const Bytes bytes : on(run, link).sent) total += bytes;
  return total;
}

Value rate(const Measures& run, std::span<const Link> links) {
  if (run.measure <= Duration::zero()) return std::nullopt;
  Bytes total = 0;
  for (const Link link : links) total += sent(run, link);
  return static_cast<double>(total) * 1e9 / static_cast<double>(run.measure.count());
}

template <typename Read>
std::vector<double> per_node(const Measures& run, Read read) {
  std::vector<double> values;
  for (const NodeRow& row : run.node_rows) values.push_back(read(row));
  return values;
}

double connection_time(const NodeRow& row) { return static_cast<double>(row.connection_ns); }
double pushes(const NodeRow& row) { return static_cast<double>(row.pushes); }
double busy(const NodeRow& row) { return static_cast<double>(row.busy.count()); }

double mean_of(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  return total / static_cast<double>(values.size());
}

// Empty when there is no node or no load at all.
Value variation(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  const double mean = mean_of(values);
  if (mean <= 0) return std::nullopt;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size())) / mean;
}

Value max_over_mean(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  const double mean = mean_of(values);
  if (mean <= 0) return std::nullopt;
  return *std::max_element(values.begin(), values.end()) / mean;
}

// CPU time that one node had to spend during measure, ns.
double capacity(const Measures& run) {
  return static_cast<double>(run.measure.count()) * run.loops;
}

}  // namespace

Value client_rate(const Question& question) { return rate(question.run, kClientLinks); }

Value cluster_rate(const Question& question) { return rate(question.run, kClusterLinks); }

Value link_rate(const Question& question, Link link) {
  return rate(question.run, std::span<const Link>(&link, 1));
}

// Headers have no purpose of their own: they are divided as the payloads are.
Value unheard_rate(const Question& question) {
  const Measures& run = question.run;
  const auto down = [&](BytePurpose purpose) {
    return static_cast<double>(sent(run, Link::lb_to_client, purpose));
  };
  const double unheard = down(BytePurpose::payload_wasted);
  const double payload =
      unheard + down(BytePurpose::payload_useful) + down(BytePurpose::payload_redundant);
  if (run.measure <= Duration::zero() || payload <= 0) return std::nullopt;
  const double headers = down(BytePurpose::framing) + down(BytePurpose::transport);
  return (unheard + unheard / payload * headers) * 1e9 / static_cast<double>(run.measure.count());
}

Value amplification(const Question& question) {
  const Measures& run = question.run;
  // Usefulness is decided at the last hop, so it is counted there and only there.
  const Bytes useful = sent(run, Link::lb_to_client, BytePurpose::payload_useful);
  if (useful <= 0) return std::nullopt;
  Bytes total = 0;
  for (std::size_t link = 0; link < kLinks; ++link) total += sent(run, static_cast<Link>(link));
  return static_cast<double>(total) / static_cast<double>(useful);
}

Value wasted_payload(const Question& question) {
  Bytes wasted = 0;
  Bytes all = 0;
  for (const Link link : kClientLinks) {
    const Bytes lost_effort = sent(question.run, link, BytePurpose::payload_wasted) +
                              sent(question.run, link, BytePurpose::payload_redundant);
    wasted += lost_effort;
    all += lost_effort + sent(question.run, link, BytePurpose::payload_useful) +
           sent(question.run, link, BytePurpose::payload_relayed);
  }
  if (all <= 0) return std::nullopt;
  return static_cast<double>(wasted) / static_cast<double>(all);
}

Value connections_cv(const Question& question) {
  return variation(per_node(question.run, connection_time));
}

Value connections_max_over_mean(const Question& question) {
  return max_over_mean(per_node(question.run, connection_time));
}

Value connections_peak(const Question& question) {
  const std::vector<double> mean = per_node(question.run, connection_time);
  if (mean.empty() || mean_of(mean) <= 0) return std::nullopt;
  const std::vector<double> most = per_node(
      question.run, [](const NodeRow& row) { return static_cast<double>(row.connections_max); });
  return *std::max_element(most.begin(), most.end()) *
         static_cast<double>(question.run.measure.count()) / mean_of(mean);
}

Value connections_final(const Question& question) {
  return max_over_mean(per_node(
      question.run, [](const NodeRow& row) { return static_cast<double>(row.connections_end); }));
}

Value deliveries_cv(const Question& question) { return variation(per_node(question.run, pushes)); }

// All nodes of a live run share one process: the CPU of one of them cannot be told.
Value cpu_max_over_mean(const Question& question) {
  if (question.run.all_in_one_process) return std::nullopt;
  return max_over_mean(per_node(question.run, busy));
}

Value cpu_max(const Question& question) {
  if (question.run.all_in_one_process) return std::nullopt;
  const std::vector<double> load = per_node(question.run, busy);
  if (load.empty() || capacity(question.run) <= 0) return std::nullopt;
  return *std::max_element(load.begin(), load.end()) / capacity(question.run);
}

Value cpu_mean(const Question& question) {
  if (question.run.all_in_one_process) return std::nullopt;
  const std::vector<double> load = per_node(question.run, busy);
  if (load.empty() || capacity(question.run) <= 0) return std::nullopt;
  return mean_of(load) / capacity(question.run);
}

// Every process needs something: where none did, memory was not counted.
Value memory_peak(const Question& question) {
  const std::vector<double> most = per_node(
      question.run, [](const NodeRow& row) { return static_cast<double>(row.memory_max); });
  const double peak = most.empty() ? 0 : *std::max_element(most.begin(), most.end());
  return peak > 0 ? Value(peak) : std::nullopt;
}

Value oom_kills(const Question& question) {
  if (!memory_peak(question)) return std::nullopt;
  double kills = 0;
  for (const NodeRow& row : question.run.node_rows) kills += static_cast<double>(row.oom_kills);
  return kills;
}

// Where nobody asked, nobody can say.
Value probe_kills(const Question& question) {
  double asked = 0, kills = 0;
  for (const NodeRow& row : question.run.node_rows) {
    asked += static_cast<double>(row.probes);
    kills += static_cast<double>(row.probe_kills);
  }
  return asked > 0 ? Value(kills) : std::nullopt;
}

}  // namespace squall::metric
