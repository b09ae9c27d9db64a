// A story as a Perfetto trace: a track for each participant, an instant for each step, a slice
// from each step to the next. It holds nothing else, so the viewer opens at the message.
#include <algorithm>

#include "report/export/protobuf.hpp"
#include "report/words/utf8.hpp"
#include "sim/cli/explain/story.hpp"

namespace squall {
namespace {

constexpr std::uint64_t kBegin = 1, kEnd = 2;  // of TrackEvent
constexpr std::uint64_t kFlow = 1;
constexpr Duration kShortest = 1us;  // a slice that can be seen

std::string packet(ProtobufWriter one) {
  one.varint(10, 1);  // trusted_packet_sequence_id
  ProtobufWriter trace;
  return trace.message(1, one).text();
}

std::string track(std::uint64_t id, const std::string& name) {
  ProtobufWriter process;
  process.varint(1, id).bytes(6, clean_utf8(name));
  ProtobufWriter descriptor;
  descriptor.varint(1, id).message(3, process);
  ProtobufWriter one;
  one.message(60, descriptor);
  return packet(std::move(one));
}

std::string event(std::uint64_t track, std::uint64_t type, std::int64_t at,
                  const std::string& name) {
  ProtobufWriter event;
  event.varint(9, type).varint(11, track);
  if (!name.empty()) event.bytes(23, clean_utf8(name)).fixed64(47, kFlow);
  ProtobufWriter one;
  one.varint(8, static_cast<std::uint64_t>(std::max<std::int64_t>(0, at))).message(11, event);
  return packet(std::move(one));
}

}  // namespace

std::string as_trace(const Story& story, Time begin) {
  std::vector<std::string> tracks;
  std::string text;
  for (const Step& step : story.steps) {
    if (std::ranges::find(tracks, step.from) != tracks.end()) continue;
    tracks.push_back(step.from);
    text += track(tracks.size(), step.from);
  }
  for (std::size_t i = 0; i < story.steps.size(); ++i) {
    const Step& step = story.steps[i];
    const auto found = std::ranges::find(tracks, step.from);
    const auto id = static_cast<std::uint64_t>(found - tracks.begin()) + 1;
    const Time next = i + 1 < story.steps.size() ? story.steps[i + 1].at : step.at;
    const Time end = std::max(next, step.at + kShortest);
    text += event(id, kBegin, (step.at - begin).count(), step.what);
    text += event(id, kEnd, (end - begin).count(), "");
  }
  return text;
}

}  // namespace squall
