// The house rules, held over the whole tree, and the proof that each of them can turn red.
//
// What a rule says is in tests/tools/tidy.cpp; so are the classes that are still too large.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "tests/support/place.hpp"
#include "tests/tools/tidy.hpp"

namespace squall {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const fs::path& root() {
  static const fs::path path = testing::source_path();
  return path;
}

// Everything people wrote: no builds, no results, nothing hidden but .ci.
std::vector<SourceFile> read_tree() {
  static constexpr std::array kEndings{".cpp", ".hpp", ".json", ".md", ".cmake", ".txt"};
  std::vector<SourceFile> tree;
  for (const auto& top : fs::directory_iterator(root())) {
    const std::string name = top.path().filename();
    const bool skipped = name.starts_with(".") && name != ".ci";
    if (skipped || name == "build" || name == "squall-results" || name == "node_modules") continue;
    std::vector<fs::path> files;
    if (top.is_regular_file()) files.push_back(top.path());
    if (top.is_directory()) {
      for (const auto& entry : fs::recursive_directory_iterator(top)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
    }
    for (const fs::path& file : files) {
      const bool known = std::any_of(kEndings.begin(), kEndings.end(), [&](const char* ending) {
        return file.extension() == ending;
      });
      if (!known && name != ".ci" && name != "Makefile") continue;
      tree.push_back({fs::relative(file, root()).generic_string(), read_file(file)});
    }
  }
  std::sort(tree.begin(), tree.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return tree;
}

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = read_tree();
  return files;
}

std::vector<BuildGlob> globs_of_the_build() {
  std::vector<BuildGlob> globs;
  for (const char* path : {"CMakeLists.txt", "cmake/embed.cmake", "cmake/tests.cmake"}) {
    const std::vector<BuildGlob> more = build_globs(read_file(root() / path));
    globs.insert(globs.end(), more.begin(), more.end());
  }
  return globs;
}

std::vector<SourceFile> readmes_of_the_tree() {
  std::vector<SourceFile> readmes;
  for (const SourceFile& file : tree()) {
    if (file.path.ends_with("/README.md")) readmes.push_back(file);
  }
  return readmes;
}

const TidyRule& rule_named(std::string_view name) {
  const auto rules = tidy_rules();
  return *std::find_if(rules.begin(), rules.end(),
                       [&](const TidyRule& rule) { return rule.name == name; });
}

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for (const TidyRule& rule : tidy_rules()) names.emplace_back(rule.name);
  return names;
}

class TheTree : public ::testing::TestWithParam<std::string> {};

TEST_P(TheTree, FollowsTheRule) {
  const TidyRule& rule = rule_named(GetParam());
  const std::vector<BuildGlob> globs = globs_of_the_build();
  const std::vector<SourceFile> readmes = readmes_of_the_tree();
  const std::vector<TypeHome> types = type_homes(tree());

  std::string findings;
  for (const SourceFile& file : tree()) {
    for (const TidyFinding& finding : rule.check(file, {globs, readmes, types})) {
      findings += render(finding) + "\n";
    }
  }

  EXPECT_TRUE(findings.empty()) << rule.meaning << ":\n" << findings;
}

INSTANTIATE_TEST_SUITE_P(Tidy, TheTree, ::testing::ValuesIn(rule_names()),
                         [](const auto& rule) { return rule.param; });

TEST(TheTreeReader, FindsTheFoldersOfTheBuild) {
  const auto holds = [](std::string_view prefix) {
    return std::any_of(tree().begin(), tree().end(),
                       [&](const SourceFile& file) { return file.path.starts_with(prefix); });
  };

  EXPECT_TRUE(holds("strategies/core/"));
  EXPECT_TRUE(holds("scenarios/model/"));
  EXPECT_TRUE(holds("tests/tidy_test.cpp"));
  EXPECT_TRUE(holds(".ci/run"));
  EXPECT_GE(globs_of_the_build().size(), 8U);
}

// --- Each rule goes red on a bad file and stays green on the good one beside it ------------------

struct Sample {
  const char* rule;
  const char* path;
  std::string bad;
  std::string good;
};

std::string function_of(int lines) {
  std::string text = "int count(int a) {\n";
  for (int i = 0; i < lines - 2; ++i) text += "  ++a;\n";
  return text + "}\n";
}

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

std::string class_of(int functions) {
  return "class Box {\n public:\n" + repeated("  void fill(int a);\n", functions) +
         "\n private:\n  std::function<int(int)> a_;\n  int b_ = f(1);\n};\n";
}

std::vector<Sample> samples_of_words() {
  return {
      {"include_direction", "strategies/core/a.cpp", "#include \"sim/kernel/engine.hpp\"\n",
       "#include \"strategies/core/types.hpp\"\n"},
      {"include_direction", "strategies/backplane/a.cpp",
       "#include \"strategies/placement/pool.hpp\"\n",
       "// #include \"strategies/placement/pool.hpp\"\n#include <vector>\n"},
      {"include_direction", "scenarios/model/plan.cpp", "#include <nlohmann/json.hpp>\n",
       "#include <map>\n"},
      {"include_direction", "sim/kernel/a.cpp", "#include \"sim/live/session.hpp\"\n",
       "#include \"scenarios/model/plan.hpp\"\n"},
      {"include_direction", "sim/farm/a.cpp", "#include \"report/measure/result.hpp\"\n",
       "#include <unistd.h>\n"},
      {"include_direction", "report/a.cpp", "#include \"strategies/presets.hpp\"\n",
       "#include <boost/math/distributions/normal.hpp>\n"},
      {"include_direction", "report/b.cpp", "#include <unistd.h>\n", "#include <cmath>\n"},
      {"include_direction", "sim/cli/a.cpp", "#include \"options.hpp\"\n",
       "#include \"sim/cli/flags/options.hpp\"\n"},
      {"include_direction", "strategies/core/b.cpp", "#include <fmt/format.h>\n",
       "#include <fmt/core.h>\n"},
      {"glued_numbers", "report/a.cpp", "text = \"all \" + std::to_string(n);\n",
       "text += std::to_string(n);\n"},
      {"glued_numbers", "scenarios/model/a.hpp", "return std::to_string(f(n)) +\n       \" of\";\n",
       "return fmt::format(\"{} of\", f(n));  // never std::to_string(n) + a\n"},
      {"banned_words", "sim/kernel/a.cpp", "#include <random>\n", "// <random> is banned\n"},
      {"banned_words", "sim/kernel/b.cpp", "int a = rand();\n", "int a = operand();\n"},
      {"banned_words", "scenarios/model/a.cpp", "std::normal_distribution<double> d;\n",
       "Distribution size_distribution;\n"},
      {"banned_words", "strategies/a.cpp", "std::shuffle(a, b, rng);\n", "shuffle(a, b, rng);\n"},
      {"banned_words", "sim/record/a.cpp", "std::unordered_map<int, int> a;\n",
       "std::map<int, int> a;\n"},
      {"banned_words", "strategies/b.cpp", "auto now = std::chrono::steady_clock::now();\n",
       "const char* a = \"steady_clock\";\n"},
      {"banned_words", "strategies/c.cpp", "std::thread worker;\n", "int thread = 0;\n"},
      {"banned_words", "sim/kernel/c.cpp", "double a = std::log(2.0);\n",
       "double a = exact::log(2.0);\n"},
      {"banned_words", "scenarios/model/plan_script.cpp", "#include <cmath>\n",
       "#include \"strategies/core/exact_math.hpp\"\n"},
      {"banned_words", "sim/cli/a.cpp", "if (simulated) run();\n", "if (simulated_time) run();\n"},
      {"unfinished", "sim/cli/a.cpp",
       "// TO"
       "DO: later\n",
       "// a list of things to do\n"},
      {"unfinished", "report/a.cpp",
       "int pla"
       "ceholder = 1;\n",
       "int place = 1;\n"},
      {"private_paths", "README.md",
       "see /ho"
       "me/me/squall\n",
       "see ./squall\n"},
  };
}

std::vector<Sample> samples_of_form() {
  const std::string head = "// A file.\n// Its story.\n";
  return {
      {"function_length", "sim/a.cpp", function_of(71), function_of(70)},
      {"class_size", "sim/a.hpp", class_of(41), class_of(40)},
      {"class_size", "sim/a.hpp", "namespace a {\nstruct B {\n" + class_of(41) + "};\n}\n",
       "namespace a {\nstruct B {\n" + class_of(40) + class_of(40) + "};\n}\n"},
      {"one_type_a_name", "sim/a.hpp", "struct A {\n};\nstruct A {\n};\n",
       "struct A;\nstruct A {\n};\nnamespace b {\nstruct A {\n};\n}  // namespace b\n"},
      {"file_length", "sim/a.cpp", repeated("//\n", 401), repeated("//\n", 400)},
      {"line_form", "sim/a.cpp", std::string(101, 'x') + "\n", std::string(100, 'x') + "\n"},
      {"line_form", "sim/a.cpp", "\tint a;\n", repeated("\u00e4", 100) + "\n"},
      {"line_form", "sim/a.cpp", "int a; \n", "int a;\n"},
      {"line_form", "sim/a.cpp", "int a;", "int a;\n"},
      {"pragma_once", "sim/a.hpp", "#ifndef A\n#define A\n#endif\n", "#pragma once\n"},
      {"head_comment", "sim/a.cpp", "// One line.\nint a;\n", head + "int a;\n"},
      {"head_comment", "sim/a.cpp", repeated("//\n", 11), repeated("//\n", 10)},
      {"enum_switch", "sim/a.cpp", "case Verb::crash: return true;\ndefault: return false;\n",
       "case Verb::crash: return true;\ndefault: SQUALL_CHECK(false);  // see b()\n"},
      {"enum_switch", "sim/a.cpp", "case Verb::crash:\n  break;\ndefault: break;\n",
       "case 'a': break;\ndefault: break;\n"},
      {"scenario_teaches", "scenarios/ci/a.json", R"({"expect": [{"that": "x"}]})",
       R"({"why": "a reason", "expect": [{"that": "x"}]})"},
      {"scenario_teaches", "scenarios/ci/a.json", R"({"why": "a reason", "expect": []})",
       R"({"expect": [1], "why": "a reason"})"},
      {"is_built", "sim/forgotten/a.cpp", "", ""},
      {"readme_names", "sim/cli/a.cpp", "", ""},
  };
}

std::vector<Sample> samples() {
  std::vector<Sample> all = samples_of_words();
  const std::vector<Sample> form = samples_of_form();
  all.insert(all.end(), form.begin(), form.end());
  return all;
}

void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.rule; }

