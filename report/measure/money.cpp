// Nodes by the hour, bytes by the kind of link. See money.hpp.
// One table says which price belongs to which link.
#include "report/measure/money.hpp"

#include <nlohmann/json.hpp>

#include "report/measure/statistics.hpp"
#include "scenarios/model/running.hpp"

namespace squall {
namespace {

constexpr double kHours = 730;  // of a month
constexpr double kGigabyte = 1e9;

struct PriceRow {
  Link link;
  double GigabytePrices::*price;
};

using P = GigabytePrices;
constexpr PriceRow kPrices[] = {
    {Link::client_to_lb, &P::client_to_lb},
    {Link::lb_to_client, &P::lb_to_client},
    {Link::lb_to_node, &P::lb_to_node},
    {Link::node_to_lb, &P::node_to_lb},
    {Link::node_to_node, &P::node_to_node},
    {Link::node_to_broker, &P::node_to_broker},
    {Link::broker_to_node, &P::broker_to_node},
    {Link::node_to_registry, &P::node_to_registry},
    {Link::registry_to_node, &P::registry_to_node},
    {Link::broker_to_broker, &P::broker_to_broker},
};
static_assert(std::size(kPrices) == kLinks, "each kind of link has a price");

double bytes_on(const RunRecord& run, Link link) {
  double bytes = 0;
  for (const auto& sent : run.bytes[static_cast<std::size_t>(link)].sent) {
    bytes += static_cast<double>(Bytes{sent});
  }
  return bytes;
}

// Which share of the ordered pairs of nodes lies in two zones: links between nodes are taken to be
// equally busy.
double crossing_share(const Scenario& scenario) {
  const NodeConfig& nodes = scenario.cluster.nodes;
  const std::size_t zones = nodes.zones.size(), running = most_running(scenario);
  std::size_t pairs = 0, crossing = 0;
  for (std::size_t a = 0; zones > 0 && a < running; ++a) {
    for (std::size_t b = 0; b < running; ++b) {
      if (a == b) continue;
      ++pairs;
      crossing += nodes.zones[a % zones] != nodes.zones[b % zones] ? 1 : 0;
    }
  }
  return pairs == 0 ? 0 : static_cast<double>(crossing) / static_cast<double>(pairs);
}

// Counted where the scenario says how far zones are from each other; else by that share.
double crossing_bytes(const Scenario& scenario, const RunRecord& run) {
  if (run.zones_apart) return static_cast<double>(Bytes{run.zone_crossing});
  return bytes_on(run, Link::node_to_node) * crossing_share(scenario);
}

double month_of(const Scenario& scenario, const RunRecord& run) {
  const Prices& prices = scenario.prices;
  double an_hour = prices.node_hour * mean_running(scenario);
  const double hours = static_cast<double>(run.measure.count()) / 3.6e12;
  double bytes = 0;
  for (const PriceRow& row : kPrices) bytes += bytes_on(run, row.link) * (prices.gb.*row.price);
  bytes += crossing_bytes(scenario, run) * prices.zone_gb;
  an_hour += bytes / kGigabyte / hours;
  return an_hour * kHours;
}

double deliveries_a_month(const RunRecord& run) {
  std::uint64_t delivered = 0;
  for (const Cell& cell : run.cells) {
    delivered += cell.live + cell.live_after_reconnect + cell.recovered;
  }
  const double hours = static_cast<double>(run.measure.count()) / 3.6e12;
  return static_cast<double>(delivered) / hours * kHours;
}

}  // namespace

std::vector<MetricValues> crossings_of(const std::vector<RunRecord>& records) {
  if (records.empty() || !records.front().zones_apart) return {};
  MetricValues rate{"bytes.zone_crossing.rate", "bytes/s", {}};
  for (const RunRecord& run : records) {
    const double seconds = static_cast<double>(run.measure.count()) * 1e-9;
    rate.per_seed.emplace_back(rounded(static_cast<double>(Bytes{run.zone_crossing}) / seconds));
  }
  return {std::move(rate)};
}

std::vector<MetricValues> money_of(const Scenario& scenario,
                                   const std::vector<RunRecord>& records) {
  if (scenario.prices == Prices{}) return {};
  MetricValues month{"cost.month", std::string(kMoney), {}};
  MetricValues million{"cost.per_million", std::string(kMoney), {}};
  for (const RunRecord& run : records) {
    const double cost = month_of(scenario, run), deliveries = deliveries_a_month(run);
    month.per_seed.emplace_back(rounded(cost));
    million.per_seed.push_back(deliveries == 0 ? std::nullopt
                                               : std::optional(rounded(cost / deliveries * 1e6)));
  }
  return {std::move(month), std::move(million)};
}

std::string with_currency(const Result& result, const std::string& number) {
  const auto json = nlohmann::json::parse(result.resolved_scenario, nullptr, false);
  const nlohmann::json::json_pointer place("/prices/currency");
  if (!json.is_object() || !json.contains(place) || !json.at(place).is_string()) return number;
  const std::string currency = json.at(place).get<std::string>();
  return currency.empty() ? number : number + " " + currency;
}

std::string money_note(const Result& result) {
  const auto json = nlohmann::json::parse(result.resolved_scenario, nullptr, false);
  if (!json.is_object() || !json.contains("prices")) return {};
  return "cost in " + json["prices"].value("currency", "") +
         ": nodes and priced bytes of a month of 730 h, and of a million deliveries (1M), at the "
         "rates of measure";
}

}  // namespace squall
