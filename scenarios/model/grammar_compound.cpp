// Distributions, popularity and node selectors: a word and something in brackets.
// Durations, sizes and rates, of which they are made: grammar.cpp.
#include <fmt/core.h>
#include <algorithm>
#include <charconv>

#include "scenarios/model/grammar.hpp"
#include "scenarios/model/json_tree.hpp"
#include "scenarios/model/suggest.hpp"

namespace squall::language {
namespace {

struct Call {
  std::string_view name;
  std::vector<std::string_view> arguments;
};

// "uniform(0s,3s)"; empty when the brackets are missing.
std::optional<Call> split_call(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) return std::nullopt;
  Call call{text.substr(0, open), {}};
  std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  for (;;) {
    const std::size_t comma = inside.find(',');
    call.arguments.push_back(trimmed(inside.substr(0, comma)));
    if (comma == std::string_view::npos) return call;
    inside.remove_prefix(comma + 1);
  }
}

Parsed<std::int64_t> parse_unit(std::string_view text, OfWhat unit) {
  if (unit == OfWhat::size) return parse_size(text);
  const Parsed<Duration> duration = parse_duration(text);
  if (!duration.value) return Parsed<std::int64_t>::bad(duration.problem, duration.suggestion);
  return Parsed<std::int64_t>::ok(duration.value->count());
}

std::string format_unit(std::int64_t value, OfWhat unit) {
  return unit == OfWhat::size ? format_size(value) : format_duration(Duration{value});
}

struct DistributionForm {
  std::string_view name;
  Distribution::Kind kind;
  std::size_t arguments;
  std::string_view usage;
};
constexpr DistributionForm kDistributionForms[] = {
    {"fixed", Distribution::Kind::fixed, 1, "fixed(value)"},
    {"uniform", Distribution::Kind::uniform, 2, "uniform(low,high)"},
    {"exp", Distribution::Kind::exponential, 1, "exp(mean)"},
    {"lognormal", Distribution::Kind::lognormal, 2, "lognormal(median,sigma)"},
};

Parsed<Distribution> unknown_distribution(std::string_view name) {
  if (name == "exponential") {
    return Parsed<Distribution>::bad("unknown distribution \"exponential\"", "exp(mean)");
  }
  std::vector<std::string> known;
  for (const DistributionForm& form : kDistributionForms) known.emplace_back(form.name);
  return Parsed<Distribution>::bad(
      fmt::format("unknown distribution {}; known: {}", in_quotes(name), joined(known)));
}

// What is wrong with one argument, and the whole call as it should be.
Parsed<Distribution> bad_argument(const Call& call, std::size_t wrong,
                                  const Parsed<std::int64_t>& why) {
  std::string suggestion;
  if (!why.suggestion.empty()) {
    suggestion = std::string(call.name) + "(";
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      if (i > 0) suggestion += ",";
      suggestion += i == wrong ? why.suggestion : std::string(call.arguments[i]);
    }
    suggestion += ")";
  }
  return Parsed<Distribution>::bad(in_quotes(call.arguments[wrong]) + " " + why.problem,
                                   std::move(suggestion));
}

Parsed<Distribution> fill(const DistributionForm& form, const Call& call, OfWhat unit) {
  using Result = Parsed<Distribution>;
  if (call.arguments.size() != form.arguments) {
    return Result::bad("must be " + std::string(form.usage));
  }
  Distribution made;
  made.kind = form.kind;
  const auto first = parse_unit(call.arguments[0], unit);
  if (!first.value) return bad_argument(call, 0, first);
  made.first = *first.value;
  if (form.kind == Distribution::Kind::uniform) {
    const auto second = parse_unit(call.arguments[1], unit);
    if (!second.value) return bad_argument(call, 1, second);
    made.second = *second.value;
    if (made.second < made.first) return Result::bad("the first bound must not be the larger");
  }
  if (form.kind == Distribution::Kind::lognormal) {
    const Parsed<double> sigma = parse_decimal(call.arguments[1]);
    if (!sigma.value) return Result::bad("sigma " + sigma.problem);
    if (*sigma.value <= 0 || *sigma.value > 5) return Result::bad("sigma must be in (0, 5]");
    made.sigma = *sigma.value;
  }
  const bool scaled =
      form.kind == Distribution::Kind::exponential || form.kind == Distribution::Kind::lognormal;
  if (scaled && made.first == 0) return Result::bad("the mean or median must not be 0");
  return Result::ok(made);
}

}  // namespace

