// Whether a text is well-formed XML, as far as squall writes XML: declaration, elements,
// attributes, text, the five entities and numeric ones. No DTD, no CDATA, no comments.
//
// For tests of what other programs will parse. Says what is wrong, and where.
#pragma once

#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace squall::testing {

class XmlCheck {
 public:
  explicit XmlCheck(std::string_view text) : text_(text) {}

  // Empty when all is well.
  std::string complaint() {
    if (text_.starts_with("<?xml ")) at_ = text_.find("?>") + 2;
    while (at_ < text_.size() && problem_.empty()) text_[at_] == '<' ? tag() : content();
    if (problem_.empty() && !open_.empty()) fail("not closed: " + open_.back());
    if (problem_.empty() && roots_ != 1) fail("not exactly one root");
    return problem_;
  }

 private:
  void fail(const std::string& what) {
    if (problem_.empty()) problem_ = what + " at byte " + std::to_string(at_);
  }

  void content() {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte < 0x20 && byte != '\n' && byte != '\t') return fail("control character");
    if (open_.empty() && std::isspace(byte) == 0) return fail("text outside of the root");
    if (text_[at_] == '&') return entity();
    if (text_[at_] == '>') return fail("bare >");
    ++at_;
  }

  void entity() {
    const std::size_t end = text_.find(';', at_);
    const std::string name(text_.substr(at_ + 1, end == text_.npos ? 0 : end - at_ - 1));
    static const std::set<std::string> known{"lt", "gt", "amp", "quot", "apos"};
    const bool numeric = name.starts_with('#') && name.size() > 1 &&
                         name.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!numeric && !known.contains(name)) return fail("bad entity");
    at_ = end + 1;
  }

  std::string name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '-' || text_[at_] == '_')) {
      ++at_;
    }
    if (at_ == begin) fail("a name is missing");
    return std::string(text_.substr(begin, at_ - begin));
  }

  void attribute() {
    name();
    if (!text_.substr(at_).starts_with("=\"")) return fail("an attribute needs =\"");
    at_ += 2;
    while (at_ < text_.size() && text_[at_] != '"' && problem_.empty()) {
      if (text_[at_] == '<') return fail("< inside an attribute");
      text_[at_] == '&' ? entity() : void(++at_);
    }
    ++at_;
  }

  void tag() {
    const bool closing = text_.substr(at_).starts_with("</");
    at_ += closing ? 2 : 1;
    const std::string element = name();
    if (closing) {
      if (open_.empty() || open_.back() != element) return fail("closes what is not open");
      open_.pop_back();
    }
    while (at_ < text_.size() && text_[at_] == ' ' && problem_.empty()) {
      ++at_;
      if (text_[at_] != '/') attribute();
    }
    const bool empty = text_.substr(at_).starts_with("/>");
    if (!empty && !text_.substr(at_).starts_with(">")) return fail("a tag does not end");
    at_ += empty ? 2 : 1;
    if (closing) return;
    if (open_.empty()) ++roots_;
    if (!empty) open_.push_back(element);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int roots_ = 0;
  std::vector<std::string> open_;
  std::string problem_;
};

}  // namespace squall::testing
