// The plain values: one function per kind, all built on two shapes (a text with a grammar, a
// number with bounds).
#include "scenarios/model/codec.hpp"

#include <fmt/core.h>
#include <algorithm>
#include "scenarios/model/elsewhere.hpp"

namespace squall::language {
namespace {

constexpr std::string_view kParameter = "\\$[A-Za-z_][A-Za-z0-9_]*";

// What a text codec needs to complain well.
struct Texts {
  std::string code;
  std::string what;  // "duration"
  std::string example;
  std::string default_unit;  // put behind a bare number to suggest a spelling
  std::string pattern;
};

template <typename T>
Codec<T> text_codec(Texts texts, std::function<Parsed<T>(std::string_view)> parse,
                    std::function<std::string(const T&)> format) {
  Codec<T> codec;
  codec.read = [=](Reading& reading, const Json& json, T& value) {
    if (json.kind == Json::Kind::number) {
      const std::string number = number_text(json.number);
      return reading.fail(json.place, texts.code,
                          fmt::format("bad {} {}: needs a unit, in quotes", texts.what, number),
                          fmt::format("did you mean \"{}{}\"?", number, texts.default_unit));
    }
    if (json.kind != Json::Kind::string) {
      return wrong_type(reading, json, fmt::format("a {} like \"{}\"", texts.what, texts.example));
    }
    Parsed<T> parsed = parse(json.text);
    if (!parsed.value) {
      return reading.fail(
          json.place, texts.code,
          fmt::format("bad {} {}: {}", texts.what, in_quotes(json.text), parsed.problem),
          parsed.suggestion.empty() ? "" : "did you mean \"" + parsed.suggestion + "\"?");
    }
    value = std::move(*parsed.value);
    return true;
  };
  codec.write = [=](const T& value) { return Json::of(format(value)); };
  codec.schema = [=](const Vocabulary&) { return schema_pattern(texts.pattern); };
  return codec;
}

// The parser, and a range after it.
template <typename T>
std::function<Parsed<T>(std::string_view)> bounded(Parsed<T> (*parse)(std::string_view), T low,
                                                   T high, std::string (*format)(T)) {
  return [=](std::string_view text) {
    Parsed<T> parsed = parse(text);
    if (parsed.value && (*parsed.value < low || *parsed.value > high)) {
      return Parsed<T>::bad(fmt::format("must be from {} to {}", format(low), format(high)));
    }
    return parsed;
  };
}

template <typename T>
std::function<std::string(const T&)> by_value(std::string (*format)(T)) {
  return [=](const T& value) { return format(value); };
}

std::string distribution_pattern(std::string_view unit, Never never) {
  const std::string value(unit);
  std::string pattern = fmt::format(
      "({0}|fixed\\({0}\\)|uniform\\({0}, *{0}\\)|exp\\({0}\\)|lognormal\\({0}, *{1}\\)", value,
      kDecimalPattern);
  if (never == Never::allowed) pattern += "|never";
  return pattern + ")";
}

// The number that a text was meant to be: "50,000", "700" in quotes. Empty: none.
std::string number_meant(const Json& json) {
  if (json.kind != Json::Kind::string) return "";
  std::string number;
  bool dot = false;
  for (const char c : json.text) {
    if (c == ',' || c == '_' || c == ' ' || c == '\'') continue;
    if (c == '.' && !dot && !number.empty()) {
      dot = true;
    } else if (c < '0' || c > '9') {
      return "";
    }
    number += c;
  }
  return number.empty() || number.ends_with('.') || number.size() > 12 ? "" : number;
}

bool no_number(Reading& reading, const Json& json, std::string_view expected) {
  const std::string meant = number_meant(json);
  return reading.fail(json.place, "S0201",
                      fmt::format("expected {}, not {}", expected, kind_name(json)),
                      meant.empty() ? "" : fmt::format("did you mean {}, without quotes?", meant));
}

bool good_name(std::string_view name, std::string_view extra) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && name.size() <= 64 && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) {
           return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' ||
                  extra.find(c) != std::string_view::npos;
         });
}

}  // namespace

