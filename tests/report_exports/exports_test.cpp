// Reports and exports for other tools: byte for byte, well-formed, and safe from hostile names.
// Golden files are in tests/golden/report_exports/; the commands run the real binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "report/export/junit.hpp"
#include "report/export/openmetrics.hpp"
#include "report/export/otlp.hpp"
#include "report/export/perfetto.hpp"
#include "report/export/protobuf.hpp"
#include "report/export/renderers.hpp"
#include "report/words/markdown_limit.hpp"
#include "tests/support/cli.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/sample_result.hpp"
#include "tests/support/xml_check.hpp"

namespace squall::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHostile = "<script>alert(\"1\")</script> ]]> & ' \x01\x1b\n\xff \xc2\x80";

Result hostile() {
  Scenario scenario = sample::scenario();
  scenario.name = kHostile;
  std::vector<StrategySpec> specs = sample::strategies();
  specs[0].name = kHostile;
  Result result = make_result(scenario, specs, sample::seeds(), sample::records());
  result.problems.push_back(kHostile);
  return result;
}

TEST(Exports, junit_is_the_golden_file_and_well_formed) {
  const std::string text = to_junit(sample::result());

  EXPECT_TRUE(equals_golden_file(text, "report_exports/junit.golden"));
  EXPECT_EQ(XmlCheck(text).complaint(), "");
}

TEST(Exports, junit_of_hostile_names_is_well_formed_and_carries_no_tag) {
  const std::string text = to_junit(hostile());

  EXPECT_EQ(XmlCheck(text).complaint(), "");
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;"));
}

TEST(Exports, a_result_that_judged_nothing_is_an_error_in_junit) {
  Result result = sample::result();
  result.verdicts.clear();

  EXPECT_THAT(to_junit(result), HasSubstr("errors=\"1\""));
}

TEST(Exports, the_checker_of_xml_can_turn_red) {
  for (const char* broken : {"<a>", "<a></b>", "<a>&x;</a>", "<a b=\"<\"/>", "<a/><b/>",
                             "<a>\x01</a>", "<a b=c/>", "text"}) {
    EXPECT_NE(XmlCheck(broken).complaint(), "") << broken;
  }
}

TEST(Exports, openmetrics_is_the_golden_file) {
  const Result result = sample::result();

  EXPECT_TRUE(equals_golden_file(openmetrics({&result, 1}), "report_exports/openmetrics.golden"));
}

TEST(Exports, openmetrics_keeps_one_sample_a_line_whatever_the_names) {
  const std::vector<Result> results = {hostile(), sample::result()};
  std::istringstream lines(openmetrics(results));
  std::string last;
  for (std::string line; std::getline(lines, line); last = line) {
    EXPECT_TRUE(line.starts_with("# ") || line.starts_with("squall_")) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
  }

  EXPECT_EQ(last, "# EOF");
}

TEST(Exports, otlp_is_the_golden_file_and_each_line_a_request) {
  const std::string text = otlp(sample::result());

  EXPECT_TRUE(equals_golden_file(text, "report_exports/otlp.golden"));
  for (const std::string& document : {text, otlp(hostile())}) {
    std::istringstream lines(document);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_TRUE(nlohmann::json::parse(line).contains("resourceMetrics"));
    }
  }
}

TEST(Exports, every_format_takes_several_results) {
  const std::vector<Result> results = {sample::result(), hostile()};

  for (const RendererRow& row : renderers()) {
    EXPECT_THAT(render_all(row, results), HasSubstr("sample")) << row.name;
  }
  EXPECT_EQ(nlohmann::json::parse(render_all(*renderer_named("json"), results)).size(), 2U);
  EXPECT_EQ(XmlCheck(render_all(*renderer_named("junit"), results)).complaint(), "");
}

TEST(Exports, runs_of_one_scenario_can_be_told_apart_in_every_form_for_readers) {
  Result first = sample::result(), second = sample::result();
  first.started_unix_ns = 1'774'000'000'000'000'000;
  second.overrides = {"/params/users=400"};
  const std::vector<Result> results = {first, second};

  for (const char* name : {"text", "markdown", "junit"}) {
    const std::string text = render_all(*renderer_named(name), results);
    EXPECT_THAT(text, HasSubstr("run 1 of 2, 2026-03-20 09:46:40 UTC, ")) << name;
    EXPECT_THAT(text, HasSubstr("run 2 of 2, ")) << name;
    EXPECT_THAT(text, HasSubstr("users=400")) << name;
  }
  const std::string table = render_all(*renderer_named("csv"), results);
  EXPECT_TRUE(table.starts_with("run,scenario,"));
  EXPECT_THAT(table, HasSubstr("\n2,sample,"));
}

TEST(Exports, a_page_of_two_runs_says_when_they_cannot_be_compared) {
  Result second = sample::result();
  for (std::uint64_t& seed : second.seeds) seed += 1000;
  Result empty = sample::result();
  for (StrategyResult& strategy : empty.strategies) strategy.fingerprints.clear();

  const auto page = [](const Result& other) {
    const std::vector<Result> both = {sample::result(), other};
    return render_all(*renderer_named("html"), both);
  };

  EXPECT_THAT(page(second), HasSubstr("NOT COMPARABLE"));
  EXPECT_THAT(page(second), HasSubstr("no seed in common"));
  EXPECT_THAT(page(second), ::testing::Not(HasSubstr("paired by seed. Bars")));
  EXPECT_THAT(page(empty), HasSubstr("there is nothing to compare"));
  EXPECT_THAT(page(empty), ::testing::Not(HasSubstr("identical, to the last event")));
}

