// Finds what a scenario extends, beside it or built in, and lays the scenario over it.
// Places of the base are marked, so that a complaint names the file in which it can be mended.
#include "scenarios/model/document.hpp"

#include <array>
#include <filesystem>
#include <set>

#include "scenarios/model/library.hpp"
#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/parameters.hpp"
#include "scenarios/model/suggest.hpp"

namespace squall::language {
namespace {

constexpr const char* kExtends = "extends";

// What a file says of itself alone: its story is not that of what it extends.
constexpr std::array<const char*, 4> kOwnKeys{"$schema", "squall", "name", "why"};

const LibraryFile* built_in_base(const std::string& name) {
  const auto found = std::ranges::find(scenario_library(), name, &LibraryFile::name);
  return found == scenario_library().end() ? nullptr : &*found;
}

void mark_as_base(Json& json) {
  json.place.of_base = true;
  for (Json& item : json.items) mark_as_base(item);
  for (Member& member : json.members) {
    member.key_place.of_base = true;
    mark_as_base(member.value);
  }
}

void remove_key(Json& object, std::string_view key) {
  std::erase_if(object.members, [&](const Member& member) { return member.key == key; });
}

void lay_over(Json& base, Json own);

void lay_member_over(Json& base, Member own) {
  if (own.value.kind == Json::Kind::null) return remove_key(base, own.key);
  Member* there = base.find(own.key);
  if (there == nullptr) {
    base.members.push_back({own.key, {}, Json::object()});
    there = &base.members.back();
  }
  there->key_place = own.key_place;
  lay_over(there->value, std::move(own.value));
}

void lay_over(Json& base, Json own) {
  if (own.kind != Json::Kind::object) {
    base = std::move(own);
    return;
  }
  if (base.kind != Json::Kind::object) base = Json::object();
  base.place = own.place;
  for (Member& member : own.members) lay_member_over(base, std::move(member));
}

// Parameters of the base for whose places the file says something else: nobody's mistake.
void drop_idle_parameters(Json& root) {
  Member* const section = root.find("params");
  if (section == nullptr || section->value.kind != Json::Kind::object) return;
  std::set<std::string> used;
  for (const Member& member : root.members) {
    if (member.key != "params") collect_references(member.value, used);
  }
  std::erase_if(section->value.members, [&](const Member& parameter) {
    return parameter.key_place.of_base && !used.contains(parameter.key);
  });
}

// ---- what is extended ------------------------------------------------------------------------

class Base {
 public:
  Base(const std::string& path, const Member& named, std::vector<Problem>& problems)
      : path_(path), named_(named), problems_(problems) {}

  // Its tree; where it lies and what it says go to `document`.
  std::optional<Json> read(Document& document) {
    const Json& name = named_.value;
    if (name.kind != Json::Kind::string || name.text.empty()) {
      return fail("expected the name of a scenario, built in or a file beside this one", "");
    }
    if (!find(name.text, document)) return std::nullopt;
    const std::size_t before = problems_.size();
    std::optional<Json> root = parse_json(document.base_text, document.base_path, problems_);
    for (std::size_t i = before; i < problems_.size(); ++i) {
      problems_[i].line_of_another = line_of(document.base_text, problems_[i].line);
    }
    if (!root) return std::nullopt;
    if (root->kind != Json::Kind::object) {
      return fail(in_quotes(name.text) + " holds no scenario, which is a JSON object", "");
    }
    if (root->find(kExtends) != nullptr) {
      return fail(in_quotes(name.text) + " extends another scenario itself, and one level is all",
                  "extend what that one extends");
    }
    mark_as_base(*root);
    return root;
  }

 private:
  bool find(const std::string& name, Document& document) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path beside = fs::path(path_).parent_path() / name;
    if (fs::is_regular_file(beside, ignored)) {
      std::optional<std::string> text = text_of_file(beside);
      if (!text) return cannot("cannot read " + in_quotes(beside.string()), "");
      document.base_path = beside.string(), document.base_text = *std::move(text);
      return true;
    }
    if (const LibraryFile* const file = built_in_base(name)) {
      document.base_path = name, document.base_text = std::string(file->text);
      return true;
    }
    std::vector<std::string> names;
    for (const LibraryFile& file : scenario_library()) names.emplace_back(file.name);
    std::string suggestion = did_you_mean(name, names);
    if (suggestion.empty()) suggestion = "built-in ones: squall list scenarios";
    return cannot(
        "no file " + in_quotes(beside.string()) + ", and no built-in scenario " + in_quotes(name),
        std::move(suggestion));
  }

  bool cannot(std::string message, std::string suggestion) {
    const Place& place = named_.value.place;
    problems_.push_back({"S0337", Severity::error, path_, place.line, place.column,
                         place.end_column, "/extends", std::move(message), std::move(suggestion)});
    return false;
  }

  std::optional<Json> fail(std::string message, std::string suggestion) {
    cannot(std::move(message), std::move(suggestion));
    return std::nullopt;
  }

  const std::string& path_;
  const Member& named_;
  std::vector<Problem>& problems_;
};

}  // namespace

void Document::point_to(const Place& place, Problem& problem) const {
  problem.line = place.line, problem.column = place.column, problem.end_column = place.end_column;
  if (!place.of_base) return;
  problem.path = base_path;
  problem.line_of_another = line_of(base_text, place.line);
}

std::optional<Document> read_document(const std::string& text, const std::string& path,
                                      std::vector<Problem>& problems) {
  std::optional<Json> own = parse_json(text, path, problems);
  if (!own) return std::nullopt;
  Document document;
  const Member* const named = own->find(kExtends);
  if (named == nullptr) {
    document.root = *std::move(own);
    document.text = text;
    return document;
  }
  std::optional<Json> base = Base(path, *named, problems).read(document);
  if (!base) return std::nullopt;
  for (const char* key : kOwnKeys) remove_key(*base, key);
  remove_key(*own, kExtends);
  lay_over(*base, *std::move(own));
  drop_idle_parameters(*base);
  document.root = *std::move(base);
  document.text = dump(document.root);
  return document;
}

}  // namespace squall::language
