// nchan, the push module of nginx: one channel for both ways, whose location is /pubsub/ROOMS.
//
// The rooms are in the URL, so who is in several publishes to all of them; and there is no login
// and no acknowledgement. Own messages come back.
#include "sim/live/dialects/rows.hpp"

namespace squall::live {
namespace {

constexpr char kNchanTemplates[] = R"({
  "url": "/pubsub/$rooms",
  "send": { "say": {"id": "$id", "from": "$sender", "pad": "$pad"} },
  "message": { "hear": {"id": "$id", "from": "$sender"} }
})";

}  // namespace

DialectRow nchan_row() {
  return {"nchan", "nchan", "libnginx-mod-nchan of Debian, three nginx and one Redis",
          "location /pubsub/ROOMS of nginx; one room per client", make_of<kNchanTemplates>};
}

}  // namespace squall::live