TEST(Exports, markdown_stays_below_the_limits_of_github_and_closes_what_it_opened) {
  Result result = sample::result();
  for (int i = 0; i < 5000; ++i) result.problems.push_back("a problem that takes a whole line");

  const std::string comment = to_short_markdown(result);

  EXPECT_LE(comment.size(), 65'536U);
  EXPECT_THAT(comment, HasSubstr("more lines left out for size"));
  EXPECT_EQ(cut_markdown("<details>\nmuch\n" + std::string(500, 'x'), 200).find("</details>"), 16U);
}

// ---- Perfetto ----------------------------------------------------------------------------------

struct WireField {
  std::uint64_t number = 0, value = 0;
  std::string bytes;
};

std::uint64_t read_varint(std::string_view& text) {
  std::uint64_t value = 0;
  for (int shift = 0; !text.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(text[0]);
    text.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

// Fails the test when the bytes are not fields from end to end.
std::vector<WireField> fields_of(std::string_view text) {
  std::vector<WireField> fields;
  while (!text.empty()) {
    const std::uint64_t key = read_varint(text);
    WireField field{key >> 3, 0, {}};
    const std::size_t size = (key & 7) == 1 ? 8 : (key & 7) == 2 ? read_varint(text) : 0;
    EXPECT_LE(size, text.size());
    EXPECT_TRUE((key & 7) <= 2);
    if ((key & 7) == 0) field.value = read_varint(text);
    field.bytes = text.substr(0, size);
    text.remove_prefix(std::min(size, text.size()));
    fields.push_back(std::move(field));
  }
  return fields;
}

TEST(Exports, varints_are_those_of_the_specification) {
  ProtobufWriter writer;
  writer.varint(1, 150).bytes(2, "testing").fixed64(47, 1);

  EXPECT_EQ(writer.text(),
            std::string("\x08\x96\x01\x12\x07testing\xf9\x02\x01\0\0\0\0\0\0\0", 22));
}

TEST(Exports, a_trace_is_packets_whose_events_have_tracks) {
  JourneyLog log;
  log.egress = {{7, EndpointId{1}, Address::user(EndpointId{2}), NodeId{1}, 1s}};
  ConnectionRecord connection;
  connection.endpoint = EndpointId{2};
  connection.node = NodeId{1};
  connection.opened = -1s;
  connection.dead = 5s;
  connection.closed = 6s;
  log.connections = {connection, connection};
  Scenario scenario = sample::scenario();
  scenario.name = kHostile;
  std::set<std::uint64_t> tracks;
  std::size_t events = 0;

  const std::string trace = perfetto_trace(scenario, sample::leaky(1), log);

  for (const WireField& packet : fields_of(trace)) {
    EXPECT_EQ(packet.number, 1U);
    for (const WireField& part : fields_of(packet.bytes)) {
      if (part.number == 60) tracks.insert(fields_of(part.bytes).front().value);
      if (part.number != 11) continue;
      ++events;
      EXPECT_TRUE(tracks.contains(fields_of(part.bytes).at(1).value));
    }
  }
  EXPECT_GT(events, 60U);
  EXPECT_THAT(trace, HasSubstr("message 7 to endpoint 2"));
  EXPECT_THAT(trace, HasSubstr("fault:crash"));
  EXPECT_THAT(trace, HasSubstr("ghost on n2"));
}

// ---- The command -------------------------------------------------------------------------------

TEST(ReportCommand, writes_every_ending_from_the_stored_run_alone) {
  const Squall squall;
  squall({"run", "small.json", "-n", "2", "-q"});
  std::filesystem::remove(squall.folder().path() / "small.json");
  Words words = {"report", "latest"};
  for (const RendererRow& row : renderers()) {
    words.insert(words.end(), {"-o", "x" + std::string(row.extension)});
  }
  words.insert(words.end(), {"-o", "x.perfetto-trace"});

  const ProcessResult result = squall(words);

  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const RendererRow& row : renderers()) {
    EXPECT_TRUE(squall.has("x" + std::string(row.extension))) << row.extension;
  }
  EXPECT_GT(fields_of(squall.folder().read("x.perfetto-trace")).size(), 20U);
  EXPECT_EQ(
      squall.folder().read("x.json"),
      squall.folder().read(std::filesystem::path("squall-results") / "latest" / "result.json"));
}

TEST(ReportCommand, several_runs_go_into_one_report) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q"});
  squall({"run", "two-node-hello", "-n", "1", "-q"});

  const ProcessResult result =
      squall({"report", "latest", "latest", "-o", "both.xml", "-o", "both.json"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(XmlCheck(squall.folder().read("both.xml")).complaint(), "");
  EXPECT_EQ(as_one_document(squall.folder().read("both.json")).size(), 2U);
}

TEST(ReportCommand, what_it_cannot_do_is_exit_2_with_the_reason) {
  const Squall squall;
  squall({"run", "small.json", "-n", "1", "-q"});

  EXPECT_THAT(squall({"report", "latest", "-o", "x.docx"}).err, HasSubstr(".perfetto-trace"));
  EXPECT_EQ(squall({"report", "latest", "-o", "x.docx"}).exit_code, 2);
  EXPECT_EQ(squall({"report", "nothing", "-o", "x.md"}).exit_code, 2);
  EXPECT_EQ(squall({"report", "latest", "latest", "-o", "x.perfetto-trace"}).exit_code, 2);
  EXPECT_EQ(squall({"report", "latest", "-o", "x.perfetto-trace", "-s", "none"}).exit_code, 2);
}

}  // namespace
}  // namespace squall::testing
