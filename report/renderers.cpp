// The registry of report formats as one table; a row is all that a new format needs.
// Each renderer lives in the file of its name.
#include "report/renderers.hpp"

#include "report/csv.hpp"
#include "report/json.hpp"
#include "report/markdown.hpp"
#include "report/text.hpp"

namespace squall {
namespace {

constexpr RendererRow kRenderers[] = {
    {"text", ".txt", "what a terminal shows, without colour",
     [](const Result& result) { return to_text(result); }},
    {"markdown", ".md", "for a pull-request comment or a step summary", to_markdown},
    {"csv", ".csv", "one value a row, for any data tool", csv},
    {"json", ".json", "everything, schema squall.result/1", to_json},
};

}  // namespace

std::span<const RendererRow> renderers() { return kRenderers; }

const RendererRow* renderer_named(std::string_view name) {
  for (const RendererRow& row : kRenderers) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

const RendererRow* renderer_for_path(std::string_view path) {
  for (const RendererRow& row : kRenderers) {
    if (path.ends_with(row.extension)) return &row;
  }
  return nullptr;
}

}  // namespace squall
