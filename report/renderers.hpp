// The registry of report formats: one row per format, a pure function of the Result each.
// Writing the files is not done here but by whoever owns the run folder.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "report/result.hpp"

namespace squall {

struct RendererRow {
  std::string_view name;       // as in --format
  std::string_view extension;  // as in --report FILE, with the dot
  std::string_view meaning;
  std::string (*render)(const Result& result);
};

std::span<const RendererRow> renderers();
const RendererRow* renderer_named(std::string_view name);     // nullptr when unknown
const RendererRow* renderer_for_path(std::string_view path);  // by its ending; nullptr when unknown

}  // namespace squall
