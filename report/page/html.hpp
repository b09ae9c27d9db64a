// The HTML report: one self-contained page for one result or several.
//
// Opens offline, from file://, and stays readable with scripts and styles blocked: text, tables and
// static SVG come first, everything else is an addition. Names are untrusted and escaped. Pure: no
// file, no clock. The parts of the page are in html_parts.hpp, the charts in charts.hpp.
#pragma once

#include <span>
#include <string>

#include "report/measure/result.hpp"

namespace squall {

struct HtmlOptions {
  bool assets = true;        // the style sheet and the scripts; without them the page is plain
  std::string made_by = "";  // "squall 0.1.0 (1a2b3c)"; empty: this squall
};

// Each result is a chapter of its own; two or more make the matrix strategy by scenario.
std::string to_html(std::span<const Result> results, const HtmlOptions& options = {});

// The live view of a run; its script talks to sim/cli/watch.
std::string watch_page();

// Whether the zoom layer was there when squall was built.
bool has_zoom_layer();

}  // namespace squall
