// Collecting complaints and putting them in order.
// What there is to complain about stands in tables_*.cpp and load_*.cpp.
#include "scenarios/model/reading.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "scenarios/model/load_parse.hpp"

namespace squall::language {
namespace {

constexpr std::size_t kMostShown = 20;
}  // namespace

void Reading::add(Severity severity, const Place& place, std::string pointer, std::string code,
                  std::string message, std::string suggestion) {
  if (full()) {
    ++not_kept_[static_cast<std::size_t>(severity)];
    return;
  }
  problems_.push_back({std::move(code), severity, place.line == 0 ? "<set>" : path_, place.line,
                       place.column, place.end_column, std::move(pointer), std::move(message),
                       std::move(suggestion)});
  if (document_ != nullptr) document_->point_to(place, problems_.back());
}

bool Reading::fail(const Place& place, std::string code, std::string message,
                   std::string suggestion) {
  add(Severity::error, place, pointer(), std::move(code), std::move(message),
      std::move(suggestion));
  return false;
}

void Reading::warn(const Place& place, std::string code, std::string message) {
  add(Severity::warning, place, pointer(), std::move(code), std::move(message), {});
}

void Reading::fail_at(const Json& root, const std::string& pointer, std::string code,
                      std::string message, std::string suggestion) {
  add(Severity::error, place_at(root, pointer), pointer, std::move(code), std::move(message),
      std::move(suggestion));
}

void Reading::warn_at(const Json& root, const std::string& pointer, std::string code,
                      std::string message) {
  add(Severity::warning, place_at(root, pointer), pointer, std::move(code), std::move(message), {});
}

void Reading::note_at(const Json& root, const std::string& pointer, std::string code,
                      std::string message) {
  add(Severity::note, place_at(root, pointer), pointer, std::move(code), std::move(message), {});
}

bool Reading::clean(std::string_view pointer) const {
  return std::ranges::none_of(problems_, [&](const Problem& problem) {
    return problem.severity == Severity::error && problem.pointer.starts_with(pointer) &&
           (problem.pointer.size() == pointer.size() || problem.pointer[pointer.size()] == '/');
  });
}

bool Reading::full() const { return problems_.size() >= kMostProblems; }

bool Reading::has_errors() const {
  return std::ranges::any_of(
      problems_, [](const Problem& problem) { return problem.severity == Severity::error; });
}

std::string Reading::pointer() const {
  std::string text;
  for (const std::string& step : steps_) text += "/" + step;
  return text;
}

std::vector<Problem> Reading::take_problems() {
  std::ranges::stable_sort(problems_, {}, [](const Problem& problem) {
    const bool of_another = !problem.line_of_another.empty();
    return std::tuple(problem.severity, of_another, problem.line, problem.column, problem.code);
  });
  std::vector<Problem> shown;
  std::array<std::size_t, kSeverities> of_severity{};
  std::array<std::size_t, kSeverities> last{};  // in `shown`
  for (Problem& problem : problems_) {
    const auto severity = static_cast<std::size_t>(problem.severity);
    if (++of_severity[severity] > kMostShown) {
      ++shown[last[severity]].more;
      continue;
    }
    last[severity] = shown.size();
    shown.push_back(std::move(problem));
  }
  for (std::size_t severity = 0; severity < kSeverities; ++severity) {
    if (of_severity[severity] > 0) shown[last[severity]].more += not_kept_[severity];
  }
  problems_.clear();
  return shown;
}

}  // namespace squall::language