class Rule : public ::testing::TestWithParam<Sample> {};

TEST_P(Rule, GoesRedOnTheBadFileOnly) {
  const Sample& sample = GetParam();
  const TidyRule& rule = rule_named(sample.rule);

  const std::vector<TidyFinding> bad = rule.check({sample.path, sample.bad}, {});
  const std::vector<TidyFinding> good = rule.check({sample.path, sample.good}, {});

  ASSERT_FALSE(bad.empty()) << sample.bad;
  EXPECT_EQ(bad.front().rule, sample.rule);
  EXPECT_EQ(bad.front().path, sample.path);
  // Without globs nothing is built, without a README nothing is named: their own tests are below.
  if (rule.name != "is_built" && rule.name != "readme_names") {
    EXPECT_TRUE(good.empty()) << render(good.front());
  }
}

INSTANTIATE_TEST_SUITE_P(Tidy, Rule, ::testing::ValuesIn(samples()), [](const auto& sample) {
  return std::string(sample.param.rule) + "_" + std::to_string(sample.index);
});

TEST(TidyRules, HaveABadSampleEach) {
  const std::vector<Sample> all = samples();

  for (const TidyRule& rule : tidy_rules()) {
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const Sample& sample) {
      return sample.rule == rule.name;
    })) << rule.name;
  }
}

