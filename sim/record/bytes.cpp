// The words for link classes and byte purposes, spelled as in the enums.
//
// What a transfer costs stands in wire.hpp.
#include "sim/record/bytes.hpp"

#include "strategies/core/check.hpp"

namespace squall {
namespace {

constexpr std::array<std::string_view, kLinks> kLinkNames{
    "client_to_lb",   "lb_to_client",   "lb_to_node",       "node_to_lb",       "node_to_node",
    "node_to_broker", "broker_to_node", "node_to_registry", "registry_to_node", "broker_to_broker"};

constexpr std::array<std::string_view, kBytePurposes> kPurposeNames{
    "payload_useful", "payload_redundant", "payload_wasted", "payload_relayed", "framing",
    "control",        "handshake",         "transport",      "acknowledgement"};

}  // namespace

std::string_view name(Link link) {
  const auto position = static_cast<std::size_t>(link);
  SQUALL_CHECK(position < kLinkNames.size());
  return kLinkNames[position];
}

Link reverse(Link link) {
  switch (link) {
    case Link::client_to_lb: return Link::lb_to_client;
    case Link::lb_to_client: return Link::client_to_lb;
    case Link::lb_to_node: return Link::node_to_lb;
    case Link::node_to_lb: return Link::lb_to_node;
    case Link::node_to_node: return Link::node_to_node;
    case Link::node_to_broker: return Link::broker_to_node;
    case Link::broker_to_node: return Link::node_to_broker;
    case Link::node_to_registry: return Link::registry_to_node;
    case Link::registry_to_node: return Link::node_to_registry;
    case Link::broker_to_broker: return Link::broker_to_broker;
  }
  SQUALL_CHECK(false);
}

std::string_view name(BytePurpose purpose) {
  const auto position = static_cast<std::size_t>(purpose);
  SQUALL_CHECK(position < kPurposeNames.size());
  return kPurposeNames[position];
}

}  // namespace squall