// ---- Schema pieces -----------------------------------------------------------------------------

Json schema_type(std::string_view type) {
  Json schema = Json::object();
  return schema.set("type", Json::of(std::string(type)));
}

Json schema_pattern(std::string_view pattern) {
  Json schema = schema_type("string");
  return schema.set("pattern", Json::of(fmt::format("^({}|{})$", pattern, kParameter)));
}

Json schema_words(const std::vector<std::string>& words) {
  Json list = Json::array();
  for (const std::string& word : words) list.push(Json::of(word));
  Json schema = Json::object();
  return schema_or_param(schema.set("enum", std::move(list)));
}

Json schema_or_param(Json schema) {
  Json parameter = Json::object();
  parameter.set("$ref", Json::of("#/definitions/param"));
  Json choice = Json::object();
  return choice.set("anyOf", Json::array().push(std::move(schema)).push(std::move(parameter)));
}

Json schema_whole(std::int64_t low, std::int64_t high) {
  Json schema = schema_type("integer");
  schema.set("minimum", Json::of(static_cast<double>(low)));
  schema.set("maximum", Json::of(static_cast<double>(high)));
  return schema_or_param(std::move(schema));
}

// ---- Plain values ------------------------------------------------------------------------------

bool wrong_type(Reading& reading, const Json& json, std::string_view expected) {
  return reading.fail(json.place, "S0201",
                      fmt::format("expected {}, not {}", expected, kind_name(json)));
}

bool too_many(Reading& reading, const Json& json, std::size_t count, std::size_t most,
              std::string_view what) {
  if (count <= most) return false;
  return !reading.fail(json.place, "S0410", fmt::format("more than {} {}", most, what));
}

bool unknown_word(Reading& reading, const Json& json, std::string_view code, std::string_view what,
                  const std::vector<std::string>& known) {
  std::string suggestion = did_you_mean(json.text, known);
  const std::string here = called_here(json.text, what);
  if (!here.empty()) suggestion = "here: " + here;
  if (suggestion.empty() && what == "verb") suggestion = "squall list faults says what each does";
  return reading.fail(
      json.place, std::string(code),
      fmt::format("unknown {} {}; known: {}", what, in_quotes(json.text), joined(known, 20)),
      std::move(suggestion));
}

bool read_whole(Reading& reading, const Json& json, std::int64_t low, std::int64_t high,
                std::int64_t& value) {
  if (json.kind != Json::Kind::number) return no_number(reading, json, "a whole number");
  if (std::floor(json.number) != json.number || json.number < static_cast<double>(low) ||
      json.number > static_cast<double>(high)) {
    return reading.fail(json.place, "S0202",
                        fmt::format("{} must be a whole number from {} to {}",
                                    number_text(json.number), low, high));
  }
  value = static_cast<std::int64_t>(json.number);
  return true;
}

Codec<double> decimal_between(double low, double high) {
  Codec<double> codec;
  codec.read = [=](Reading& reading, const Json& json, double& value) {
    if (json.kind != Json::Kind::number) return no_number(reading, json, "a number");
    if (!(json.number >= low && json.number <= high)) {
      return reading.fail(json.place, "S0202",
                          fmt::format("{} must be a number from {} to {}", number_text(json.number),
                                      number_text(low), number_text(high)));
    }
    value = json.number;
    return true;
  };
  codec.write = [](const double& value) { return Json::of(value); };
  codec.schema = [=](const Vocabulary&) {
    Json schema = schema_type("number");
    schema.set("minimum", Json::of(low)).set("maximum", Json::of(high));
    return schema_or_param(std::move(schema));
  };
  return codec;
}

Codec<bool> flag() {
  Codec<bool> codec;
  codec.read = [](Reading& reading, const Json& json, bool& value) {
    if (json.kind != Json::Kind::boolean) return wrong_type(reading, json, "true or false");
    value = json.boolean;
    return true;
  };
  codec.write = [](const bool& value) { return Json::of(value); };
  codec.schema = [](const Vocabulary&) { return schema_or_param(schema_type("boolean")); };
  return codec;
}

