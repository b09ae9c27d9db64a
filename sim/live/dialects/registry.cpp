// The table of dialects. A plain server's needs no row: it is a file (templates.hpp).
// What a row says stands in the file of its dialect.
#include <algorithm>
#include <array>

#include "sim/live/dialects/rows.hpp"

namespace squall::live {

std::span<const DialectRow> dialects() {
  static const std::array kRows{socketio_row(), nchan_row(),      stomp_row(),
                                nats_row(),     centrifugo_row(), phoenix_row()};
  return kRows;
}

const DialectRow* dialect_named(std::string_view name) {
  const auto found = std::ranges::find(dialects(), name, &DialectRow::name);
  return found == dialects().end() ? nullptr : &*found;
}

}  // namespace squall::live
