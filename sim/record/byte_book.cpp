// The laws of the byte book. See byte_book.hpp.
// They are checked after every run; see also ledger_laws.cpp and the checks in engine.cpp.
#include "sim/record/byte_book.hpp"

#include <fmt/core.h>

namespace squall {

void ByteBook::check(std::vector<Violation>& violations) const {
  Bytes node_links = 0;
  for (std::size_t i = 0; i < kLinks; ++i) {
    const Totals& totals = totals_[i];
    const std::string link(name(static_cast<Link>(i)));
    if (totals.sent != totals.received + totals.lost + totals.in_flight) {
      violations.push_back(
          {"bytes " + link,
           fmt::format("sent {} != received {} + lost {} + in flight {}", totals.sent,
                       totals.received, totals.lost, totals.in_flight)});
    }
    if (totals.sent != totals.by_purpose) {
      violations.push_back({"bytes " + link, fmt::format("sum over purposes {} != total {}",
                                                         totals.by_purpose, totals.sent)});
    }
    if (touches_node(static_cast<Link>(i))) node_links += totals.sent;
  }
  Bytes cards = 0;
  for (const Bytes card : nic_) cards += card;
  if (cards != node_links) {
    violations.push_back(
        {"bytes at network cards", fmt::format("{} != on links of nodes {}", cards, node_links)});
  }
}

}  // namespace squall
