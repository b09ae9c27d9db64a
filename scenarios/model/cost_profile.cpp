// The tables of costs. A figure without a source is tagged `uncalibrated` and printed so.
// To calibrate one, measure it and name the measurement in `source`.
#include "scenarios/model/cost_profile.hpp"

#include <algorithm>
#include <array>

#include "scenarios/model/calibration.hpp"

namespace squall {
namespace {

using namespace std::chrono_literals;

// TCP send ~5 us and receive ~4 us: measured with Beast on a 2-core EPYC virtual machine.
// Handshakes: order of magnitude from the literature (TLS 0.1-2 ms), not measured here.
constexpr std::array kProfiles = {
    CostProfile{"beast-tls", "send and receive measured, the rest uncalibrated", 5, 500us, 20us,
                4us, 5us, 9us, 10us, 5us, 4us, 5us, 4us, 5us, 1us},
    CostProfile{"beast-plain", "send and receive measured, the rest uncalibrated", 3, 60us, 20us,
                4us, 5us, 9us, 10us, 5us, 4us, 5us, 4us, 5us, 300ns},
    CostProfile{"node-plain", "push: kick-js 689, 142 ms / 5,000 frames; the rest uncalibrated", 3,
                60us, 20us, 20us, 28400ns, 25us, 10us, 25us, 20us, 25us, 20us, 25us, 300ns},
};

// Redis 98,000 publishes/s to 8 subscribers in one process, measured: 10 us each.
constexpr ServiceCosts kServices{2us, 1us, 5us, 200ns};

}  // namespace

std::span<const CostProfile> cost_profiles() { return kProfiles; }

const CostProfile* cost_profile_named(std::string_view name) {
  const auto found = std::ranges::find(kProfiles, name, &CostProfile::name);
  return found == kProfiles.end() ? calibrated_costs(name) : &*found;
}

CostProfile costs_of(const NodeConfig& nodes) {
  const CostProfile* const found = cost_profile_named(nodes.cost_profile);
  CostProfile costs = found == nullptr ? kProfiles.front() : *found;
  const CostChanges& given = nodes.costs;
  costs.handshake = given.handshake.value_or(costs.handshake);
  costs.subscribe = given.subscribe.value_or(costs.subscribe);
  costs.frame_read = given.frame_read.value_or(costs.frame_read);
  costs.push = given.push.value_or(costs.push);
  costs.heartbeat = given.heartbeat.value_or(costs.heartbeat);
  costs.close = given.close.value_or(costs.close);
  costs.publish = given.publish.value_or(costs.publish);
  costs.broker_receive = given.broker_receive.value_or(costs.broker_receive);
  costs.peer_send = given.peer_send.value_or(costs.peer_send);
  costs.peer_receive = given.peer_receive.value_or(costs.peer_receive);
  costs.registry_call = given.registry_call.value_or(costs.registry_call);
  costs.per_kib = given.per_kib.value_or(costs.per_kib);
  return costs;
}

const ServiceCosts& service_costs() { return kServices; }

}  // namespace squall
