// What `squall size` found, as text for people, as Markdown, and as one JSON document.
// Pure text; what was tried is trials.hpp's to say.
#pragma once

#include <string>
#include <vector>

#include "report/words/format.hpp"
#include "sim/cli/size/fewest.hpp"
#include "sim/cli/size/trials.hpp"

namespace squall {

struct Sized {
  std::string strategy;
  bool asked = true;  // false: nothing is expected of it, so no number would be an answer
  Fewest as_it_is, one_lost;
  std::vector<Trial> trials;

  // The trial of the number found for one lost node, as it is; null: none was found.
  const Trial* chosen() const;
};

struct SizeReport {
  std::string scenario, currency;
  bool prices = false;
  NodeRange range;
  std::vector<std::uint64_t> seeds;
  std::vector<Sized> strategies;
};

std::string as_text(const SizeReport& report, const Glyphs& glyphs);
std::string as_markdown(const SizeReport& report);
std::string as_json(const SizeReport& report);

}  // namespace squall
