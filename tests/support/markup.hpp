// A small checker of markup: every tag closed by its own, attributes quoted and told once, no bare
// `&` or `<`, ids unique, links to ids that exist. For pages written as XML; not a browser.
//
// Content of script and style elements is skipped, as a browser skips it.
#pragma once

#include <cctype>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace squall::testing {

struct Tag {
  std::string name;
  std::map<std::string, std::string> attributes;  // as written, entities not resolved
};

struct Markup {
  std::vector<Tag> tags;              // in order of opening
  std::vector<std::string> problems;  // empty: well-formed
  std::string text;                   // between the tags, entities not resolved
};

class MarkupReader {
 public:
  explicit MarkupReader(std::string_view source) : source_(source) {}

  Markup read() {
    constexpr std::string_view kDoctype = "<!DOCTYPE html>";
    if (source_.starts_with(kDoctype)) at_ = kDoctype.size();
    while (at_ < source_.size() && markup_.problems.size() < 20) {
      source_[at_] == '<' ? tag() : characters();
    }
    for (const std::string& open : open_) complain("<" + open + "> is not closed");
    links();
    return std::move(markup_);
  }

 private:
  void complain(const std::string& what) {
    markup_.problems.push_back(what + " near: " + std::string(source_.substr(at_, 60)));
  }

  bool entity_at(std::size_t at) const {
    for (const char* known : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
      if (source_.substr(at).starts_with(known)) return true;
    }
    return false;
  }

  void characters() {
    if (source_[at_] == '&' && !entity_at(at_)) complain("a bare &");
    if (source_[at_] == '>') complain("a bare >");
    markup_.text.push_back(source_[at_++]);
  }

  void tag() {
    if (source_.substr(at_).starts_with("</")) return closing();
    ++at_;
    Tag one{name(), {}};
    if (one.name.empty()) return complain("a bare <");
    while (attribute(one)) {
    }
    const bool empty = source_.substr(at_).starts_with("/>");
    if (!empty && (at_ >= source_.size() || source_[at_] != '>')) {
      return complain("<" + one.name + "> does not end");
    }
    at_ += empty ? 2 : 1;
    if (!empty) open_.push_back(one.name);
    const bool raw = one.name == "script" || one.name == "style";
    const std::string end = "</" + one.name + ">";
    remember(std::move(one));
    if (raw && !empty) {
      at_ = source_.find(end, at_);
      if (at_ == source_.npos) at_ = source_.size();
    }
  }

  void closing() {
    at_ += 2;
    const std::string closed = name();
    if (open_.empty() || open_.back() != closed) {
      complain("</" + closed + "> closes " + (open_.empty() ? "nothing" : open_.back()));
      at_ = source_.size();
      return;
    }
    open_.pop_back();
    if (at_ >= source_.size() || source_[at_] != '>') complain("</" + closed + " does not end");
    ++at_;
  }

  std::string name() {
    const std::size_t begin = at_;
    while (at_ < source_.size() && (std::isalnum(static_cast<unsigned char>(source_[at_])) != 0 ||
                                    source_[at_] == '-' || source_[at_] == ':')) {
      ++at_;
    }
    return std::string(source_.substr(begin, at_ - begin));
  }

  bool attribute(Tag& tag) {
    if (at_ >= source_.size() || source_[at_] != ' ') return false;
    ++at_;
    const std::string key = name();
    if (key.empty() || !source_.substr(at_).starts_with("=\"")) {
      complain("<" + tag.name + "> has an attribute without a quoted value");
      return false;
    }
    at_ += 2;
    const std::size_t begin = at_;
    while (at_ < source_.size() && source_[at_] != '"') {
      if (source_[at_] == '<') complain("< in an attribute");
      if (source_[at_] == '&' && !entity_at(at_)) complain("a bare & in an attribute");
      ++at_;
    }
    const std::string value(source_.substr(begin, at_ - begin));
    if (!tag.attributes.emplace(key, value).second) complain(key + " is given twice");
    ++at_;
    return true;
  }

  void remember(Tag tag) {
    const auto id = tag.attributes.find("id");
    if (id != tag.attributes.end() && !ids_.insert(id->second).second) {
      complain("the id " + id->second + " is taken");
    }
    markup_.tags.push_back(std::move(tag));
  }

  void links() {
    for (const Tag& tag : markup_.tags) {
      const auto link = tag.attributes.find("href");
      if (link == tag.attributes.end() || !link->second.starts_with("#")) continue;
      if (!ids_.contains(link->second.substr(1))) complain("a link to nowhere: " + link->second);
    }
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::set<std::string> ids_;
  Markup markup_;
};

inline Markup read_markup(std::string_view source) { return MarkupReader(source).read(); }

}  // namespace squall::testing
