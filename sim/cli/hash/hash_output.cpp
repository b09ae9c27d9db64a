// Three tables: keys, servers, changes; in a pipe each entry is one line, for grep and cut.
// See hash_output.hpp.
#include "sim/cli/hash/hash_output.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/words/format.hpp"

namespace squall {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

std::string_view verb(HashEvent event) {
  switch (event) {
    case HashEvent::join: return "joins";
    case HashEvent::die: return "dies";
    case HashEvent::leave: return "leaves";
  }
  return {};
}

std::string_view word(HashEvent event) {
  switch (event) {
    case HashEvent::join: return "join";
    case HashEvent::die: return "die";
    case HashEvent::leave: return "leave";
  }
  return {};
}

std::string percent(double share) { return decimal(share * 100, 1) + " %"; }

std::string shown(const std::string& address) {
  return address.empty() ? "(none)" : printable(address);
}

std::string server_of(const HashAnswer& answer, std::size_t key) {
  const auto server = answer.landing[key];
  return server ? answer.servers[*server].backend.address : std::string{};
}

std::string assignment_table(const HashAnswer& answer) {
  std::vector<Row> rows{{"key", "server"}};
  for (std::size_t key = 0; key < answer.keys.size(); ++key) {
    rows.push_back({printable(answer.keys[key]), shown(server_of(answer, key))});
  }
  return text_table(rows, 2);
}

std::string load_table(const HashAnswer& answer) {
  std::vector<Row> rows{{"server", "weight", "keys", "share", "ideal"}};
  const std::vector<HashLoad> all = loads(answer.servers, answer.landing);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const HashServer& server = answer.servers[i];
    rows.push_back({printable(server.backend.address) + (server.down ? " (down)" : ""),
                    std::to_string(server.backend.weight), grouped(all[i].keys),
                    percent(all[i].share), percent(all[i].ideal_share)});
  }
  return text_table(rows, 1) + fmt::format("The fullest has {} times its ideal share.\n",
                                           decimal(fullest_factor(all), 2));
}

std::string change_table(const HashAnswer& answer) {
  std::vector<Row> rows{{"when", "moved", "share", "ideal", "needless", "fullest then"}};
  const double keys = static_cast<double>(answer.keys.size());
  for (const HashChange& change : answer.changes) {
    rows.push_back({printable(change.server.address) + " " + std::string(verb(change.event)),
                    grouped(change.moved), percent(static_cast<double>(change.moved) / keys),
                    percent(change.ideal_share), grouped(change.needless),
                    decimal(change.fullest_factor, 2)});
  }
  return text_table(rows, 1) +
         "dies: stays in the list and is skipped; leaves: its line is taken out of the list.\n"
         "needless: moved between two servers that did not change.\n" +
         (answer.list_moves ? "" : "one-more:80 is an example; --join takes a real server.\n");
}

std::string move_table(const HashAnswer& answer) {
  std::vector<Row> rows{{"when", "key", "from", "to"}};
  for (const HashChange& change : answer.changes) {
    for (const HashMove& move : change.moves) {
      rows.push_back({printable(change.server.address) + " " + std::string(verb(change.event)),
                      printable(answer.keys[move.key]), shown(move.from), shown(move.to)});
    }
  }
  return rows.size() == 1 ? "" : "\n" + text_table(rows, 4);
}

Json address_or_null(const std::string& address) {
  return address.empty() ? Json(nullptr) : Json(address);
}

Json change_json(const HashAnswer& answer, const HashChange& change) {
  const double keys = static_cast<double>(answer.keys.size());
  Json json{{"change", word(change.event)},
            {"server", change.server.address},
            {"weight", change.server.weight},
            {"moved_keys", change.moved},
            {"moved_share", static_cast<double>(change.moved) / keys},
            {"ideal_share", change.ideal_share},
            {"needless_keys", change.needless},
            {"fullest_factor", change.fullest_factor}};
  if (!answer.list_moves) return json;
  json["moves"] = Json::array();
  for (const HashMove& move : change.moves) {
    json["moves"].push_back({{"key", answer.keys[move.key]},
                             {"from", address_or_null(move.from)},
                             {"to", address_or_null(move.to)}});
  }
  return json;
}

}  // namespace

std::string hash_text(const HashAnswer& answer) {
  std::string text = std::string(answer.policy.name) + ": " + std::string(answer.policy.meaning);
  text += fmt::format("\n\n{}\n{}", assignment_table(answer), load_table(answer));
  if (!answer.changes.empty()) text += "\n" + change_table(answer);
  if (answer.list_moves) text += move_table(answer);
  return text;
}

std::string hash_json(const HashAnswer& answer) {
  Json json{{"schema", "squall.hash/1"}, {"policy", answer.policy.name}};
  json["servers"] = Json::array();
  const std::vector<HashLoad> all = loads(answer.servers, answer.landing);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const HashServer& server = answer.servers[i];
    json["servers"].push_back({{"server", server.backend.address},
                               {"weight", server.backend.weight},
                               {"down", server.down},
                               {"keys", all[i].keys},
                               {"share", all[i].share},
                               {"ideal_share", all[i].ideal_share}});
  }
  json["assignments"] = Json::array();
  for (std::size_t key = 0; key < answer.keys.size(); ++key) {
    json["assignments"].push_back(
        {{"key", answer.keys[key]}, {"server", address_or_null(server_of(answer, key))}});
  }
  json["changes"] = Json::array();
  for (const HashChange& change : answer.changes) {
    json["changes"].push_back(change_json(answer, change));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace squall
