// One table of words for the three ends; the rest is field by field.
// See gates_json.hpp.
#include "report/export/gates_json.hpp"

namespace squall {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kEnds[] = {"pass", "fail", "open"};  // in the order of GateEnd

std::string_view word(GateEnd end) { return kEnds[static_cast<std::size_t>(end)]; }

GateEnd end_of(const std::string& word) {
  if (word == kEnds[0]) return GateEnd::passed;
  return word == kEnds[2] ? GateEnd::open : GateEnd::failed;
}

}  // namespace

Json gates_json(const JudgedGates& judged) {
  Json list = Json::array();
  for (const JudgedGate& gate : judged.gates) {
    list.push_back({{"that", gate.that},
                    {"strategy", gate.strategy},
                    {"outcome", word(gate.end)},
                    {"label", gate.label},
                    {"detail", gate.detail},
                    {"line", gate.line},
                    {"column", gate.column}});
  }
  return {{"baseline", judged.baseline},
          {"outcome", word(judged.end)},
          {"sentence", judged.sentence},
          {"gates", std::move(list)}};
}

JudgedGates gates_of(const Json& json) {
  JudgedGates judged;
  json.at("baseline").get_to(judged.baseline);
  judged.end = end_of(json.at("outcome").get<std::string>());
  json.at("sentence").get_to(judged.sentence);
  for (const Json& entry : json.at("gates")) {
    JudgedGate gate;
    entry.at("that").get_to(gate.that);
    entry.at("strategy").get_to(gate.strategy);
    gate.end = end_of(entry.at("outcome").get<std::string>());
    entry.at("label").get_to(gate.label);
    entry.at("detail").get_to(gate.detail);
    entry.at("line").get_to(gate.line);
    entry.at("column").get_to(gate.column);
    judged.gates.push_back(std::move(gate));
  }
  return judged;
}

Json gates_schema() {
  const Json text = {{"type", "string"}};
  const Json whole = {{"type", "integer"}, {"minimum", 0}};
  const Json outcome = {{"enum", {"pass", "fail", "open"}}};
  const Json gate = {{"type", "object"},
                     {"properties",
                      {{"that", text},
                       {"strategy", text},
                       {"outcome", outcome},
                       {"label", text},
                       {"detail", text},
                       {"line", whole},
                       {"column", whole}}},
                     {"required", {"that", "strategy", "outcome", "label", "detail"}}};
  return {{"type", "object"},
          {"description", "of a run that was held against a baseline; never stored in result.json"},
          {"properties",
           {{"baseline", text},
            {"outcome", outcome},
            {"sentence", text},
            {"gates", {{"type", "array"}, {"items", gate}}}}},
          {"required", {"baseline", "outcome", "sentence", "gates"}}};
}

}  // namespace squall