// --- The build's globs ---------------------------------------------------------------------------

TEST(BuildGlobs, AreReadFromTheCMakeText) {
  const std::vector<BuildGlob> globs = build_globs(
      "# GLOB old/*.cpp\nsquall_library(a GLOBS sim/cli/*.cpp USES b)\n"
      "file(GLOB c bench/*.cpp)\nset(x y/*.cpp)\n");

  ASSERT_EQ(globs.size(), 2U);
  EXPECT_EQ(globs[0].pattern, "sim/cli/*.cpp");
  EXPECT_TRUE(globs[0].recursive);
  EXPECT_EQ(globs[1].pattern, "bench/*.cpp");
  EXPECT_FALSE(globs[1].recursive);
}

TEST(BuildGlobs, DecideWhichFileIsForgotten) {
  const TidyRule& rule = rule_named("is_built");
  const std::vector<BuildGlob> globs{
      {"sim/cli/*.cpp", true}, {"bench/*.cpp", false}, {"scenarios/*/*.json", false}};
  const auto built = [&](const char* path) { return rule.check({path, ""}, {globs, {}}).empty(); };

  EXPECT_TRUE(built("sim/cli/commands/run.cpp"));
  EXPECT_TRUE(built("sim/cli/run.hpp"));
  EXPECT_TRUE(built("sim/cli/deep/run.cpp"));
  EXPECT_TRUE(built("bench/queue.cpp"));
  EXPECT_TRUE(built("scenarios/smoke/a.json"));
  EXPECT_FALSE(built("bench/deep/queue.cpp"));
  EXPECT_FALSE(built("sim/run.cpp"));
  EXPECT_FALSE(built("run.cpp"));
  EXPECT_FALSE(built("scenarios/a.json"));
}

