// squall list TOPIC: prints one listing as an aligned table or as JSON.
// What can be listed stands in list_topics.cpp.
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/words/format.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/commands/list_topics.hpp"

namespace squall {
namespace {

// The last column in lines of at most `width` columns, at least one word each.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
  std::istringstream words(text);
  std::string out;
  std::size_t column = indent;
  for (std::string word; words >> word;) {
    const std::size_t size = display_width(word);
    const bool first = column == indent;
    if (!first && column + 1 + size > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += size;
  }
  return out;
}

void print_table(const Listing& list, const Console& console) {
  std::vector<std::size_t> widths;
  for (const std::string& column : list.columns) widths.push_back(display_width(column));
  for (const auto& row : list.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  // In a pipe every entry stays on one line, for grep.
  const std::size_t width = console.out_is_terminal ? static_cast<std::size_t>(console.out_columns)
                                                    : std::numeric_limits<std::size_t>::max();
  const auto print_row = [&](const std::vector<std::string>& row) {
    std::string line;
    std::size_t indent = 0;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      line += pad_right(row[i], widths[i]) + "  ";
      indent += widths[i] + 2;
    }
    line += wrapped(row.back(), indent, width);
    line.erase(line.find_last_not_of(' ') + 1);
    console.out << line << '\n';
  };
  print_row(list.columns);
  for (const auto& row : list.rows) print_row(row);
}

void print_json(const Listing& list, std::ostream& out) {
  nlohmann::ordered_json document = nlohmann::ordered_json::array();
  for (const auto& row : list.rows) {
    nlohmann::ordered_json entry;
    for (std::size_t i = 0; i < row.size(); ++i) entry[list.columns[i]] = row[i];
    document.push_back(entry);
  }
  out << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace

Exit list_command(const Invocation& invocation) {
  const std::string& wanted = invocation.options.inputs.front();
  std::vector<std::string> names;
  for (const ListTopic& topic : list_topics()) {
    names.emplace_back(topic.name);
    if (topic.name != wanted) continue;
    const Listing list = topic.make(invocation.options);
    invocation.options.json ? print_json(list, invocation.console.out)
                            : print_table(list, invocation.console);
    return {};
  }
  const std::string hint = language::did_you_mean(wanted, names);
  invocation.console.err << "error: nothing called " << language::in_quotes(wanted)
                         << " can be listed" << (hint.empty() ? "" : " - ") << hint
                         << "\n  topics: " << language::joined(names) << '\n';
  return {ExitCode::usage, "bad command line; nothing was run"};
}

}  // namespace squall
