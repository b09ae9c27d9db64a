// The document that a scenario is: what its file says, laid over the scenario that it `extends`.
//
// A merge patch (RFC 7396): objects key by key, null takes a key away, everything else takes the
// place of what stood there. One level. Knows JSON and where files lie; the tables know the rest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/json_tree.hpp"
#include "scenarios/model/problem.hpp"

namespace squall::language {

struct Document {
  Json root;         // whole, and without `extends`
  std::string text;  // the same: the file's own, or where it extends something, one that does not
  std::string base_path, base_text;  // of what it extends; else empty

  bool extends() const { return !base_path.empty(); }

  // `problem`, which names the file, at `place`: and in the base, where that says it.
  void point_to(const Place& place, Problem& problem) const;
};

// Empty after an error that leaves nothing to read; some are reported (S0337) and passed over.
std::optional<Document> read_document(const std::string& text, const std::string& path,
                                      std::vector<Problem>& problems);

}  // namespace squall::language
