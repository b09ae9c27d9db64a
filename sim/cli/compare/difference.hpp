// Where two results that should be equal are not: names the first strategy and metric.
// For people who ask why a replay differs; equality itself is decided by the bytes.
#pragma once

#include <string>

#include "report/measure/result.hpp"

namespace squall {

// One sentence, or empty when nothing that a result holds differs.
std::string first_difference(const Result& stored, const Result& fresh);

}  // namespace squall
