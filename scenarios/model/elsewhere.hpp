// What others call it: words of nginx, HAProxy, Kubernetes, Redis, Kafka and of client libraries,
// each with what says the same here. They are near to nothing in letters, so that no "did you
// mean" finds them.
//
// One table, read where a key, a verb or a place is not known. A row may name only what there is:
// a test holds each against the schema. Internal to scenarios/model.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace squall::language {

struct OtherWord {
  std::string_view words;  // separated by spaces, without _ and -
  std::string_view in;     // only in this object, as messages call it; empty: everywhere
  std::string_view here;   // keys with their whole path, verbs as "do": "verb"
};

std::span<const OtherWord> other_words();

// Empty when nobody calls anything so.
std::string called_here(std::string_view word, std::string_view object);

}  // namespace squall::language
