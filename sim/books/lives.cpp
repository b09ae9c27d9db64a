// The plan's durations become instants here, as long as they lie in measure. See lives.hpp.
// Individuals stay: what they do stands in the script.
#include "sim/books/lives.hpp"

#include "scenarios/model/recipients.hpp"
#include "scenarios/model/volume.hpp"

namespace squall {

Lives::Lives(const Plan& plan) : plan_(plan) {
  for (const ScriptStep& step : plan.scenario().script) {
    if (step.verb == Verb::connect) scripted_.insert(step.client);
  }
  for (const Traffic& traffic : plan.scenario().traffic) {
    if (from_backend(traffic)) scripted_.insert(traffic.from);  // it is no client
  }
}

// Some durations are for ever: adding them to a time would overflow.
std::optional<Time> Lives::in_measure(Time now, Duration delay) const {
  if (delay >= plan_.scenario().time.measure - now) return std::nullopt;
  return now + delay;
}

std::optional<Time> Lives::first_login(EndpointId who) const {
  const TimeWindows& time = plan_.scenario().time;
  if (plan_.individual(who)) {
    if (scripted_.contains(plan_.individual_config(who).name)) return std::nullopt;
    return -time.warmup;
  }
  const Time first = plan_.first_login(who);
  return first < time.measure ? std::optional(first) : std::nullopt;
}

std::optional<Time> Lives::first_drop(EndpointId who) const {
  const auto first = first_login(who);
  if (!first || plan_.individual(who)) return std::nullopt;
  return in_measure(*first, plan_.until_drop(who, 0));
}

std::optional<Time> Lives::logout_after(EndpointId who, Time login, std::uint32_t n) const {
  return plan_.individual(who) ? std::nullopt : in_measure(login, plan_.stay(who, n));
}

std::optional<Time> Lives::login_after(EndpointId who, Time logout, std::uint32_t n) const {
  return in_measure(logout, plan_.away(who, n));
}

std::optional<Time> Lives::drop_after(EndpointId who, Time drop, std::uint32_t n) const {
  return in_measure(drop, plan_.until_drop(who, n + 1));
}

}  // namespace squall
