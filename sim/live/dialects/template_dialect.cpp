// A dialect that is a file of templates: login, join, send, message, ping. See templates.hpp.
//
// Where the server is not asked to answer (no `hear`), a step is done when it is said. Not for
// products whose frames are no JSON.
#include <fmt/core.h>
#include <algorithm>
#include <array>

#include "sim/live/dialects/dialect.hpp"
#include "sim/live/dialects/parcel.hpp"
#include "sim/live/dialects/templates.hpp"

namespace squall::live {
namespace {

using Json = nlohmann::ordered_json;
using Kind = DialectEvent::Kind;

// What a file may have. A step's forms stand under "say" and "hear".
constexpr std::array kSteps{"login", "refused", "join",    "leave",     "send",
                            "ping",  "beat",    "message", "going_away"};
constexpr std::array kWords{"url", "subprotocol", "batch", "about"};

class TemplateSession final : public DialectSession {
 public:
  TemplateSession(const Json& forms, const DialectUser& user) : forms_(forms) {
    names_ = {{"user", user.name}, {"token", user.token}};
  }

  void opened(DialectTurn& turn) override {
    if (!step("login", "", turn, {})) turn.heard.push_back({Kind::logged_in, {}});
  }
  void join(const std::string& room, DialectTurn& turn) override {
    const bool answered = step("join", room, turn, {{"room", room}});
    joined_[room] = std::to_string(ref_);
    if (!answered) turn.heard.push_back({Kind::joined, room});
  }
  void leave(const std::string& room, DialectTurn& turn) override {
    step("leave", room, turn, {{"room", room}});
  }
  void send(const std::string& room, const Parcel& parcel, DialectTurn& turn) override {
    Names names{{"room", room}, {"id", parcel.id}, {"sender", parcel.sender}, {"pad", ""}};
    const auto bare = static_cast<Bytes>(parcel_text({parcel.id, parcel.sender}).size());
    if (parcel.size > bare) {
      names["pad"] = std::string(static_cast<std::size_t>(parcel.size - bare), 'x');
    }
    step("send", parcel.id, turn, names);
  }
  void beat(DialectTurn& turn) override { step("beat", "", turn, {}); }

  void hear(std::string_view payload, DialectTurn& turn) override {
    const std::string batch = forms_.value("batch", "");
    if (batch.empty()) return hear_one(payload, turn);
    while (!payload.empty()) {
      const std::size_t end = payload.find(batch);
      if (end != 0) hear_one(payload.substr(0, end), turn);
      if (end == payload.npos) return;
      payload.remove_prefix(end + batch.size());
    }
  }

 private:
  // Says what the step says; whether its answer is waited for.
  bool step(const char* name, const std::string& about, DialectTurn& turn, Names names) {
    const auto found = forms_.find(name);
    if (found == forms_.end()) return false;
    const bool answered = found->contains("hear");
    if (!found->contains("say")) return answered;
    names.insert(names_.begin(), names_.end());
    const auto joined = joined_.find(names["room"]);
    if (joined != joined_.end()) names["joined"] = joined->second;
    names["ref"] = std::to_string(++ref_);
    if (answered) waiting_[names["ref"]] = {name, about};
    if (waiting_.size() > kMostUnanswered) waiting_.erase(waiting_.begin());
    turn.say.push_back({filled(found->at("say"), names).dump()});
    return answered;
  }

  void hear_one(std::string_view payload, DialectTurn& turn) {
    const Json said = Json::parse(payload, nullptr, false);
    if (said.is_discarded()) return turn.heard.push_back(noise_event(payload));
    for (const char* const name : kSteps) {
      const auto step = forms_.find(name);
      if (step == forms_.end() || !step->contains("hear")) continue;
      std::optional<Names> names = matched(step->at("hear"), said);
      if (names && answers(name, *names)) return understood(name, *names, turn);
    }
    // A server may say more than a file of a few lines knows of: that is no noise.
  }

  // Whether it is the answer to a frame of this step, where the form tells them apart.
  bool answers(const std::string& name, Names& names) {
    const auto ref = names.find("ref");
    if (ref == names.end() || name == "ping") return true;  // whose number is the server's
    const auto asked = waiting_.find(ref->second);
    if (asked == waiting_.end() || asked->second.first != name) return false;
    names[name == "send" ? "id" : "room"] = asked->second.second;
    waiting_.erase(asked);
    return true;
  }

