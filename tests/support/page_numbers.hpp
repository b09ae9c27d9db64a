// Reads the numbers off a page: tables by figure, and every number in a text with its unit.
//
// Knows nothing of how the page was made: a number is what stands there, and stands for everything
// that rounds to it.
#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace squall::testing {

// "235 ms" is 235e6 give or take half a millisecond, of the dimension "ns".
struct Printed {
  double value = 0, half = 0;
  std::string dimension;  // ns, %, bytes, bytes/s; empty: a bare number
  std::string text;

  bool stands_for(double number) const {
    if (std::isinf(value) || std::isinf(number)) return value == number;
    return std::abs(value - number) <= half * 1.000001 + std::abs(number) * 1e-9;
  }
};

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// Without what lies between these marks, and without them.
inline std::string without(std::string text, std::string_view begin, std::string_view end) {
  for (std::size_t at = text.find(begin); at != text.npos; at = text.find(begin, at)) {
    const std::size_t stop = text.find(end, at);
    text.erase(at, stop == text.npos ? stop : stop + end.size() - at);
  }
  return text;
}

inline std::string without_tags(const std::string& html) {
  std::string text = std::regex_replace(html, std::regex("<[^>]*>"), " ");
  for (const auto& [entity, sign] :
       {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}}) {
    text = replaced(text, entity, sign);
  }
  return replaced(text, "\u00a0", " ");
}

inline double factor_of(const std::string& unit) {
  const std::pair<const char*, double> factors[] = {
      {"ns", 1},   {"µs", 1e3},   {"ms", 1e6},   {"s", 1e9},    {"%", 0.01},
      {"B/s", 1},  {"kB/s", 1e3}, {"MB/s", 1e6}, {"GB/s", 1e9}, {"B", 1},
      {"kB", 1e3}, {"MB", 1e6},   {"GB", 1e9}};
  for (const auto& [name, factor] : factors) {
    if (unit == name) return factor;
  }
  return 1;
}

inline std::string dimension_of(const std::string& unit) {
  if (unit.empty() || unit == "%") return unit;
  if (unit.ends_with("B/s")) return "bytes/s";
  if (unit.ends_with("B")) return "bytes";
  return "ns";
}

// Every number that is not part of a word (n1, p99, r2), with the unit behind it.
inline std::vector<Printed> numbers_in(const std::string& text) {
  static const std::regex kNumber(
      "(^|[^A-Za-z0-9_.:/#-])(∞|[-+]?[0-9]{1,3}(?: [0-9]{3})+(?![0-9])|[-+]?[0-9]+(?:\\.[0-9]+)?)"
      "(?: ?(kB/s|MB/s|GB/s|B/s|kB|MB|GB|B|ns|µs|ms|s|%)(?![A-Za-z0-9_/]))?(?![A-Za-z0-9_:])");
  std::vector<Printed> found;
  for (std::sregex_iterator at(text.begin(), text.end(), kNumber), end; at != end; ++at) {
    Printed printed;
    printed.text = at->str();
    const std::string digits = replaced((*at)[2].str(), " ", "");
    const std::string unit = (*at)[3].str();
    printed.dimension = dimension_of(unit);
    if (digits == "∞") {
      printed.value = std::numeric_limits<double>::infinity();
    } else {
      const std::size_t point = digits.find('.');
      const int decimals = point == digits.npos ? 0 : static_cast<int>(digits.size() - point) - 1;
      printed.value = std::stod(digits) * factor_of(unit);
      printed.half = 0.5 * std::pow(10.0, -decimals) * factor_of(unit);
    }
    found.push_back(printed);
  }
  return found;
}

struct PageTable {
  std::string figure;  // the id of what it stands in
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

inline std::vector<std::string> cells_of(const std::string& row) {
  static const std::regex kCell("<t[dh][^>]*>(.*?)</t[dh]>");
  std::vector<std::string> cells;
  for (std::sregex_iterator at(row.begin(), row.end(), kCell), end; at != end; ++at) {
    std::string text = without_tags((*at)[1].str());
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    cells.push_back(text);
  }
  return cells;
}

// Tables of numbers, in order of the page.
inline std::vector<PageTable> tables_of(const std::string& page) {
  std::vector<PageTable> tables;
  for (std::size_t at = page.find("class=\"data\">"); at != page.npos;
       at = page.find("class=\"data\">", at + 1)) {
    PageTable table;
    const std::size_t figure = page.rfind(" id=\"", page.rfind("<h2>", at));
    table.figure = page.substr(figure + 5, page.find('"', figure + 5) - figure - 5);
    const std::string body = page.substr(at, page.find("</table>", at) - at);
    for (std::size_t row = body.find("<tr>"); row != body.npos; row = body.find("<tr>", row + 1)) {
      const auto cells = cells_of(body.substr(row, body.find("</tr>", row) - row));
      if (table.head.empty())
        table.head = cells;
      else
        table.rows.push_back(cells);
    }
    tables.push_back(table);
  }
  return tables;
}

}  // namespace squall::testing