Parsed<Distribution> parse_distribution(std::string_view text, OfWhat unit, Never never) {
  using Result = Parsed<Distribution>;
  if (text == "never") {
    if (never == Never::allowed) return Result::ok(Distribution::never());
    return Result::bad("cannot be never");
  }
  if (const std::optional<Call> call = split_call(text)) {
    const auto form = std::ranges::find(kDistributionForms, call->name, &DistributionForm::name);
    return form == std::end(kDistributionForms) ? unknown_distribution(call->name)
                                                : fill(*form, *call, unit);
  }
  const auto value = parse_unit(text, unit);
  if (value.value) return Result::ok(Distribution::fixed(*value.value));
  if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    return Result::bad(value.problem, value.suggestion);
  }
  return Result::bad(unit == OfWhat::size
                         ? "must be a size like 200B or a distribution like lognormal(300B,0.6)"
                         : "must be a duration like 250ms or a distribution like exp(10m)");
}

std::string format_distribution(const Distribution& distribution, OfWhat unit) {
  const std::string first = format_unit(distribution.first, unit);
  switch (distribution.kind) {
    case Distribution::Kind::never: return "never";
    case Distribution::Kind::fixed: return first;
    case Distribution::Kind::uniform:
      return fmt::format("uniform({},{})", first, format_unit(distribution.second, unit));
    case Distribution::Kind::exponential: return "exp(" + first + ")";
    case Distribution::Kind::lognormal:
      return fmt::format("lognormal({},{})", first, number_text(distribution.sigma));
  }
  return {};
}

Parsed<double> parse_popularity(std::string_view text) {
  if (text == "uniform") return Parsed<double>::ok(0);
  const std::optional<Call> call = split_call(text);
  if (!call || call->name != "zipf" || call->arguments.size() != 1) {
    return Parsed<double>::bad("must be uniform or zipf(exponent)",
                               text == "zipf" ? "zipf(1.0)" : "");
  }
  const Parsed<double> exponent = parse_decimal(call->arguments[0]);
  if (!exponent.value) return Parsed<double>::bad("the exponent " + exponent.problem);
  if (*exponent.value > 5) return Parsed<double>::bad("the exponent must be in [0, 5]");
  return exponent;
}

std::string format_popularity(double exponent) {
  return exponent == 0 ? "uniform" : "zipf(" + number_text(exponent) + ")";
}

std::string node_name(std::uint16_t node) { return fmt::format("n{}", node + 1); }

Parsed<NodeSet> parse_selector(std::string_view text, const NodeConfig& nodes) {
  using Result = Parsed<NodeSet>;
  NodeSet chosen;
  if (text == "node[*]") {
    for (std::uint16_t node = 0; node < nodes.count; ++node) chosen.push_back(node);
    return Result::ok(chosen);
  }
  constexpr std::string_view kZone = "node[zone=";
  if (text.starts_with(kZone) && text.ends_with(']')) {
    const std::string_view zone = text.substr(kZone.size(), text.size() - kZone.size() - 1);
    if (std::ranges::find(nodes.zones, zone) == nodes.zones.end()) {
      return Result::bad(fmt::format("zone {} is not in cluster.nodes.zones{}", in_quotes(zone),
                                     nodes.zones.empty() ? "" : ": " + joined(nodes.zones)));
    }
    for (std::uint16_t node = 0; node < nodes.count; ++node) {
      if (nodes.zones[node % nodes.zones.size()] == zone) chosen.push_back(node);
    }
    if (chosen.empty()) return Result::bad("there are no nodes in zone " + in_quotes(zone));
    return Result::ok(chosen);
  }
  std::uint32_t number = 0;
  const std::string_view digits = text.starts_with('n') ? text.substr(1) : std::string_view{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || digits.front() == '0' || error != std::errc{} ||
      end != digits.data() + digits.size()) {
    return Result::bad("must be node[*], node[zone=a] or a name like n1");
  }
  if (number > nodes.count) {
    return Result::bad(fmt::format("there are {} nodes: n1 to {}", nodes.count,
                                   node_name(static_cast<std::uint16_t>(nodes.count - 1))));
  }
  chosen.push_back(static_cast<std::uint16_t>(number - 1));
  return Result::ok(chosen);
}

}  // namespace squall::language