  void understood(const std::string& name, Names& names, DialectTurn& turn) {
    if (name == "login") turn.heard.push_back({Kind::logged_in, {}});
    if (name == "refused") turn.heard.push_back({Kind::refused, names["why"]});
    if (name == "join") turn.heard.push_back({Kind::joined, names["room"]});
    if (name == "send") turn.heard.push_back({Kind::accepted, names["id"]});
    if (name == "message") turn.heard.push_back({Kind::message, names["id"], names["sender"]});
    if (name == "going_away") turn.heard.push_back({Kind::going_away, {}});
    if (name == "ping") {
      names.insert(names_.begin(), names_.end());
      const Json& say = forms_.at("ping").at("say");
      const bool numbered = say.dump().find("$ref") != std::string::npos;
      if (numbered && !names.contains("ref")) names["ref"] = std::to_string(++ref_);
      turn.say.push_back({filled(say, names).dump()});
    }
  }

  const Json& forms_;
  Names names_;
  std::map<std::string, std::string> joined_;  // by room: the $ref that joined it
  std::map<std::string, std::pair<std::string, std::string>> waiting_;  // by $ref: step, what for
  std::uint64_t ref_ = 0;
};

class TemplateDialect final : public Dialect {
 public:
  explicit TemplateDialect(Json forms) : forms_(std::move(forms)) {}

  std::string target(const DialectUser& user) const override {
    std::string rooms;
    for (const std::string& room : user.rooms) rooms += (rooms.empty() ? "" : ",") + room;
    return filled_text(forms_.value("url", "/"),
                       {{"user", user.name}, {"token", user.token}, {"rooms", rooms}});
  }
  std::string subprotocol() const override { return forms_.value("subprotocol", ""); }
  std::unique_ptr<DialectSession> session(const DialectUser& user, DialectMemory&) const override {
    return std::make_unique<TemplateSession>(forms_, user);
  }

 private:
  const Json forms_;
};

// ---- what may be wrong with a file -------------------------------------------------------------

bool one_of(const auto& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

// "a, b, c"
std::string listed(const auto& words) {
  std::string text;
  for (const char* const word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

std::string mistake_in_step(const std::string& name, const Json& step) {
  if (!step.is_object()) return "\"" + name + "\" must be an object with \"say\" or \"hear\"";
  for (const auto& [key, form] : step.items()) {
    if (key != "say" && key != "hear") {
      return fmt::format("\"{}\" has \"{}\"; it may have \"say\" and \"hear\"", name, key);
    }
  }
  return {};
}

std::string mistake_in(const Json& forms) {
  if (!forms.is_object()) return "a dialect is an object, as in { \"send\": { \"say\": .. } }";
  for (const auto& [key, value] : forms.items()) {
    if (one_of(kWords, key)) {
      if (!value.is_string()) return "\"" + key + "\" must be a string";
      continue;
    }
    if (!one_of(kSteps, key)) {
      return fmt::format("\"{}\" is not known; possible are {}, {}", key, listed(kWords),
                         listed(kSteps));
    }
    if (std::string wrong = mistake_in_step(key, value); !wrong.empty()) return wrong;
  }
  const auto has = [&](const char* step, const char* part) {
    return forms.contains(step) && forms.at(step).contains(part);
  };
  if (!has("send", "say")) return "\"send\" with \"say\" is missing: nobody could say anything";
  if (!has("message", "hear")) return "\"message\" with \"hear\" is missing: nobody could hear";
  const std::string heard = forms.at("message").at("hear").dump();
  for (const char* const name : {"$id", "$sender"}) {
    if (heard.find(name) == heard.npos) {
      return std::string("\"message\" must take ") + name +
             " from what is heard: the ledger needs it";
    }
  }
  if (has("ping", "hear") && !has("ping", "say")) return "\"ping\" has nothing to \"say\"";
  return {};
}

// Where a complaint's first quoted word stands in the text: "line 3, column 5: ".
std::string place_of(const std::string& text, const std::string& wrong) {
  const std::size_t open = wrong.find('"'), close = wrong.find('"', open + 1);
  const std::size_t at =
      open == wrong.npos ? wrong.npos : text.find(wrong.substr(open, close - open + 1));
  if (at == text.npos) return "line 1, column 1: ";
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  const std::size_t start = at == 0 ? text.npos : text.rfind('\n', at - 1);
  const std::size_t column = start == text.npos ? at + 1 : at - start;
  return fmt::format("line {}, column {}: ", line, column);
}

}  // namespace

std::unique_ptr<Dialect> dialect_of_text(const std::string& text, std::string& error) {
  Json forms;
  try {
    forms = Json::parse(text);
  } catch (const Json::parse_error& wrong) {
    const std::string what = wrong.what();  // "[json.exception...] parse error at line 3, ..."
    const std::size_t at = what.find("line ");
    error = at == what.npos ? what : what.substr(at);
    return nullptr;
  }
  const std::string wrong = mistake_in(forms);
  if (!wrong.empty()) {
    error = place_of(text, wrong) + wrong;
    return nullptr;
  }
  return std::make_unique<TemplateDialect>(std::move(forms));
}

}  // namespace squall::live