Codec<std::string> free_text() {
  Codec<std::string> codec;
  codec.read = [](Reading& reading, const Json& json, std::string& value) {
    if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a string");
    value = json.text;
    return true;
  };
  codec.write = [](const std::string& value) { return Json::of(value); };
  codec.schema = [](const Vocabulary&) { return schema_type("string"); };
  return codec;
}

Codec<std::string> fresh_name(std::string_view extra) {
  Codec<std::string> codec = free_text();
  const std::string more(extra);
  codec.read = [more](Reading& reading, const Json& json, std::string& value) {
    if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a name");
    value = json.text;
    if (good_name(json.text, more)) return true;
    return reading.fail(
        json.place, "S0215",
        fmt::format(
            "bad name {}: letters, digits, _ . -{} only, beginning with a letter, at most 64",
            in_quotes(json.text), more.empty() ? "" : " " + more));
  };
  codec.schema = [more](const Vocabulary&) {
    return schema_pattern("[A-Za-z][A-Za-z0-9_." + more + "-]{0,63}");
  };
  return codec;
}

Codec<std::string> word_from(std::vector<std::string> Vocabulary::*words, std::string_view what) {
  Codec<std::string> codec = free_text();
  codec.read = [=](Reading& reading, const Json& json, std::string& value) {
    if (json.kind != Json::Kind::string) return wrong_type(reading, json, "a string");
    const std::vector<std::string>& known = reading.vocabulary.*words;
    if (std::ranges::find(known, json.text) == known.end()) {
      return unknown_word(reading, json, "S0321", what, known);
    }
    value = json.text;
    return true;
  };
  codec.schema = [=](const Vocabulary& vocabulary) { return schema_words(vocabulary.*words); };
  return codec;
}

Codec<Duration> duration_between(Duration low, Duration high) {
  return text_codec<Duration>({"S0204", "duration", "250ms", "s", std::string(kDurationPattern)},
                              bounded(&parse_duration, low, high, &format_duration),
                              by_value(&format_duration));
}

Codec<Duration> duration_or_none(Duration low, Duration high) {
  const auto parse = bounded(&parse_duration, low, high, &format_duration);
  return text_codec<Duration>(
      {"S0204", "duration", "250ms", "s", "(none|" + std::string(kDurationPattern) + ")"},
      [parse](std::string_view text) {
        return text == "none" ? Parsed<Duration>::ok(Duration{0}) : parse(text);
      },
      [](const Duration& value) {
        return value == Duration{0} ? std::string("none") : format_duration(value);
      });
}

Codec<Time> point_in_time() {
  const auto format = [](const Time& time) {
    return time < Time{0} ? "-" + format_duration(-time) : format_duration(time);
  };
  return text_codec<Time>({"S0204", "time", "10s", "s", "-?" + std::string(kDurationPattern)},
                          &parse_time, format);
}

Codec<Bytes> size_between(Bytes low, Bytes high) {
  return text_codec<Bytes>({"S0205", "size", "64KiB", "B", std::string(kSizePattern)},
                           bounded(&parse_size, low, high, &format_size), by_value(&format_size));
}

Codec<Bytes> size_or(std::string no_limit, Bytes low, Bytes high) {
  const auto parse = bounded(&parse_size, low, high, &format_size);
  return text_codec<Bytes>(
      {"S0205", "size", "64KiB", "B", fmt::format("({}|{})", no_limit, kSizePattern)},
      [parse, no_limit](std::string_view text) {
        if (text == no_limit) return Parsed<Bytes>::ok(kUnlimited);
        Parsed<Bytes> parsed = parse(text);
        if (parsed.value) return parsed;
        const bool meant = text == "none" || text == "unlimited";
        return Parsed<Bytes>::bad(parsed.problem + ", or the word " + no_limit,
                                  meant ? no_limit : parsed.suggestion);
      },
      [no_limit](const Bytes& value) {
        return value == kUnlimited ? no_limit : format_size(value);
      });
}

