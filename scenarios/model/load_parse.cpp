// nlohmann's SAX parser gives values but no places. This handler walks a cursor through the text in
// step with its events: one event is one token, and between tokens there is only white space, a
// comma or a colon, so the cursor knows where each token begins and ends.
#include "scenarios/model/load_parse.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "scenarios/model/suggest.hpp"

namespace squall::language {
namespace {

constexpr std::int64_t kLargestInteger = 1LL << 53;

bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

class Cursor {
 public:
  explicit Cursor(const std::string& text) : text_(text) {
    if (text.starts_with("\xEF\xBB\xBF")) next_ = 3;  // editors do not count it, nor do we
    starts_.push_back(next_);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  // The next token; steps over it.
  Place take() {
    skip();
    const std::size_t begin = next_;
    if (begin < text_.size()) next_ = end_of_token(begin);
    return place(begin, next_);
  }

  // Where the parser stopped, `read` bytes into the text: the token it could not use.
  Place stopped(std::size_t read) {
    skip();
    const std::size_t last = std::min(read == 0 ? 0 : read - 1, text_.size());
    const std::size_t begin = std::min(next_, last);
    const bool same_line = text_.substr(begin, last - begin).find('\n') == std::string::npos;
    return place(same_line ? begin : last, last + 1);
  }

  // The last byte that is not white space before `offset`; 0 when there is none.
  char before(const Place& place) const {
    std::size_t i = offset(place);
    while (i > 0 && one_of(text_[i - 1], " \t\r\n")) --i;
    return i == 0 ? '\0' : text_[i - 1];
  }

  char at(const Place& place) const {
    return offset(place) < text_.size() ? text_[offset(place)] : '\0';
  }

  // All of what is written there without a space.
  std::string_view word_at(const Place& place) const {
    const std::size_t end = end_of_token(offset(place));
    std::size_t begin = std::min(offset(place), text_.size());
    while (begin > 0 && !one_of(text_[begin - 1], " \t\r\n,:{}[]\"")) --begin;
    return std::string_view(text_).substr(begin, end - begin);
  }
  Place place_of(std::size_t offset) const { return place(offset, offset + 1); }

 private:
  void skip() {
    while (next_ < text_.size() && one_of(text_[next_], " \t\r\n,:")) ++next_;
  }

  std::size_t end_of_token(std::size_t i) const {
    if (one_of(text_[i], "{}[]")) return i + 1;
    if (text_[i] != '"') {
      while (i < text_.size() && !one_of(text_[i], " \t\r\n,:{}[]\"")) ++i;
      return i;
    }
    for (++i; i < text_.size() && text_[i] != '"'; ++i) {
      if (text_[i] == '\\') ++i;
    }
    return std::min(i + 1, text_.size());
  }

  Place place(std::size_t begin, std::size_t end) const {
    const auto after = std::ranges::upper_bound(starts_, begin);
    const auto line = static_cast<std::size_t>(after - starts_.begin());
    const std::size_t start = starts_[line - 1];
    std::size_t line_end = line < starts_.size() ? starts_[line] - 1 : text_.size();
    line_end = std::max(std::min(end, line_end), begin);
    return {static_cast<int>(line), static_cast<int>(begin - start) + 1,
            static_cast<int>(line_end - start) + 1};
  }

  std::size_t offset(const Place& place) const {
    return starts_[static_cast<std::size_t>(place.line) - 1] +
           static_cast<std::size_t>(place.column) - 1;
  }

  const std::string& text_;
  std::vector<std::size_t> starts_;  // of each line
  std::size_t next_ = 0;
};

// What other languages take for a number, and JSON does not.
std::string hint_for_number(std::string_view word) {
  if (word.starts_with('+')) return "JSON numbers have no plus sign";
  if (word.starts_with('-')) word.remove_prefix(1);
  if (word.starts_with("NaN") || word.starts_with("Inf")) return "JSON has no NaN and no Infinity";
  if (word.size() < 2 || word[0] != '0') return "";
  if (one_of(word[1], "xXoObB")) return "JSON numbers are decimal";
  if (one_of(word[1], "0123456789")) return "JSON numbers do not begin with a zero";
  return "";
}

// The library's sentence without its own numbering: "syntax error while parsing value - ...".
std::string sentence_of(const std::string& what) {
  std::size_t from = what.find("] ");
  from = from == std::string::npos ? 0 : from + 2;
  const std::size_t column = what.find("column ", from);
  if (column != std::string::npos && column - from < 60) {
    const std::size_t colon = what.find(": ", column);
    if (colon != std::string::npos) from = colon + 2;
  }
  const std::size_t last_read = std::min(what.find("; last read:", from), what.size());
  std::string text;
  for (const char c : what.substr(from, std::min<std::size_t>(last_read - from, 160))) {
    text += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ? '?' : c;
  }
  const std::size_t more = what.find("; expected", last_read);
  if (more != std::string::npos && what.size() - more < 60) text += what.substr(more);
  return text;
}

class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Handler(const std::string& text, const std::string& path, std::vector<Problem>& problems)
      : cursor_(text), path_(path), problems_(problems) {}

