// What a check across sections has in hand: what has been read, where it stands in the file, and
// the complaints so far. What one section alone can know, its table checks.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "scenarios/model/reading.hpp"

namespace squall::language {

class AcrossSections {
 public:
  AcrossSections(Reading& reading, const Json& root)
      : reading_(reading), root_(root), scenario_(reading.scenario) {}

 protected:
  void fail(const std::string& pointer, std::string code, std::string message,
            std::string suggestion = {}) {
    reading_.fail_at(root_, pointer, std::move(code), std::move(message), std::move(suggestion));
  }
  bool clean(std::string_view pointer) const { return reading_.clean(pointer); }

  Reading& reading_;
  const Json& root_;
  const Scenario& scenario_;
};

}  // namespace squall::language
