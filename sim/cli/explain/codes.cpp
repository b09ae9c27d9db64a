// Codes of keys and of values. See codes.hpp; references and times are in the files beside it.
// Whoever adds a code adds a row here; the test finds codes without one.
#include "sim/cli/explain/codes.hpp"

#include <array>

namespace squall {
namespace {

constexpr std::array kKeysAndValues{
    CodeRow{"S0001", "There is no such file, and no built-in scenario of that name.",
            "Check the path; squall list scenarios has the names.",
            "(squall validate nowhere.json)x"},
    CodeRow{"S0100", "The file is not JSON.", "Mend the syntax where the carets are.",
            "(a file with a comma too many: {\"squall\": 1,})x"},
    CodeRow{"S0101", "A key that this object does not have.",
            "Check the spelling; squall schema lists the keys.", R"x("tmie": {})x"},
    CodeRow{"S0102", "A key that this object needs is not there.", "Add it.",
            R"x("traffic": [{"to": "user:online", "rate": "1/s"}])x"},
    CodeRow{"S0103", "A key that has no meaning beside the others.", "Leave it out.",
            R"x("script": [{"at": "1s", "do": "broker_down", "for": "1s", "room": "a"}])x"},
    CodeRow{"S0104", "The file is nested too deeply, or holds too many values.",
            "Make it smaller; populations and rooms need no list of members.",
            "(a list in a list in a list, 70 times)x"},
    CodeRow{"S0105", "The file cannot be read, or is longer than 4 MiB.",
            "Check its permissions and its size.", "(squall validate of a folder)x"},
    CodeRow{"S0106", "The version of the scenario language is not one that this squall knows.",
            "Write \"squall\": 1.", "(a file with \"squall\": 2)x"},
    CodeRow{"S0107", "The same key stands twice in one object; the first was kept.",
            "Remove one of them.", R"x("why": "a", "why": "b")x"},
    CodeRow{"S0108", "--set names a place that no scenario has.",
            "Check the JSON pointer: /cluster/nodes/count.", "(--set cluster=1)x"},
    CodeRow{"S0201", "A value of the wrong type.", "Write the type that the message expects.",
            R"x("why": 1)x"},
    CodeRow{"S0202", "A number that is out of range, or not whole.",
            "Choose one in the range of the message.", R"x("cluster": {"nodes": {"count": 0}})x"},
    CodeRow{"S0203", "A word that is not one of the few that are possible here.",
            "Choose one of those in the message.",
            R"x("cluster": {"nodes": {"egress_queue": {"on_full": "explode"}}})x"},
    CodeRow{"S0204", "Not a duration or a time.", "Write a number and a unit: 250ms, 10s, 5m.",
            R"x("time": {"measure": "ten"})x"},
    CodeRow{"S0205", "Not a size.", "Write a number and a unit: 200B, 64KiB.",
            R"x("cluster": {"broker": {"publisher_buffer": "much"}})x"},
    CodeRow{"S0206", "Not a rate.", "Write a number per second: 200/s.",
            R"x("people": {"u": {"count": 2}}, "traffic": [{"as": "t", "to": "user:online",
 "rate": "often"}])x"},
    CodeRow{"S0207", "Not a bit rate.", "Write a number and a unit: 20Mbit/s.",
            R"x("people": {"u": {"count": 2, "downlink": "fast"}})x"},
    CodeRow{"S0208", "Not a distribution.", "Write one of its forms: exp(30s), uniform(0s,1s).",
            R"x("people": {"u": {"count": 2, "stay": "normal(1s)"}})x"},
    CodeRow{"S0209", "Not a selector of nodes, or one that selects no single node.",
            "Write n3, node[*] or node[zone=a].",
            R"x("script": [{"at": "1s", "do": "crash", "on": "node99x"}])x"},
    CodeRow{"S0210", "A whole number beyond 2^53, which JSON readers would round.",
            "Choose a smaller one.", R"x("people": {"u": {"count": 9007199254740993}})x"},
    CodeRow{
        "S0211", "Not a popularity of rooms.", "Write uniform or zipf(1.0).",
        R"x("people": {"u": {"count": 2}}, "rooms": {"r": {"count": 1, "popularity": "some"}})x"},
    CodeRow{"S0212", "Not an expectation: METRIC OPERATOR VALUE.", "Write loss.intent < 1%.",
            R"x("expect": [{"that": "loss.intent"}])x"},
    CodeRow{"S0213", "A value that does not fit the metric's unit.",
            "Write it in the unit that squall list metrics says.",
            R"x("expect": [{"that": "loss.intent < 5ms"}])x"},
    CodeRow{"S0214", "Not an address of a message.",
            "Write room:NAME, user:any, user:online or user:roommate.",
            R"x("people": {"u": {"count": 2}}, "traffic": [{"as": "t", "to": "everybody",
 "rate": "1/s"}])x"},
    CodeRow{"S0215", "A name with characters that names may not have.",
            "Use letters, digits, - and _.", R"x("people": {"a b": {"count": 2}})x"},
    CodeRow{"S0216", "An empty list where somebody has to be in it, or an empty place in a list.",
            "Fill it, or leave it out.", R"x("strategies": [])x"},
    CodeRow{"S0217", "Not a frequency of a fault.", "Write how often it happens: 5/day, 1/week.",
            R"x("script": [{"at": "1s", "do": "broker_down", "for": "1s", "per": "often"}])x"},
};

}  // namespace

std::vector<CodeRow> code_rows() {
  std::vector<CodeRow> rows(kKeysAndValues.begin(), kKeysAndValues.end());
  rows.insert(rows.end(), reference_codes().begin(), reference_codes().end());
  rows.insert(rows.end(), time_codes().begin(), time_codes().end());
  rows.insert(rows.end(), hash_codes().begin(), hash_codes().end());
  return rows;
}

const CodeRow* code_named(std::span<const CodeRow> rows, std::string_view code) {
  for (const CodeRow& row : rows) {
    if (row.code == code) return &row;
  }
  return nullptr;
}

std::string example_of(const CodeRow& row) {
  if (row.shown_by.starts_with('(')) return {};
  std::string text = R"x({"squall": 1, "name": "x", )x" + std::string(row.shown_by) + "}";
  std::erase(text, '\n');
  return text;
}

}  // namespace squall
