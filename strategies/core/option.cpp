// Finding an option by its name. See option.hpp.
// Tables of options are short: a loop will do.
#include "strategies/core/option.hpp"

#include <algorithm>

namespace squall {

const Option* option_named(std::span<const Option> options, std::string_view name) {
  const auto found = std::ranges::find(options, name, &Option::name);
  return found == options.end() ? nullptr : &*found;
}

}  // namespace squall