namespace {

constexpr std::int64_t kFastest = 1'000'000'000'000;

}  // namespace

Codec<std::int64_t> bit_rate_or_none() {
  const auto parse = bounded<std::int64_t>(&parse_bit_rate, 100, kFastest, &format_bit_rate);
  return text_codec<std::int64_t>(
      {"S0207", "bit rate", "20Mbit/s", "bit/s", "(none|" + std::string(kBitRatePattern) + ")"},
      [parse](std::string_view text) {
        return text == "none" ? Parsed<std::int64_t>::ok(0) : parse(text);
      },
      [](const std::int64_t& rate) {
        return rate == 0 ? std::string("none") : format_bit_rate(rate);
      });
}

Codec<std::int64_t> bit_rate() {
  return text_codec<std::int64_t>(
      {"S0207", "bit rate", "20Mbit/s", "bit/s", std::string(kBitRatePattern)},
      bounded<std::int64_t>(&parse_bit_rate, 100, kFastest, &format_bit_rate),
      by_value(&format_bit_rate));
}

Codec<std::int64_t> rate_nano() {
  constexpr std::int64_t kMostNano = 100'000'000'000'000'000;  // 10^8 messages per second
  return text_codec<std::int64_t>(
      {"S0206", "rate", "200/s", "/s", std::string(kRatePattern)},
      bounded<std::int64_t>(&parse_rate_nano, 1, kMostNano, &format_rate_nano),
      by_value(&format_rate_nano));
}

Codec<std::int64_t> frequency_micro() {
  constexpr std::int64_t kMostOften = 4'000'000'000;  // 4000 a day
  return text_codec<std::int64_t>(
      {"S0217", "frequency", "5/day", "/day", std::string(kFrequencyPattern)},
      bounded<std::int64_t>(&parse_frequency, 1, kMostOften, &format_frequency),
      by_value(&format_frequency));
}

Codec<Distribution> durations(Never never) {
  constexpr std::int64_t kYear = 365LL * 24 * 3600 * 1000000000;
  const auto parse = [=](std::string_view text) {
    Parsed<Distribution> parsed = parse_distribution(text, OfWhat::duration, never);
    if (parsed.value && std::max(parsed.value->first, parsed.value->second) > kYear) {
      return Parsed<Distribution>::bad("must not be longer than 8760h");
    }
    return parsed;
  };
  const auto format = [](const Distribution& distribution) {
    return format_distribution(distribution, OfWhat::duration);
  };
  return text_codec<Distribution>({"S0208", "distribution of durations", "lognormal(45ms,0.4)", "s",
                                   distribution_pattern(kDurationPattern, never)},
                                  parse, format);
}

Codec<Distribution> sizes(Bytes low, Bytes high) {
  const auto parse = [=](std::string_view text) {
    Parsed<Distribution> parsed = parse_distribution(text, OfWhat::size, Never::refused);
    if (parsed.value &&
        (parsed.value->first < low || std::max(parsed.value->first, parsed.value->second) > high)) {
      return Parsed<Distribution>::bad(
          fmt::format("must be from {} to {}", format_size(low), format_size(high)));
    }
    return parsed;
  };
  const auto format = [](const Distribution& distribution) {
    return format_distribution(distribution, OfWhat::size);
  };
  return text_codec<Distribution>({"S0208", "distribution of sizes", "lognormal(300B,0.6)", "B",
                                   distribution_pattern(kSizePattern, Never::refused)},
                                  parse, format);
}

Codec<double> popularity() {
  const auto format = [](const double& exponent) { return format_popularity(exponent); };
  return text_codec<double>({"S0211", "popularity", "zipf(1.0)", "",
                             "(uniform|zipf\\(" + std::string(kDecimalPattern) + "\\))"},
                            &parse_popularity, format);
}

}  // namespace squall::language