  std::optional<Json> result() {
    return done_ ? std::optional<Json>(std::move(root_)) : std::nullopt;
  }

  bool null() override { return scalar(Json{}); }
  bool boolean(bool value) override { return scalar(Json::of(value)); }
  bool number_integer(number_integer_t value) override {
    return number(static_cast<double>(value), value >= -kLargestInteger);
  }
  bool number_unsigned(number_unsigned_t value) override {
    return number(static_cast<double>(value), value <= std::uint64_t{kLargestInteger});
  }
  bool number_float(number_float_t value, const string_t&) override { return number(value, true); }
  bool string(string_t& value) override { return scalar(Json::of(std::move(value))); }
  bool binary(binary_t&) override { return false; }  // JSON text has none
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override;
  bool parse_error(std::size_t read, const std::string&,
                   const nlohmann::detail::exception& error) override;

 private:
  struct Frame {
    Json node;
    std::map<std::string, Place> seen;  // keys of an object
    std::string key;
    Place key_place;
    bool repeated = false;  // the value to come belongs to a repeated key
  };

  void complain(const Place& place, std::string code, std::string message) {
    if (problems_.size() >= kMostProblems) return;
    problems_.push_back({std::move(code), Severity::error, path_, place.line, place.column,
                         place.end_column, pointer(), std::move(message), ""});
  }

  std::string pointer() const {
    std::string text;
    for (const Frame& frame : frames_) {
      if (frame.node.kind == Json::Kind::array) {
        text += fmt::format("/{}", frame.node.items.size());
      } else if (!frame.seen.empty()) {
        text += "/" + pointer_token(frame.key);
      }
    }
    return text;
  }

  bool scalar(Json value) {
    value.place = cursor_.take();
    return attach(std::move(value));
  }

  bool number(double value, bool exact) {
    Json json = Json::of(value);
    json.place = cursor_.take();
    if (!exact) {
      complain(json.place, "S0210", "whole number beyond 2^53: JSON readers would round it");
      json.kind = Json::Kind::unknown;
    }
    return attach(std::move(json));
  }

  bool open(Json container) {
    container.place = cursor_.take();
    if (frames_.size() >= static_cast<std::size_t>(kDeepest)) {
      complain(container.place, "S0104", fmt::format("nested deeper than {} levels", kDeepest));
      return false;
    }
    frames_.push_back({});
    frames_.back().node = std::move(container);
    return true;
  }

  bool close() {
    cursor_.take();
    Json done = std::move(frames_.back().node);
    frames_.pop_back();
    return attach(std::move(done));
  }

  bool attach(Json value);

