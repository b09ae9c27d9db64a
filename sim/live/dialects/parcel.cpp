// Writes and reads parcels. See parcel.hpp.
// Reading looks at two fields; what else a server adds to an object does not matter.
#include "sim/live/dialects/parcel.hpp"

#include <nlohmann/json.hpp>

namespace squall::live {
namespace {

constexpr std::size_t kShown = 80;  // of what is not understood

}  // namespace

std::string parcel_text(const Parcel& parcel) {
  nlohmann::ordered_json object{{"id", parcel.id}, {"from", parcel.sender}, {"pad", ""}};
  const auto bare = static_cast<Bytes>(object.dump().size());
  if (parcel.size > bare) {
    object["pad"] = std::string(static_cast<std::size_t>(parcel.size - bare), 'x');
  }
  return object.dump();
}

std::optional<DialectEvent> parcel_event(std::string_view text) {
  const auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const auto id = object.find("id"), from = object.find("from");
  if (id == object.end() || from == object.end()) return std::nullopt;
  if (!id->is_string() || !from->is_string()) return std::nullopt;
  return DialectEvent{DialectEvent::Kind::message, id->get<std::string>(),
                      from->get<std::string>()};
}

DialectEvent noise_event(std::string_view text) {
  return {DialectEvent::Kind::noise, std::string(text.substr(0, kShown))};
}

}  // namespace squall::live
