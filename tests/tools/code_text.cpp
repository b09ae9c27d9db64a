// The scanner behind code_text.hpp: one pass that blanks what is not code, one that pairs brackets.
//
// It is text in, text out; which rules are checked with it is the matter of tidy.cpp.
#include "tests/tools/code_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

namespace squall {
namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.starts_with(word) && (text.size() == word.size() || !is_name(text[word.size()]));
}

// One past the end of the comment or literal that begins at `at`; `at` itself if none does.
std::size_t end_of_non_code(std::string_view text, std::size_t at) {
  const auto after = [&](std::string_view closing, std::size_t from) {
    const std::size_t found = text.find(closing, from);
    return found == std::string_view::npos ? text.size() : found + closing.size();
  };
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("//")) return std::min(text.size(), text.find('\n', at));
  if (rest.starts_with("/*")) return after("*/", at + 2);
  const bool inside_name = at > 0 && is_name(text[at - 1]);
  if (rest.starts_with("R\"") && !inside_name) {
    const std::size_t open = text.find('(', at);
    if (open == std::string_view::npos) return text.size();
    return after(")" + std::string(text.substr(at + 2, open - at - 2)) + "\"", open);
  }
  const char quote = rest.front();
  if (quote != '"' && (quote != '\'' || inside_name)) return at;  // 1'000 is a number
  std::size_t end = at + 1;
  while (end < text.size() && text[end] != quote && text[end] != '\n') {
    end += text[end] == '\\' ? 2 : 1;
  }
  return std::min(text.size(), end + 1);
}

// Blanks preprocessor lines, with their continuations: macros are not functions.
std::string without_directives(std::string code) {
  bool inside = false;
  std::size_t begin = 0;
  while (begin < code.size()) {
    const std::size_t end = std::min(code.size(), code.find('\n', begin));
    const std::string_view line = std::string_view(code).substr(begin, end - begin);
    const bool directive = inside || trimmed(line).starts_with("#");
    inside = directive && line.ends_with("\\");
    if (directive)
      std::fill(code.begin() + static_cast<std::ptrdiff_t>(begin),
                code.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    begin = end + 1;
  }
  return code;
}

// "template <typename T> requires ... struct X" -> "struct X" and alike.
std::string_view without_template(std::string_view head) {
  head = trimmed(head);
  while (starts_with_word(head, "template")) {
    std::size_t at = head.find('<');
    for (int depth = 0; at < head.size(); ++at) {
      depth += head[at] == '<' ? 1 : head[at] == '>' ? -1 : 0;
      if (depth == 0) break;
    }
    head = trimmed(head.substr(std::min(head.size(), at + 1)));
  }
  return head;
}

bool opens_scope(std::string_view head) {
  static constexpr std::array<std::string_view, 8> kScopes{
      "namespace", "inline namespace", "class", "struct", "union", "enum", "extern", "typedef"};
  return std::any_of(kScopes.begin(), kScopes.end(), [&](std::string_view word) {
    return starts_with_word(head, word) &&
           (word != "extern" || head.find('(') == std::string_view::npos);
  });
}

// What stands between the parameter list and the body, judged: a body follows, or an initialiser?
bool opens_body(std::string_view head) {
  if (head.find('(') == std::string_view::npos) return false;
  const std::size_t close = head.rfind(')');
  if (close == std::string_view::npos) return false;
  std::string_view tail = trimmed(head.substr(close + 1));
  if (tail.starts_with("->") || starts_with_word(tail, "requires")) return true;
  static constexpr std::array<std::string_view, 8> kQualifiers{
      "const", "noexcept", "override", "final", "mutable", "try", "&&", "&"};
  for (bool found = true; found && !tail.empty();) {
    found = false;
    for (const std::string_view word : kQualifiers) {
      if (!tail.starts_with(word)) continue;
      tail = trimmed(tail.substr(word.size()));
      found = true;
    }
  }
  return tail.empty() || tail.ends_with('}');  // "}" stands for a braced member initialiser
}

bool opens_class(std::string_view head) {
  return starts_with_word(head, "class") || starts_with_word(head, "struct");
}

// "class alignas(64) Box final : public Base" -> "Box"
std::string class_name(std::string_view head) {
  head = trimmed(head.substr(head.find_first_of(" \n")));
  if (starts_with_word(head, "alignas")) head = trimmed(head.substr(head.find(')') + 1));
  const auto end = std::find_if_not(head.begin(), head.end(), is_name);
  return std::string(head.begin(), end);
}

// A member that ends in a semicolon: is it a function, or a field, an alias, a friend?
bool declares_function(std::string_view head) {
  head = without_template(head);
  static constexpr std::array<std::string_view, 5> kOthers{"friend", "using", "typedef",
                                                           "static_assert", "alignas"};
  if (std::any_of(kOthers.begin(), kOthers.end(),
                  [&](std::string_view word) { return starts_with_word(head, word); })) {
    return false;
  }
  const std::string_view tail = trimmed(head.substr(head.rfind(')') + 1));
  if (tail.ends_with("default") || tail.ends_with("delete")) return false;
  if (has_word(head, "operator")) return true;
  int depth = 0;  // of angles: std::function<int(int)> is a field
  for (const char c : head) {
    depth += c == '<' ? 1 : c == '>' ? -1 : 0;
    if (depth == 0 && (c == '=' || c == '{')) return false;
    if (depth == 0 && c == '(') return true;
  }
  return false;
}

std::string name_in(std::string_view head) {
  const std::size_t open = std::min(head.size(), head.find('('));
  const std::string_view before = trimmed(head.substr(0, open));
  std::size_t begin = before.size();
  while (begin > 0 && (is_name(before[begin - 1]) || before[begin - 1] == ':')) --begin;
  return std::string(before.substr(begin));
}

enum class Bracket { scope, body, initialiser, nested };

// Walks the brackets of directive-free code and notes each body.
class Walker {
 public:
  std::vector<FunctionExtent> walk(const std::string& code) {
    for (const char c : code) {
      if (c == '\n') ++line_;
      step(c);
    }
    return std::move(found_);
  }
  const std::vector<ClassExtent>& classes() const { return classes_; }

 private:
  bool at_scope_level() const { return open_.empty() || open_.back() == Bracket::scope; }

  void step(char c) {
    if (c == '{') return open_bracket();
    if (c == '}') return close_bracket();
    if (!at_scope_level()) return;
    if (c == '(') ++parentheses_;
    if (c == ')') --parentheses_;
    if (c == ';' && parentheses_ == 0) {
      if (declares_function(head_)) count_function();
      return forget_head();
    }
    if (head_.empty() && is_blank(c)) return;
    if (head_.empty()) head_line_ = line_;
    head_ += c;
    const std::string_view head = head_;
    if (head == "public:" || head == "private:" || head == "protected:") forget_head();
  }

  void open_bracket() {
    if (!at_scope_level()) return open_.push_back(Bracket::nested);
    const std::string_view head = without_template(head_);
    if (parentheses_ > 0) return open_.push_back(Bracket::initialiser);
    if (opens_scope(head)) {
      open_.push_back(Bracket::scope);
      scopes_.push_back(opens_class(head) ? static_cast<int>(classes_.size()) : kNoClass);
      if (opens_class(head)) classes_.push_back({class_name(head), head_line_, 0});
      return forget_head();
    }
    if (!opens_body(head)) return open_.push_back(Bracket::initialiser);
    found_.push_back({name_in(head), head_line_, 0});
    if (!starts_with_word(head, "friend")) count_function();
    open_.push_back(Bracket::body);
  }

  void close_bracket() {
    if (open_.empty()) return;
    const Bracket closed = open_.back();
    open_.pop_back();
    if (closed == Bracket::body) found_.back().last_line = line_;
    if (closed == Bracket::scope) scopes_.pop_back();
    if (closed == Bracket::initialiser) head_ += "}";
    if (closed == Bracket::body || closed == Bracket::scope) forget_head();
  }

  void count_function() {
    const int inside = scopes_.empty() ? kNoClass : scopes_.back();
    if (inside != kNoClass) ++classes_[static_cast<std::size_t>(inside)].functions;
  }

  void forget_head() {
    head_.clear();
    parentheses_ = 0;
  }

  static constexpr int kNoClass = -1;

  std::vector<FunctionExtent> found_;
  std::vector<ClassExtent> classes_;
  std::vector<int> scopes_;  // that are open: the class, or none for a namespace
  std::vector<Bracket> open_;
  std::string head_;
  int head_line_ = 1;
  int parentheses_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.size(), text.find('\n'));
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return lines;
}

