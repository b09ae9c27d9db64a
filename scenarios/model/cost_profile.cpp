// The tables of costs. A figure without a source is tagged `uncalibrated` and printed so.
// To calibrate one, measure it and name the measurement in `source`.
#include "scenarios/model/cost_profile.hpp"

#include <algorithm>
#include <array>

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
};

// Redis 98,000 publishes/s to 8 subscribers in one process, measured: 10 us each.
constexpr ServiceCosts kServices{2us, 1us, 5us, 200ns};

}  // namespace

std::span<const CostProfile> cost_profiles() { return kProfiles; }

const CostProfile* cost_profile_named(std::string_view name) {
  const auto found = std::ranges::find(kProfiles, name, &CostProfile::name);
  return found == kProfiles.end() ? nullptr : &*found;
}

const ServiceCosts& service_costs() { return kServices; }

}  // namespace squall
