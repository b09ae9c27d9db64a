// Centrifugo, the JSON protocol of its clients, from its documentation.
// Channels are rooms; one that is joined while it is joined already answers with an error.
#include "sim/live/dialects/rows.hpp"

namespace squall::live {
namespace {

constexpr char kCentrifugoTemplates[] = R"({
  "url": "/connection/websocket", "batch": "\n",
  "login": { "say": {"id": "$ref#", "connect": {"token": "$token"}},
             "hear": {"id": "$ref", "connect": "$any"} },
  "refused": { "hear": {"id": "$any", "error": {"message": "$why"}} },
  "join": { "say": {"id": "$ref#", "subscribe": {"channel": "$room"}},
            "hear": {"id": "$ref", "subscribe": "$any"} },
  "leave": { "say": {"id": "$ref#", "unsubscribe": {"channel": "$room"}} },
  "send": { "say": {"id": "$ref#", "publish": {"channel": "$room",
                    "data": {"id": "$id", "from": "$sender", "pad": "$pad"}}},
            "hear": {"id": "$ref", "publish": "$any"} },
  "message": { "hear": {"push": {"channel": "$room",
                        "pub": {"data": {"id": "$id", "from": "$sender"}}}} },
  "ping": { "hear": {}, "say": {} }
})";

}  // namespace

DialectRow centrifugo_row() {
  return {"centrifugo", "Centrifugo", "untested against the product",
          "JSON protocol; a token per user; rooms are channels", make_of<kCentrifugoTemplates>};
}

}  // namespace squall::live
