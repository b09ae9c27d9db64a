// From the parts of a row to a strategy. See parts.hpp.
// A member of Parts that is not copied here would be a word without a meaning.
#include "strategies/parts.hpp"

namespace squall {

StrategySpec composed(std::string_view name, const Parts& parts) {
  StrategySpec spec;
  spec.name = name;
  spec.preset = name;
  spec.placement = parts.placement;
  spec.backplane = parts.backplane;
  spec.connections = parts.connections;
  spec.make_before_break = parts.make_before_break;
  spec.resume = parts.resume;
  spec.resume_messages = parts.resume_messages;
  spec.history = parts.history;
  spec.outbox = parts.outbox;
  spec.options = parts.options;
  return spec;
}

}  // namespace squall
