// Bytes between two samples of the sockets, and the judgement on the generator. See the header.
// What the books know by name (payload, frame headers) is taken from them; the rest of what the
// sockets counted is heartbeats, acknowledgements and the language of the link.
#include "sim/live/books/engine_facts.hpp"

#include <fmt/core.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "sim/record/wire.hpp"

namespace squall::live {
namespace {

constexpr double kLatenessShare = 0.1;                             // of the reported p99 ...
constexpr Duration kLatenessFloor = std::chrono::milliseconds{5};  // ... or this, if it is more
constexpr double kMissingShare = 0.01;                             // of the planned messages
constexpr double kGreyShare = 0.001;                               // of the owed pairs

// One direction of the sockets of a link class.
struct Stream {
  Bytes bytes = 0;
  std::int64_t segments = 0, bare = 0;
};
struct BothWays {
  Stream sent, received;
};

// On a wire of 1,500 bytes. Where a library opened the socket, loopback sends 64 KiB at once; and
// wherever much comes at once, it is acknowledged once: a network would see every second segment
// acknowledged, unless data goes the other way.
BothWays on_a_wire(const Traffic& traffic) {
  const auto segments = [](std::int64_t counted, Bytes bytes) {
    return std::max(counted, bytes > 0 ? wire::segments(bytes) : 0);
  };
  BothWays ways{{traffic.sent, segments(traffic.segments_sent, traffic.sent), traffic.bare_sent},
                {traffic.received, segments(traffic.segments_received, traffic.received),
                 traffic.bare_received}};
  ways.sent.bare = std::max(ways.sent.bare, ways.received.segments / 2 - ways.sent.segments);
  ways.received.bare =
      std::max(ways.received.bare, ways.sent.segments / 2 - ways.received.segments);
  return ways;
}

// What is not booked yet of the stream goes under `rest`; headers of TCP beside it. The sockets
// were read when measure began and when it ended: their difference belongs to it.
void add(Inside edges, LinkBytes& link, BytePurpose purpose, Bytes bytes) {
  link.sent[static_cast<std::size_t>(purpose)].add(edges, bytes);
}

void fill(Inside edges, LinkBytes& link, const Stream& stream, BytePurpose rest) {
  Bytes booked = 0;
  for (const Bytes bytes : link.sent) booked += bytes;
  add(edges, link, rest, std::max<Bytes>(0, stream.bytes - booked));
  add(edges, link, BytePurpose::transport, stream.segments * wire::kTcpIpHeader);
  add(edges, link, BytePurpose::acknowledgement, stream.bare * wire::kTcpIpHeader);
}

// Of an accepted connection Linux counts the SYN that it got, as one of 52 bytes, and not the one
// that it sent.
void fill_opening(Inside edges, LinkBytes& link, const Stream& stream, Bytes syns) {
  add(edges, link, BytePurpose::handshake,
      stream.bytes + (stream.segments + stream.bare) * wire::kTcpIpHeader + syns);
}

void fill_bytes(const EngineFacts& facts, RunRecord& record) {
  Traffic clients, peers, broker, registry, opening;
  std::int64_t openings = 0;
  const auto& begin = facts.window_begin.nodes;
  const auto& end = facts.window_end.nodes;
  for (std::size_t n = 0; n < begin.size() && n < end.size(); ++n) {
    clients += end[n].clients - begin[n].clients;
    peers += end[n].peers - begin[n].peers;
    broker += end[n].broker - begin[n].broker;
    registry += end[n].registry - begin[n].registry;
    opening += end[n].opening - begin[n].opening;
    openings += end[n].openings - begin[n].openings;
  }
  const auto link = [&](Link which) -> LinkBytes& {
    return record.bytes[static_cast<std::size_t>(which)];
  };
  using P = BytePurpose;
  // The sockets were read when measure began and when it ended: their difference belongs to it.
  const Inside edges = Window(record.measure).closing(record.measure);
  // The balancer passes on what it gets, so both of its sides carry the same.
  const BothWays of_clients = on_a_wire(clients);
  for (const Link down : {Link::node_to_lb, Link::lb_to_client}) {
    fill(edges, link(down), of_clients.sent, P::control);
    fill_opening(edges, link(down), on_a_wire(opening).sent, openings * wire::kSyn);
  }
  for (const Link up : {Link::client_to_lb, Link::lb_to_node}) {
    fill(edges, link(up), of_clients.received, P::control);
    fill_opening(edges, link(up), on_a_wire(opening).received,
                 openings * (wire::kSyn - wire::kTcpIpHeader));
  }
  // Both ends are ours: what one sent, the other received.
  fill(edges, link(Link::node_to_node), on_a_wire(peers).sent, P::control);
  const BothWays of_broker = on_a_wire(broker), of_registry = on_a_wire(registry);
  fill(edges, link(Link::node_to_broker), of_broker.sent, P::framing);
  fill(edges, link(Link::broker_to_node), of_broker.received, P::framing);
  fill(edges, link(Link::node_to_registry), of_registry.sent, P::control);
  fill(edges, link(Link::registry_to_node), of_registry.received, P::control);
}

std::string milliseconds(std::int64_t ns) {
  const std::int64_t us = ns / 1000;
  return fmt::format("{}.{:03} ms", us / 1000, us % 1000);
}

// An outage lasts as long as a server takes to start, whatever the script says.
constexpr Duration kLongerAtLeast = std::chrono::milliseconds{200};
constexpr double kLongerShare = 1.1;

void add_outages(const Cluster& cluster, Time end, LiveRow& live) {
  live.outages = cluster.outages;
  live.remarks.insert(live.remarks.end(), cluster.remarks.begin(), cluster.remarks.end());
  for (LiveOutage& outage : live.outages) {
    outage.end = std::min(outage.end, end);
    const Duration lasted = outage.end - outage.begin;
    const Duration longer = lasted - outage.planned;
    const auto limit = static_cast<double>(outage.planned.count()) * kLongerShare;
    if (outage.planned == Duration{0} || longer < kLongerAtLeast ||
        static_cast<double>(lasted.count()) < limit) {
      continue;
    }
    live.remarks.push_back(
        fmt::format("the outage of the {} at {} was to last {} and lasted {}: so long the server "
                    "took to start again; what was lost meanwhile is billed to the script",
                    outage.what, seconds(outage.begin), seconds(outage.planned), seconds(lasted)));
  }
}

std::string why_invalid(const RunRecord& record) {
  const LiveRow& live = record.live;
  Histogram latency;
  for (const Cell& cell : record.cells) latency.merge(cell.latency);
  const auto share =
      static_cast<std::int64_t>(kLatenessShare * static_cast<double>(latency.quantile(0.99)));
  const std::int64_t limit = std::max<std::int64_t>(kLatenessFloor.count(), share);
  const std::int64_t late = live.lateness.quantile(0.99);
  if (late > limit) {
    return fmt::format(
        "the generator was late: p99 {}, and {} is allowed (10 % of the latency's p99, or 5 ms); "
        "play fewer clients or messages",
        milliseconds(late), milliseconds(limit));
  }
  if (static_cast<double>(live.sent) < (1 - kMissingShare) * static_cast<double>(live.planned)) {
    return fmt::format("only {} of {} planned messages were sent", live.sent, live.planned);
  }
  if (static_cast<double>(live.grey) > kGreyShare * static_cast<double>(live.owed)) {
    return fmt::format(
        "{} pairs lie within the clock's uncertainty of a login, of {} owed: more than 0.1 %",
        live.grey, live.owed);
  }
  return {};
}

}  // namespace

std::string seconds(Duration time) {
  const std::int64_t ms = time.count() / 1'000'000;
  return fmt::format("{}{}.{:03} s", ms < 0 ? "-" : "", std::abs(ms / 1000), std::abs(ms % 1000));
}

Duration process_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto ns = [](const timeval& t) {
    return std::chrono::seconds{t.tv_sec} + std::chrono::microseconds{t.tv_usec};
  };
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

Duration thread_cpu() {
  timespec burnt{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &burnt) != 0) return Duration{0};
  return std::chrono::seconds{burnt.tv_sec} + std::chrono::nanoseconds{burnt.tv_nsec};
}

void add_engine_facts(const Cluster& cluster, const EngineFacts& facts, RunRecord& record) {
  fill_bytes(facts, record);
  LiveRow& live = record.live;
  live.played = record.all_in_one_process = true;
  live.lateness = facts.lateness;
  live.planned = static_cast<std::uint64_t>(std::ranges::count_if(
      cluster.timeline.messages,
      [&](const PlannedMessage& planned) { return planned.at <= cluster.cut(); }));
  live.sent = facts.sent;
  live.strangers = cluster.strangers.row();
  live.cpu = facts.window_end.cpu - facts.window_begin.cpu;
  add_outages(cluster, facts.end, live);
  live.invalid = !cluster.accident.empty() ? cluster.accident : why_invalid(record);
}

}  // namespace squall::live
