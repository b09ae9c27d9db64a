// squall init: a built-in scenario as a file of your own, beside the schema it points to.
// Never overwrites a file.
#include <fmt/core.h>
#include <filesystem>

#include "scenarios/model/library.hpp"
#include "scenarios/model/load.hpp"
#include "scenarios/model/suggest.hpp"
#include "sim/cli/commands/commands.hpp"
#include "sim/cli/input/vocabulary.hpp"
#include "sim/cli/store/files.hpp"

namespace squall {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSchemaFile = "squall.schema.json";
constexpr std::string_view kSchemaKey = "\"$schema\"";

const LibraryFile* template_named(const std::string& name) {
  for (const LibraryFile& file : scenario_library()) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

// Makes the file point to the schema beside it, whether or not it named one before.
std::string with_schema(std::string text) {
  const std::string value = "\"./" + std::string(kSchemaFile) + "\"";
  const std::size_t key = text.find(kSchemaKey);
  if (key != std::string::npos) {
    const std::size_t open = text.find('"', text.find(':', key));
    const std::size_t close = text.find('"', open + 1);
    return text.replace(open, close + 1 - open, value);
  }
  const std::size_t brace = text.find('{');
  return text.insert(brace + 1, fmt::format("\n  {}: {},", kSchemaKey, value));
}

Exit unknown_template(const Invocation& invocation) {
  std::vector<std::string> names;
  for (const LibraryFile& file : scenario_library()) names.emplace_back(file.name);
  const std::string& wanted = invocation.options.template_name;
  const std::string hint = language::did_you_mean(wanted, names);
  invocation.console.err << "error: no template " << language::in_quotes(wanted)
                         << (hint.empty() ? "" : " - ") << hint
                         << "\n  templates: squall list scenarios\n";
  return {ExitCode::usage, "bad command line; nothing was written"};
}

}  // namespace

Exit init_command(const Invocation& invocation) {
  const Options& options = invocation.options;
  std::ostream& err = invocation.console.err;
  const LibraryFile* file = template_named(options.template_name);
  if (file == nullptr) return unknown_template(invocation);
  const fs::path target =
      options.inputs.empty() ? options.template_name + ".json" : options.inputs.front();
  if (target == "-") {  // standard output has no schema beside it
    invocation.console.out << file->text;
    return {};
  }
  std::error_code ignored;
  if (fs::exists(target, ignored)) {
    err << "error: " << target.string() << " exists; choose another name with --out\n";
    return {ExitCode::usage, "nothing was written"};
  }
  const fs::path schema = target.parent_path() / kSchemaFile;
  const bool schema_is_there = fs::exists(schema, ignored);
  std::string error = write_whole_file(target, with_schema(std::string(file->text)));
  if (error.empty() && !schema_is_there) {
    error = write_whole_file(schema, scenario_schema(make_vocabulary()));
  }
  if (!error.empty()) {
    err << "error: " << error << '\n';
    return {ExitCode::broken, "cannot write"};
  }
  invocation.console.out << "wrote " << target.string()
                         << (schema_is_there ? "" : " and " + schema.string())
                         << "\nnext: squall run " << target.string() << '\n';
  return {};
}

}  // namespace squall