TEST(BuildGlobs, DoNotLetATestHideInAFileThatIsNotATest) {
  const TidyRule& rule = rule_named("is_built");
  const std::vector<BuildGlob> globs{{"tests/*.cpp", true}};
  const std::string text = "TEST(Law, Holds) {}\n";

  EXPECT_FALSE(rule.check({"tests/laws.cpp", text}, {globs, {}}).empty());
  EXPECT_TRUE(rule.check({"tests/laws_test.cpp", text}, {globs, {}}).empty());
}

// --- Names of types ------------------------------------------------------------------------------

TEST(TypeNames, AreHeldAgainstTheWholeTree) {
  const TidyRule& rule = rule_named("one_type_a_name");
  const std::string one = "namespace a {\nclass B final {\n};\n}  // namespace a\n";
  const std::string hidden = "namespace {\nstruct B {\n};\n}  // namespace\n";
  const std::vector<SourceFile> files{
      {"sim/a.hpp", one}, {"sim/b.hpp", one}, {"sim/c.cpp", hidden}};
  const std::vector<TypeHome> types = type_homes(files);

  EXPECT_TRUE(rule.check(files[0], {{}, {}, types}).empty());
  ASSERT_EQ(rule.check(files[1], {{}, {}, types}).size(), 1U);
  EXPECT_EQ(rule.check(files[1], {{}, {}, types})[0].message,
            "a::B is defined in sim/a.hpp as well");
  EXPECT_TRUE(rule.check(files[2], {{}, {}, types}).empty());
}

// --- What a README names -------------------------------------------------------------------------

TEST(ReadmeNames, AreWholeNamesOrEndInAStar) {
  const TidyRule& rule = rule_named("readme_names");
  const std::vector<SourceFile> readmes{{"report/README.md", "`gate.hpp .cpp`, `page/svg*`"},
                                        {"report/page/README.md", "`html.cpp`"}};
  const auto named = [&](const char* path) {
    return rule.check({path, ""}, {{}, readmes}).empty();
  };

  EXPECT_TRUE(named("report/compare/gate.cpp"));
  EXPECT_TRUE(named("report/words/svg_axis.hpp"));
  EXPECT_TRUE(named("report/page/html.cpp"));
  EXPECT_FALSE(named("report/compare/gates.cpp"));
  EXPECT_FALSE(named("report/page/gate.cpp"));  // the nearer README is asked
  EXPECT_FALSE(named("sim/kernel/gate.cpp"));
}

TEST(ReadmeNames, OfTestsAreThoseOfTheirFolders) {
  const TidyRule& rule = rule_named("readme_names");
  const std::vector<SourceFile> readmes{{"tests/README.md", "`laws/`"}};

  EXPECT_TRUE(rule.check({"tests/laws/a_test.cpp", ""}, {{}, readmes}).empty());
  EXPECT_TRUE(rule.check({"tests/a_test.cpp", ""}, {{}, readmes}).empty());
  EXPECT_FALSE(rule.check({"tests/kernel/a_test.cpp", ""}, {{}, readmes}).empty());
}

}  // namespace
}  // namespace squall
