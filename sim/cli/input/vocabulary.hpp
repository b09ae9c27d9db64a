// All names that a scenario may use, gathered from the registries for the loader.
//
// The model knows no registry; this is the one place that joins them.
#pragma once

#include "scenarios/model/load.hpp"

namespace squall {

Vocabulary make_vocabulary();

}  // namespace squall
