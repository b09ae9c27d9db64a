// The text scanner behind the house rules: what it takes for code, a function, a class.
//
// The rules themselves are held over the tree in tidy_test.cpp.
#include "tests/tools/code_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace squall {
namespace {

TEST(CodeText, BlanksCommentsAndLiteralsAndKeepsLines) {
  const std::string text = "a; // b\nc /* d\ne */ f \"g\\\"h\" i 'j' 1'000 R\"x(k\n)\" )x\" l\n";

  const std::string code = code_only(text);

  EXPECT_EQ(code.size(), text.size());
  EXPECT_EQ(lines_of(code).size(), lines_of(text).size());
  for (const char gone : {'b', 'd', 'e', 'g', 'h', 'j', 'k', 'x'}) {
    EXPECT_EQ(code.find(gone), std::string::npos) << gone;
  }
  for (const char kept : {'a', 'c', 'f', 'i', 'l'}) {
    EXPECT_NE(code.find(kept), std::string::npos) << kept;
  }
  EXPECT_NE(code.find("1'000"), std::string::npos);
}

TEST(CodeText, FindsFunctionsAmongClassesTablesAndInitialisers) {
  const std::string text =
      "namespace a {\n"
      "constexpr std::array<int, 2> table{{\n 1,\n 2}};\n"
      "template <typename T>\n"
      "class Box : public Base {\n"
      " public:\n"
      "  Box(int a, int b)\n"
      "      : a_(a), b_{b} {\n"
      "    run([] {\n"
      "    });\n"
      "  }\n"
      "  int get() const { return a_; }\n"
      "  int b_{0};\n"
      "};\n"
      "#define MACRO(x) do { \\\n } while (false)\n"
      "auto last(Options options = {}) -> std::vector<int> {\n"
      "}\n"
      "}\n";

  std::string found;
  for (const FunctionExtent& one : functions_of(text)) {
    found += one.name + " from line " + std::to_string(one.first_line) + ", " +
             std::to_string(one.length()) + " long; ";
  }
  EXPECT_EQ(found,
            "Box from line 8, 5 long; get from line 13, 1 long; last from line 18, 2 long; ");
}

TEST(CodeText, CountsTheFunctionsOfAClassAndNotItsFields) {
  const std::string text =
      "namespace a {\n"
      "class alignas(64) Box final : public Base {\n"
      " public:\n"
      "  explicit Box(int a) : a_{a} {}\n"
      "  Box(const Box&) = delete;\n"
      "  ~Box() override = default;\n"
      "  friend void swap(Box& a, Box& b);\n"
      "  bool operator==(const Box& other) const;\n"
      "  template <typename T>\n"
      "  std::map<int, int> all(T (*f)(int)) const;\n"
      "  static_assert(sizeof(int) == 4);\n"
      "  using F = void (*)(int);\n"
      "  struct Inner {\n"
      "    void one();\n"
      "    int two() { return f(1); }\n"
      "  };\n"
      "\n"
      " private:\n"
      "  std::function<int(int)> f_ = nullptr;\n"
      "  int a_{g(1)};\n"
      "  int b_ = g(1);\n"
      "};\n"
      "enum class Kind { one, two };\n"
      "void free();\n"
      "}\n";

  const std::vector<ClassExtent> classes = classes_of(text);

  ASSERT_EQ(classes.size(), 2U);
  EXPECT_EQ(classes[0].name, "Box");
  EXPECT_EQ(classes[0].first_line, 2);
  EXPECT_EQ(classes[0].functions, 3);
  EXPECT_EQ(classes[1].name, "Inner");
  EXPECT_EQ(classes[1].functions, 2);
}

}  // namespace
}  // namespace squall
