// What the tables read with: where in the document we are, what was complained about, and what has
// been read so far. Sections are read in table order, so a reference finds what it names.
//
// Internal to scenarios/model. Pure: no files, no clocks.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/document.hpp"
#include "scenarios/model/json_tree.hpp"
#include "scenarios/model/load.hpp"
#include "scenarios/model/problem.hpp"
#include "scenarios/model/scenario.hpp"

namespace squall::language {

class Reading {
 public:
  Reading(const Vocabulary& vocabulary, std::string path)
      : vocabulary(vocabulary), path_(std::move(path)) {}

  // Complaints about what stands in the base name its file. `document` outlives this.
  void read_from(const Document& document) { document_ = &document; }

  const Vocabulary& vocabulary;
  Scenario scenario;  // as far as it has been read

  // Reports an error at `place` and the current pointer; returns false, for `return fail(...)`.
  bool fail(const Place& place, std::string code, std::string message, std::string suggestion = {});
  void warn(const Place& place, std::string code, std::string message);
  // The same with a pointer of its own, for checks across sections.
  void fail_at(const Json& root, const std::string& pointer, std::string code, std::string message,
               std::string suggestion = {});
  void warn_at(const Json& root, const std::string& pointer, std::string code, std::string message);
  void note_at(const Json& root, const std::string& pointer, std::string code, std::string message);

  // No error was reported at or below `pointer`: a check may rely on what stands there.
  bool clean(std::string_view pointer) const;
  bool has_errors() const;
  // So much was complained about that nothing more is kept: reading on is only work.
  bool full() const;

  std::string pointer() const;
  const std::string& path() const { return path_; }
  std::vector<Problem>& problems() { return problems_; }

  // By severity, then by position; at most 20 of each severity.
  std::vector<Problem> take_problems();

 private:
  friend class Inside;
  void add(Severity severity, const Place& place, std::string pointer, std::string code,
           std::string message, std::string suggestion);

  std::string path_;
  const Document* document_ = nullptr;  // none: of one text, which is no scenario's
  std::vector<std::string> steps_;
  std::vector<Problem> problems_;
  std::array<std::size_t, kSeverities> not_kept_{};  // by severity
};

// While it lives, the current pointer is one step deeper.
class Inside {
 public:
  Inside(Reading& reading, std::string_view key) : reading_(reading) {
    reading_.steps_.push_back(pointer_token(key));
  }
  Inside(Reading& reading, std::size_t item) : Inside(reading, std::to_string(item)) {}
  ~Inside() { reading_.steps_.pop_back(); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  Reading& reading_;
};

}  // namespace squall::language
