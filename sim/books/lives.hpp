// The lives of people, as the plan has them: when they log in, leave, come back and are dropped.
//
// One rule for both engines: each asks what comes next when something has happened. Nothing comes
// after measure. Connections, and who notices what, are the engines'.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "scenarios/model/plan.hpp"

namespace squall {

class Lives {
 public:
  explicit Lives(const Plan& plan);

  // Of somebody whose login stands in the script, and of what is no client: nothing.
  std::optional<Time> first_login(EndpointId who) const;
  std::optional<Time> first_drop(EndpointId who) const;
  // After the login, logout or drop `n` at that time.
  std::optional<Time> logout_after(EndpointId who, Time login, std::uint32_t n) const;
  std::optional<Time> login_after(EndpointId who, Time logout, std::uint32_t n) const;
  std::optional<Time> drop_after(EndpointId who, Time drop, std::uint32_t n) const;

 private:
  std::optional<Time> in_measure(Time now, Duration delay) const;

  const Plan& plan_;
  std::set<std::string> scripted_;
};

}  // namespace squall
