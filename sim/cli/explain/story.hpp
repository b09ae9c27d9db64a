// The life of one message as steps in words: who did what to whom, when; and the end of each pair.
//
// Made from what a witness saw (life.hpp); the pages of it are in story_text.cpp (terminal),
// story_diagrams.cpp (SVG, Mermaid) and story_trace.cpp (Perfetto). Pure.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/explain/life.hpp"
#include "sim/cli/explain/names.hpp"

namespace squall {

struct Step {
  Time at;
  std::string from;
  std::string to;  // empty: something that `from` does by itself
  std::string what;
  bool bad = false;  // a copy, or hope, ends here
  bool end = false;  // what became of it for the recipient in focus
};

// One fact about the pair that the story is about: "rule", "copy_died: ...".
struct Fact {
  std::string what;
  std::string text;
};

struct Story {
  std::string title;              // which message
  std::string played;             // strategy, seed, scenario
  std::vector<Step> steps;        // in order of time
  std::string verdict;            // of the recipient in focus; empty: there is none
  std::vector<Fact> facts;        // about it
  std::vector<std::string> ends;  // of all recipients, grouped
  std::string again;              // the command that tells it again
  std::string checked;            // in which way it is certain that this is the stored run
};

Story story_of(const Life& life, const Names& names);
std::vector<Step> steps_of(const Life& life, const Names& names);

// At most 40 lines.
std::string as_text(const Story& story);
std::string as_mermaid(const Story& story);
std::string as_page(const Story& story);     // HTML with an SVG in it
std::string as_drawing(const Story& story);  // the SVG alone
// Nothing but the steps, so that the viewer opens at them. Time counts from `begin`.
std::string as_trace(const Story& story, Time begin);

}  // namespace squall
