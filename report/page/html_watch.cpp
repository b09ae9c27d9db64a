// The page of `squall run --watch`: empty tables and canvases, which report/assets/watch.js fills.
// It may connect to where it came from, and to nothing else.
#include "report/page/html.hpp"

#include <fmt/core.h>

#include "report/page/html_parts.hpp"

namespace squall {
namespace {

using namespace html;

std::string canvas(std::string_view id, std::string_view caption) {
  return fmt::format(
      "<figure>\n<canvas id=\"{}\" role=\"img\" aria-label=\"{}; the table says the same in "
      "numbers\"></canvas>\n{}</figure>\n",
      id, caption, element("figcaption", caption));
}

}  // namespace

std::string watch_page() {
  const Assets with = assets();
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {}; "
      "style-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; "
      "form-action 'none'\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<link rel=\"icon\" href=\"data:,\"/>\n"
      "<title>squall, live</title>\n<style>\n",
      script_hash(with.watch_script));
  text += ink_style() + std::string(with.style) +
          "canvas{display:block;width:100%;height:180px}\n"
          "#rows td:first-child i{display:block;width:14px;height:4px}\n"
          ".nodes{display:flex;align-items:flex-end;height:14px;gap:1px}\n"
          ".nodes i{flex:1 1 0;max-width:8px;background:var(--s0)}\n"
          "</style>\n</head>\n<body>\n<main>\n<h1 id=\"scenario\">squall</h1>\n"
          "<p><span id=\"state\" role=\"status\">Connecting.</span>\n"
          "<span class=\"tools\"><button id=\"stop\" type=\"button\">Stop, and keep what is "
          "done</button></span></p>\n<p id=\"faults\" class=\"note\"></p>\n";
  text += scroller(
      "the strategies",
      "<table class=\"headline\">\n<caption class=\"note\">Of each strategy: all runs that are "
      "done; second by second the latest one.</caption>\n<thead><tr><th>line</th><th>strategy</th>"
      "<th>runs</th><th>now at</th><th>lost</th><th>connected</th><th>sessions by node</th></tr>"
      "</thead>\n<tbody id=\"rows\"></tbody>\n</table>\n");
  text += canvas("loss", "Lost, % of the pairs owed in each second") +
          canvas("connected", "Connected, at each second") +
          canvas("delivered", "Delivered in each second");
  return text + "</main>\n<script>" + std::string(with.watch_script) +
         "</script>\n</body>\n</html>\n";
}

}  // namespace squall
