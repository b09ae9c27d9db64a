// Puts the replay page together; what moves on it is assets/replay.js.
// See replay.hpp. The data stands once, as JSON, and the pictures once, as SVG.
#include "report/page/replay.hpp"

#include <fmt/core.h>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "report/page/html_parts.hpp"
#include "report/page/svg_axes.hpp"
#include "report/words/format.hpp"

namespace squall {
namespace {

using namespace html;
using Json = nlohmann::json;

double to_ms(double seconds) { return std::round(seconds * 1000) / 1000; }

Json series_json(const std::vector<ReplaySeries>& all) {
  Json json = Json::array();
  for (const ReplaySeries& one : all) json.push_back({{"name", one.name}, {"pairs", one.pairs}});
  return json;
}

Json data_of(const FaultReplay& replay) {
  Json json = {{"first", replay.first},
               {"fault", replay.fault},
               {"begin", replay.fault_begin},
               {"end", replay.fault_end},
               {"owed", replay.owed},
               {"delivered", replay.delivered},
               {"lost", replay.lost},
               {"billed", replay.billed},
               {"connected", replay.connected},
               {"causes", series_json(replay.causes)},
               {"rooms", series_json(replay.rooms)}};
  json["nodes"] = Json::array();
  for (const ReplayNode& node : replay.nodes) {
    json["nodes"].push_back({{"name", node.name},
                             {"live", node.live},
                             {"ghosts", node.ghosts},
                             {"waiting", node.waiting},
                             {"state", node.state}});
  }
  json["clients"] = Json::array();
  for (const std::vector<ReplayStay>& client : replay.clients) {
    Json stays = Json::array();
    for (const ReplayStay& stay : client) {
      stays.push_back({stay.node, to_ms(stay.opened), to_ms(stay.dead), to_ms(stay.closed)});
    }
    json["clients"].push_back(std::move(stays));
  }
  return json;
}

std::string head(const FaultReplay& replay, const Assets& with) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src {}; "
      "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
      "<link rel=\"icon\" href=\"data:,\"/>\n"
      "{}\n<style>\n{}{}</style>\n</head>\n<body class=\"replay\">\n<main>\n",
      script_hash(with.replay_script), element("title", "squall replay: " + replay.title),
      ink_style(), with.style);
}

// Filled by the script, and hidden without it.
std::string stage(const FaultReplay& replay) {
  const std::string last = std::to_string(replay.seconds() - 1);
  const std::string drawn = grouped(replay.clients.size());
  return fmt::format(
      "<section id=\"stage\" hidden=\"hidden\" aria-label=\"The replay\">\n"
      "<div class=\"deck\">\n<canvas id=\"strip\" role=\"img\" aria-label=\"Lost pairs and "
      "connected clients over time; the numbers stand below\"></canvas>\n"
      "<input id=\"at\" type=\"range\" min=\"0\" max=\"{}\" step=\"1\" value=\"0\" "
      "aria-label=\"Second of the run\"/>\n"
      "<p class=\"deck-row\"><button id=\"play\" type=\"button\">Play</button> <b id=\"now\"></b> "
      "<span id=\"phase\"></span></p>\n</div>\n"
      "<dl class=\"facts\" id=\"sums\"></dl>\n<h2>Nodes and sessions</h2>\n"
      "<p class=\"note\">A dot is one of {} clients of {}: <i class=\"dot live\"></i> connected "
      "here, <i class=\"dot ghost\"></i> its path has ended and the node does not know, <i "
      "class=\"dot moved\"></i> came from another node since the replay began. Numbers are of all "
      "clients.</p>\n"
      "<div id=\"nodes\"></div>\n<div class=\"pair\">\n<div>\n<h2>Lost by cause, of pairs born in "
      "this second</h2>\n<ul id=\"causes\" class=\"bars\"></ul>\n</div>\n<div>\n<h2>Where it was "
      "lost so far</h2>\n<ul id=\"rooms\" class=\"bars\"></ul>\n</div>\n</div>\n"
      "</section>\n",
      last, drawn, grouped(replay.clients_all));
}

std::string message_part(const FaultReplay& replay) {
  if (replay.steps.empty()) return "";
  std::string items;
  for (const ReplayStep& step : replay.steps) {
    const std::string at = decimal(step.at, 6);
    const std::string who = step.to.empty() ? step.from : step.from + " → " + step.to;
    items += wrap("li",
                  fmt::format("{} {} {}", element("time", at + " s"), element("b", who),
                              element("span", step.what)),
                  fmt::format("data-at=\"{}\"{}", at, step.bad ? " class=\"bad\"" : "")) +
             "\n";
  }
  return wrap("section",
              element("h2", "One message, followed") + "\n" + element("p", replay.message) + "\n" +
                  (replay.verdict.empty() ? "" : element("p", replay.verdict, "class=\"end\"")) +
                  "\n" + wrap("ol", "\n" + items, "id=\"steps\"")) +
         "\n";
}

// The same numbers for those who read and for paper: the chosen seconds as a table.
std::string numbers_part(const FaultReplay& replay, const std::vector<std::size_t>& chosen) {
  DataTable table{
      {"second", "connected", "owed", "delivered", "lost", "of it to the fault"}, {}, 1};
  for (const std::size_t place : chosen) {
    table.rows.push_back({fmt::format("{} s", replay.first + place),
                          grouped(replay.connected[place]), grouped(replay.owed[place]),
                          grouped(replay.delivered[place]), grouped(replay.lost[place]),
                          grouped(replay.billed[place])});
  }
  return html::table(table);
}

}  // namespace

std::string replay_page(const FaultReplay& replay) {
  const Assets with = assets();
  const std::vector<std::size_t> chosen = chosen_seconds(replay);
  std::string text = head(replay, with);
  text += element("h1", replay.title) + "\n" + element("p", replay.played, "class=\"why\"") + "\n";
  text += stage(replay);
  std::string pictures;
  for (const std::size_t place : chosen) {
    pictures += wrap("li", replay_picture(replay, place)) + "\n";
  }
  text +=
      fmt::format("<details id=\"pictures\" open=\"open\">\n{}\n{}\n{}</details>\n",
                  element("summary", "Pictures at chosen seconds, and their numbers"),
                  wrap("ol", "\n" + pictures, "class=\"pictures\""), numbers_part(replay, chosen));
  text += message_part(replay);
  text += wrap("footer", element("p",
                                 "A pair is a message and one who was owed it; it is counted in "
                                 "the second in which the message was to be sent. " +
                                     replay.checked) +
                             element("pre", replay.again, kReachable)) +
          "\n</main>\n";
  text += fmt::format(
      "<script type=\"application/json\" "
      "id=\"data\">{}</script>\n<script>{}</script>\n</body>\n</html>\n",
      inside_script(data_of(replay).dump(-1, ' ', false, Json::error_handler_t::replace)),
      with.replay_script);
  return text;
}

}  // namespace squall
