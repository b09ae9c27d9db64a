// The parts of the HTML page, one function each, and the small pen they write with.
// Internal to html.cpp and its siblings; the entry is to_html() in html.hpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/measure/result.hpp"
#include "report/page/charts.hpp"
#include "report/page/svg.hpp"

namespace squall::html {

// For what may be wider than the screen: the keyboard gets there, and can scroll it.
inline constexpr std::string_view kReachable = "tabindex=\"0\"";

// "<name>text</name>" with the text escaped; `attributes` are written as they are.
std::string element(std::string_view name, std::string_view text, std::string_view attributes = "");
// The same around markup that is escaped already.
std::string wrap(std::string_view name, std::string_view markup, std::string_view attributes = "");
std::string bullets(const std::vector<std::string>& sentences);
// What may be wider than the screen: reachable and scrolled with the keyboard, too.
std::string scroller(std::string_view about, std::string_view markup,
                     std::string_view more_classes = "");
// JSON for a script element: `<` could end it.
std::string inside_script(std::string_view json);
// With borders as attributes: readable without a style sheet.
std::string table(const DataTable& data);
// Folded away; browsers without scripts can open it, and print opens it.
std::string folded(std::string_view summary, std::string_view markup, bool open = false);

// "PASS All 9 expectations hold.", as markup.
std::string verdict_words(const Result& result);
// The first screen of a result.
std::string verdict_part(const Result& result, const std::string& prefix);
// What was played: users, nodes, traffic, faults, engine; what was overridden; what is left out.
std::string facts_part(const Result& result);
// Several runs of one scenario: what differs in the scenario, and what it changed.
std::string change_part(std::span<const Result> results);
std::string headline_part(const ChartContext& context);
std::string advice_part(const ChartContext& context);
// What single faults cost; empty without any.
std::string events_part(const ChartContext& context);

std::string figure(const Chart& chart);
// Every expectation, and every gate where there was a baseline.
std::string verdict_table(const Result& result, const std::string& prefix);

// The last parts.
std::string quality_part(const Result& result);
std::string reproduce_part(const Result& result, std::string_view made_by);
std::string glossary_part();

// What the page embeds (cmake/assets.cmake); empty when it was not there at build time.
struct Assets {
  std::string_view style, page_script, watch_script, replay_script;
  std::string_view zoom_style, zoom_library, zoom_script, zoom_license;
};
Assets assets();
// Custom properties of every ink, light and dark, and the classes that use them.
std::string ink_style();
// For a Content-Security-Policy: 'sha256-...'.
std::string script_hash(std::string_view script);

}  // namespace squall::html
