// A dilated node sleeps for what it reads; what it writes costs what the machine takes.
// See dilation.hpp.
#include "sim/cli/play/dilation.hpp"

#include <algorithm>

#include "scenarios/model/calibration.hpp"
#include "scenarios/model/document.hpp"
#include "scenarios/model/load.hpp"
#include "scenarios/model/suggest.hpp"

namespace squall {
namespace {

const std::vector<std::string> kSlept = {"frame_read", "broker_receive", "peer_receive", "per_kib"};

}  // namespace

std::vector<Problem> not_dilated(const Scenario& scenario, const std::string& text) {
  std::vector<Problem> problems = not_on_sockets(scenario);
  std::erase_if(problems,
                [](const Problem& problem) { return problem.pointer == "/cluster/nodes/costs"; });
  std::vector<Problem> ignored;
  const language::Document file =
      language::read_document(text, scenario.source_path, ignored).value_or(language::Document{});
  for (const std::string& cost : given(scenario.cluster.nodes.costs)) {
    if (std::ranges::find(kSlept, cost) != kSlept.end()) continue;
    const std::string pointer = "/cluster/nodes/costs/" + cost;
    Problem problem;
    problem.code = "S0601";
    problem.path = scenario.source_path;
    file.point_to(language::place_at(file.root, pointer), problem);
    problem.pointer = pointer;
    problem.message = "--dilate does not sleep " + cost;
    problem.suggestion = "leave it out; slept are " + language::joined(kSlept);
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace squall
