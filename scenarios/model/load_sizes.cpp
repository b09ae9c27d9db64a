// How large the rooms of a set are: a list in the scenario, or a file beside it with a line for
// each size. What was read is kept, as a stored run has to say it.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "scenarios/model/load_parse.hpp"
#include "scenarios/model/tables.hpp"

namespace squall::language {
namespace {

using RoomSize = std::pair<std::uint32_t, std::uint32_t>;  // members, rooms
using Sizes = std::vector<RoomSize>;

constexpr std::size_t kMostSizes = 10'000;

Codec<RoomSize> room_size() {
  return {
      [](Reading& reading, const Json& json, RoomSize& size) {
        if (json.kind != Json::Kind::array || json.items.size() != 2) {
          return reading.fail(json.place, "S0201", "expected a pair [members, rooms]");
        }
        std::int64_t members = 0;
        std::int64_t rooms = 0;
        bool good = read_whole(reading, json.items[0], 1, kMostEndpoints, members);
        good = read_whole(reading, json.items[1], 1, kMostRooms, rooms) && good;
        size = {static_cast<std::uint32_t>(members), static_cast<std::uint32_t>(rooms)};
        return good;
      },
      [](const RoomSize& size) {
        return Json::array().push(Json::of(double(size.first))).push(Json::of(double(size.second)));
      },
      [](const Vocabulary&) {
        Json schema = schema_type("array");
        schema.set("items", schema_whole(1, kMostEndpoints));
        return schema.set("minItems", Json::of(2.0)).set("maxItems", Json::of(2.0));
      }};
}

// ---- a file ------------------------------------------------------------------------------------

// Where it is named is no place in it: its lines have places of their own.
class SizesFile {
 public:
  SizesFile(Reading& reading, std::string path, std::string_view text)
      : reading_(reading), path_(std::move(path)), text_(text) {}

  bool read(Sizes& sizes) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);  // a byte order mark
    for (number_ = 1; !text_.empty(); ++number_) {
      line_ = text_.substr(0, text_.find('\n'));
      text_.remove_prefix(std::min(text_.size(), line_.size() + 1));
      if (line_.ends_with('\r')) line_.remove_suffix(1);
      if (!read_line(sizes)) return false;
      if (sizes.size() > kMostSizes) {
        return fail(0, line_.size(), "more than 10000 sizes",
                    "one line for all rooms of a size: members,rooms");
      }
    }
    if (!sizes.empty()) return true;
    number_ = 1, line_ = " ";
    return fail(0, 1, "there is no size in this file", "the members of a room on each line");
  }

 private:
  bool fail(std::size_t at, std::size_t width, std::string message, std::string suggestion) {
    Problem problem{"S0336",
                    Severity::error,
                    path_,
                    number_,
                    static_cast<int>(at + 1),
                    0,
                    reading_.pointer(),
                    std::move(message),
                    std::move(suggestion)};
    problem.end_column = problem.column + static_cast<int>(std::max<std::size_t>(width, 1));
    problem.line_of_another = line_;
    reading_.problems().push_back(std::move(problem));
    return false;
  }

  void skip_spaces(std::size_t& at) const {
    while (at < line_.size() && (line_[at] == ' ' || line_[at] == '\t')) ++at;
  }

  // "12", "12,3", "12;3", "12 3"; nothing, a remark, or above all the names of the columns.
  bool read_line(Sizes& sizes) {
    std::size_t at = 0;
    skip_spaces(at);
    if (at == line_.size() || line_[at] == '#') return true;
    const bool letter = (line_[at] | 0x20) >= 'a' && (line_[at] | 0x20) <= 'z';
    if (letter && sizes.empty() && !named_) return named_ = true;
    std::array<std::uint32_t, 2> numbers{1, 1};
    for (std::size_t count = 0; at < line_.size(); ++count) {
      const std::size_t end = std::min(line_.find_first_of(" \t,;", at), line_.size());
      if (count == numbers.size()) {
        return fail(at, line_.size() - at, "a third column", "members, or members,rooms");
      }
      if (!read_number(at, end, count == 0 ? kMostEndpoints : kMostRooms, numbers[count])) {
        return false;
      }
      at = end;
      skip_spaces(at);
      if (at < line_.size() && (line_[at] == ',' || line_[at] == ';')) ++at;
      skip_spaces(at);
    }
    sizes.emplace_back(numbers[0], numbers[1]);
    return true;
  }

  bool read_number(std::size_t at, std::size_t end, std::uint32_t most, std::uint32_t& number) {
    const char* const first = line_.data() + at;
    const char* const last = line_.data() + end;
    const auto [stop, error] = std::from_chars(first, last, number);
    if (error == std::errc{} && stop == last && number >= 1 && number <= most) return true;
    return fail(at, end - at,
                fmt::format("{} must be a whole number from 1 to {}",
                            in_quotes(std::string(first, last)), most),
                "members, or members,rooms");
  }

  Reading& reading_;
  std::string path_;
  std::string_view text_, line_;  // what is left; the one that is read
  int number_ = 1;                // of that
  bool named_ = false;            // the columns
};

// As it was stored with a run, or from where the scenario lies.
bool text_beside(Reading& reading, const Json& json, std::string& path, std::string& text) {
  if (const auto& stored = reading.vocabulary.beside) {
    const auto found = stored->find(reading.pointer());
    if (found == stored->end()) {
      return reading.fail(json.place, "S0336",
                          in_quotes(json.text) + " was not stored with the run");
    }
    path = json.text, text = found->second;
    return true;
  }
  path = (std::filesystem::path(reading.path()).parent_path() / json.text).string();
  const auto cannot = [&](const std::string& why) {
    return reading.fail(json.place, "S0336", why + in_quotes(path),
                        "a file beside the scenario, with the members of a room on each line");
  };
  std::optional<std::string> found = text_of_file(path);
  if (!found) return cannot("cannot read ");
  text = *std::move(found);
  return text.size() <= kLongestFile || cannot("more than 4 MiB are in ");
}

bool read_file(Reading& reading, const Json& json, Sizes& sizes) {
  std::string path, text;
  if (!text_beside(reading, json, path, text)) return false;
  Sizes found;
  if (!SizesFile(reading, path, text).read(found)) return false;
  sizes = std::move(found);
  reading.scenario.beside.push_back({reading.pointer(), json.text, std::move(text)});
  return true;
}

}  // namespace

Codec<std::vector<std::pair<std::uint32_t, std::uint32_t>>> room_sizes() {
  Codec<Sizes> codec = list_of(room_size(), "pairs [members, rooms]", kMostSizes);
  codec.read = [list = codec.read](Reading& reading, const Json& json, Sizes& sizes) {
    if (json.kind == Json::Kind::string) return read_file(reading, json, sizes);
    return list(reading, json, sizes);
  };
  codec.schema = [list = codec.schema](const Vocabulary& vocabulary) {
    Json choices = Json::array();
    choices.push(list(vocabulary)).push(schema_type("string"));
    return Json::object().set("anyOf", std::move(choices));
  };
  return codec;
}

}  // namespace squall::language
