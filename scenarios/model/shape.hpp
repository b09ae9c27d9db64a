// How the rate of a traffic class changes by itself: const, a day, or steps.
//
// The script's flashes and sets come on top. A day is a curve of 24 steps whose mean is 1, lowest
// between three and five at night; it may be a day of minutes. No seed moves any of it.
#pragma once

#include <optional>
#include <vector>

#include "scenarios/model/table.hpp"
#include "scenarios/model/volume.hpp"

namespace squall {

// What it does in [from, to), as changes of the rate that is written.
std::vector<RateChange> changes_by_itself(const Shape& shape, Time from, Time to);

double busiest(const Shape& shape);  // its highest factor

namespace language {

Codec<Shape> traffic_shape();

}  // namespace language
}  // namespace squall
