// Prices: what a node costs an hour, and a GB on each kind of link. In one currency, of the user.
// What a run costs with them is worked out by report/measure/money.hpp.
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

constexpr double kDearest = 1e9;

Field<GigabytePrices> link(std::string key, double GigabytePrices::*member) {
  std::string doc = "A GB on the way " + key + ".";
  return optional_field(std::move(key), member, decimal_between(0, kDearest), std::move(doc));
}

const Table<GigabytePrices>& gigabyte_table() {
  using P = GigabytePrices;
  static const Table<P> table{"prices.gb",
                              {
                                  link("client_to_lb", &P::client_to_lb),
                                  link("lb_to_client", &P::lb_to_client),
                                  link("lb_to_node", &P::lb_to_node),
                                  link("node_to_lb", &P::node_to_lb),
                                  link("node_to_node", &P::node_to_node),
                                  link("node_to_broker", &P::node_to_broker),
                                  link("broker_to_node", &P::broker_to_node),
                                  link("node_to_registry", &P::node_to_registry),
                                  link("registry_to_node", &P::registry_to_node),
                                  link("broker_to_broker", &P::broker_to_broker),
                              }};
  return table;
}

}  // namespace

const Table<Prices>& prices_table() {
  static const Table<Prices> table{
      "prices",
      {
          field("currency", &Prices::currency, fresh_name(), "any one", "The currency of all."),
          optional_field("node_hour", &Prices::node_hour, decimal_between(0, kDearest),
                         "A node for an hour."),
          optional_field("gb", &Prices::gb, object(gigabyte_table()),
                         "A GB (10^9 bytes) by kind of link."),
          optional_field("zone_gb", &Prices::zone_gb, decimal_between(0, kDearest),
                         "On top, a GB between nodes of different zones."),
      }};
  return table;
}

}  // namespace squall::language
