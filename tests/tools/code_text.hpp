// C++ source seen as text: what is code, what is a comment, where functions begin and end.
//
// Not a parser: it knows quotes, comments, brackets and the way squall is laid out, which is enough
// for the rules of tests/tools/tidy.hpp and small enough to be read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace squall {

// The lines of a text without their line ends; a last line without a line end counts.
std::vector<std::string_view> lines_of(std::string_view text);

// The same text, same length and lines, with comments, strings and character literals blanked.
std::string code_only(std::string_view text);

// Does the word stand at a place where it is not a part of a longer name?
bool has_word(std::string_view line, std::string_view word);

struct FunctionExtent {
  std::string name;
  int first_line = 0;  // from 1: where the signature begins
  int last_line = 0;   // where the closing bracket is
  int length() const { return last_line - first_line + 1; }
};

// Every function with a body at namespace or class level, in the order of their ends. A lambda or
// a local class belongs to the function around it.
std::vector<FunctionExtent> functions_of(std::string_view text);

struct ClassExtent {
  std::string name;
  int first_line = 0;
  int functions = 0;  // that somebody wrote: neither `= default` nor `= delete`, nor a friend's
};

// Every class and struct with a body, those inside others too, in the order of their beginnings.
// The functions of a class inside another are its own.
std::vector<ClassExtent> classes_of(std::string_view text);

struct TypeExtent {
  std::string name;  // with the namespaces in front
  int first_line = 0;
};

// Every type with a body at namespace level that other files can see: not in an unnamed namespace,
// and no specialisation.
std::vector<TypeExtent> types_of(std::string_view text);

}  // namespace squall
