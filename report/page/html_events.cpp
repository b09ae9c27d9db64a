// The part "What one fault costs" of the page: a table of strategies and faults, in seconds of all
// traffic. The numbers and their words are in report/measure/events.cpp.
#include "report/measure/comparison.hpp"
#include "report/page/html_parts.hpp"

namespace squall::html {

std::string events_part(const ChartContext& context) {
  DataTable data{{"strategy"}, {}, 1};
  const std::vector<std::string> titles = event_titles(context.result);
  if (titles.empty()) return "";
  for (const std::string& title : titles) data.head.push_back(title);
  for (const Look& look : context.looks) {
    std::vector<std::string> row{look.strategy->strategy};
    for (const std::string& title : titles) {
      row.push_back(event_cell(*look.strategy, title, unicode_glyphs()));
    }
    data.rows.push_back(std::move(row));
  }
  bool per_day = false;
  for (const Look& look : context.looks) {
    for (const EventCost& event : look.strategy->events) per_day = per_day || event.per_day > 0;
  }
  const std::string a_day =
      per_day ? " A day has each fault as often as the script says (per)." : "";
  return wrap(
             "section",
             element("h2", "What one fault costs") + "\n" +
                 element("p",
                         "Seconds of all traffic: the time in which as many pairs are owed as were "
                         "lost to the fault. It does not depend on how long measure is." +
                             a_day) +
                 "\n" + table(data)) +
         "\n";
}

}  // namespace squall::html