std::string code_only(std::string_view text) {
  std::string code(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_non_code(text, at);
    for (std::size_t i = at; i < end; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
    at = std::max(end, at + 1);
  }
  return code;
}

bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos;
       at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_name(word.front()) || !is_name(line[at - 1]);
    const bool ends = end == line.size() || !is_name(word.back()) || !is_name(line[end]);
    if (begins && ends) return true;
  }
  return false;
}

std::vector<FunctionExtent> functions_of(std::string_view text) {
  return Walker().walk(without_directives(code_only(text)));
}

std::vector<TypeExtent> types_of(std::string_view text) {
  static const std::regex kOpens(R"(namespace ([\w:]*) ?\{)");
  static const std::regex kType(
      R"((?:struct|class|enum class|enum) (?:alignas\(\w+\) )?(\w+)(?: final)?(?: [:{].*)?)");
  std::vector<TypeExtent> types;
  std::vector<std::string> inside;
  int number = 0;
  for (const std::string_view view : lines_of(text)) {
    const std::string line(view);
    ++number;
    std::smatch match;
    if (line.starts_with("}  // namespace")) {
      if (!inside.empty()) inside.pop_back();
    } else if (std::regex_match(line, match, kOpens)) {
      inside.push_back(match[1]);
    } else if (std::regex_match(line, match, kType)) {
      if (std::ranges::find(inside, "") != inside.end()) continue;
      std::string name;
      for (const std::string& space : inside) name += space + "::";
      types.push_back({name + match[1].str(), number});
    }
  }
  return types;
}

std::vector<ClassExtent> classes_of(std::string_view text) {
  Walker walker;
  walker.walk(without_directives(code_only(text)));
  return walker.classes();
}

}  // namespace squall
