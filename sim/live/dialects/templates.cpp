// Filling in and matching templates. See templates.hpp.
// A string may have text around its one name when it is matched: "room:$room".
#include "sim/live/dialects/templates.hpp"

#include <cctype>
#include <charconv>
#include <cstdint>

namespace squall::live {
namespace {

using Json = nlohmann::ordered_json;

// The end of the name that begins behind the $ at `at`.
std::size_t name_end(const std::string& text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0) ++end;
  return end;
}

std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool match(const Json& form, const Json& said, Names& names);

bool match_text(const std::string& form, const Json& said, Names& names) {
  const std::size_t at = form.find('$');
  if (form == "$any") return true;
  if (at == form.npos) return said.is_string() && said.get<std::string>() == form;
  if (said.is_structured() || said.is_null()) return false;
  const std::string text = as_text(said);
  const std::size_t end = name_end(form, at);
  const std::string before = form.substr(0, at), after = form.substr(end);
  if (text.size() < before.size() + after.size()) return false;
  if (!text.starts_with(before) || !text.ends_with(after)) return false;
  names[form.substr(at + 1, end - at - 1)] =
      text.substr(before.size(), text.size() - before.size() - after.size());
  return true;
}

bool match(const Json& form, const Json& said, Names& names) {
  if (form.is_string()) return match_text(form.get<std::string>(), said, names);
  if (form.is_object()) {
    if (!said.is_object()) return false;
    for (const auto& [key, value] : form.items()) {
      const auto found = said.find(key);
      if (found == said.end() || !match(value, *found, names)) return false;
    }
    return !form.empty() || said.empty();  // {} is the empty object, not any
  }
  if (form.is_array()) {
    if (!said.is_array() || said.size() != form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
      if (!match(form[i], said[i], names)) return false;
    }
    return true;
  }
  return form == said;
}

}  // namespace

std::string filled_text(const std::string& form, const Names& names) {
  std::string text;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t dollar = form.find('$', at);
    text.append(form, at, dollar - at);
    if (dollar == form.npos) break;
    const std::size_t end = name_end(form, dollar);
    const auto found = names.find(form.substr(dollar + 1, end - dollar - 1));
    text += found != names.end() ? found->second : form.substr(dollar, end - dollar);
    at = end;
  }
  return text;
}

namespace {

// "$ref" alone where a number belongs: {"id": "$ref#"} becomes {"id": 7}. What a server called $ref
// may be no number; then it is said as it was heard.
Json number_of(const Names& names) {
  const auto ref = names.find("ref");
  if (ref == names.end()) return "$ref#";
  const std::string& text = ref->second;
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return text;
  return number;
}

}  // namespace

Json filled(const Json& form, const Names& names) {
  if (form.is_string()) {
    const std::string& text = form.get_ref<const std::string&>();
    if (text == "$ref#") return number_of(names);
    return filled_text(text, names);
  }
  Json copy = form;
  if (copy.is_structured()) {
    for (auto& value : copy) value = filled(value, names);
  }
  return copy;
}

std::optional<Names> matched(const Json& form, const Json& said) {
  Names names;
  if (!match(form, said, names)) return std::nullopt;
  return names;
}

}  // namespace squall::live