  Cursor cursor_;
  const std::string& path_;
  std::vector<Problem>& problems_;
  std::vector<Frame> frames_;
  std::size_t values_ = 0;
  Json root_;
  bool done_ = false;
};

bool Handler::attach(Json value) {
  if (++values_ > kMostValues) {
    complain(value.place, "S0104", fmt::format("more than {} values", kMostValues));
    return false;
  }
  if (frames_.empty()) {
    root_ = std::move(value);
    done_ = true;
    return true;
  }
  Frame& frame = frames_.back();
  if (frame.node.kind == Json::Kind::array) {
    frame.node.items.push_back(std::move(value));
  } else if (!frame.repeated) {
    frame.node.members.push_back({frame.key, frame.key_place, std::move(value)});
  }
  return true;
}

bool Handler::key(string_t& value) {
  Frame& frame = frames_.back();
  frame.key = value;
  frame.key_place = cursor_.take();
  const auto [first, fresh] = frame.seen.emplace(value, frame.key_place);
  frame.repeated = !fresh;
  if (!fresh) {
    complain(frame.key_place, "S0107",
             fmt::format("duplicate key {}; first given at line {}, column {}; JSON readers would "
                         "silently keep this one",
                         in_quotes(value), first->second.line, first->second.column));
  }
  return true;
}

bool Handler::parse_error(std::size_t read, const std::string&,
                          const nlohmann::detail::exception& error) {
  const Place place = cursor_.stopped(read);
  std::string hint;
  const char here = cursor_.at(place);
  if ((here == '}' || here == ']') && cursor_.before(place) == ',') {
    hint = "JSON has no trailing commas: remove the one before this";
  } else if (here == '/' || here == '#') {
    hint = "JSON has no comments: write it into \"why\"";
  } else if (here == '\'') {
    hint = "JSON strings take double quotes";
  } else if (here == '"' && cursor_.before(place) != ',' && cursor_.before(place) != '{' &&
             cursor_.before(place) != '[' && cursor_.before(place) != ':') {
    hint = "is a comma missing before this?";
  } else if (here == ':') {
    hint = "is this a list? What has a name stands in { }, and not in [ ]";
  } else if (here == '}' || here == ']') {
    hint = fmt::format("is a {} missing before this?", here == '}' ? ']' : '}');
  } else if (here != '\0') {
    hint = hint_for_number(cursor_.word_at(place));
  }
  problems_.push_back({"S0100", Severity::error, path_, place.line, place.column, place.end_column,
                       "", sentence_of(error.what()), std::move(hint)});
  done_ = false;
  return false;
}

// UTF-16 and UTF-32 begin with a mark, or with a character of JSON that has zeros beside it.
bool other_unicode(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  return text.size() >= 2 && (text[0] == '\0') != (text[1] == '\0');
}

// Why no JSON can be read here at all; empty: it may be JSON. The library takes a byte of zero for
// the end of the text, and has different words for nothing in different versions.
std::optional<Problem> no_text(const std::string& text, const std::string& path) {
  const auto says = [&](const Place& at, const char* code, const char* what, const char* fix) {
    return Problem{code, Severity::error, path, at.line, at.column, at.end_column, "", what, fix};
  };
  const std::size_t mark = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  if (text.find_first_not_of(" \t\r\n", mark) == std::string::npos) {
    return says({1, 1, 2}, "S0100", "nothing is in the file; expected '{' and what it is to hold",
                "");
  }
  if (text.size() > kLongestFile) {
    return says({1, 1, 2}, "S0105", "the file is longer than 4 MiB", "");
  }
  if (other_unicode(text)) {
    return says({1, 1, 2}, "S0100", "this is no UTF-8", "save the file as UTF-8");
  }
  const std::size_t zero = text.find('\0');
  if (zero == std::string::npos) return std::nullopt;
  return says(Cursor(text).place_of(zero), "S0100", "a byte of zero: this is no text",
              "remove it, or save the file as UTF-8");
}

}  // namespace

std::optional<std::string> text_of_file(const std::filesystem::path& path) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) return std::nullopt;
  std::string text(kLongestFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::optional<Json> parse_json(const std::string& text, const std::string& path,
                               std::vector<Problem>& problems) {
  if (std::optional<Problem> problem = no_text(text, path)) {
    problems.push_back(std::move(*problem));
    return std::nullopt;
  }
  Handler handler(text, path, problems);
  if (!nlohmann::json::sax_parse(text, &handler)) return std::nullopt;
  return handler.result();
}

}  // namespace squall::language
