// Phoenix channels, serializer 2.0.0, from its documentation.
// Topics are "room:NAME", the event is new_msg: a channel of another application needs a file.
#include "sim/live/dialects/rows.hpp"

namespace squall::live {
namespace {

constexpr char kPhoenixTemplates[] = R"({
  "url": "/socket/websocket?vsn=2.0.0&token=$token",
  "join": { "say": ["$ref", "$ref", "room:$room", "phx_join", {}],
            "hear": ["$any", "$ref", "room:$room", "phx_reply", {"status": "ok"}] },
  "leave": { "say": ["$joined", "$ref", "room:$room", "phx_leave", {}] },
  "refused": { "hear": ["$any", "$any", "$any", "phx_reply", {"status": "error"}] },
  "send": { "say": ["$joined", "$ref", "room:$room", "new_msg",
                    {"id": "$id", "from": "$sender", "pad": "$pad"}],
            "hear": ["$any", "$ref", "$any", "phx_reply", {"status": "ok"}] },
  "message": { "hear": [null, null, "room:$room", "new_msg", {"id": "$id", "from": "$sender"}] },
  "beat": { "say": [null, "$ref", "phoenix", "heartbeat", {}] }
})";

}  // namespace

DialectRow phoenix_row() {
  return {"phoenix", "Phoenix channels", "untested against the product",
          "serializer 2.0.0; rooms are topics room:NAME, messages the event new_msg",
          make_of<kPhoenixTemplates>};
}

}  // namespace squall::live
