// The registry of report formats: one row per format, a pure function of the Result each.
// Writing the files is not done here but by whoever owns the run folder.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "report/measure/result.hpp"

namespace squall {

struct RendererRow {
  std::string_view name;       // as in --format
  std::string_view extension;  // as in --report FILE, with the dot
  std::string_view meaning;
  std::string (*render)(const Result& result);
  // Several results in one document; null: one after another.
  std::string (*render_all)(std::span<const Result> results) = nullptr;
};

std::span<const RendererRow> renderers();
// One document with all of them.
std::string render_all(const RendererRow& row, std::span<const Result> results);
const RendererRow* renderer_named(std::string_view name);     // nullptr when unknown
const RendererRow* renderer_for_path(std::string_view path);  // by its ending; nullptr when unknown

}  // namespace squall
