// The published schema: the tables, printed as JSON Schema draft-07.
//
// It can say less than the loader (no references, no time line), but never something else.
#include "scenarios/model/load.hpp"
#include "scenarios/model/tables.hpp"

namespace squall {

std::string scenario_schema(const Vocabulary& vocabulary) {
  using language::Json;
  Json schema = language::describe_object(language::scenario_table(), vocabulary);
  schema.set("$schema", Json::of("http://json-schema.org/draft-07/schema#"));
  schema.set("title", Json::of("squall scenario"));
  schema.set("description", Json::of("What shall happen to a cluster of WebSocket servers, and "
                                     "what the run must show."));
  Json parameter = language::schema_type("string");
  parameter.set("pattern", Json::of("^\\$[A-Za-z_][A-Za-z0-9_]*$"));
  parameter.set("description", Json::of("Stands for a value of params."));
  Json definitions = Json::object();
  definitions.set("param", std::move(parameter));
  schema.set("definitions", std::move(definitions));
  return language::dump(schema);
}

}  // namespace squall
