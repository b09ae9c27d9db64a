// Codes of names that refer to something, and of parts that do not fit each other.
// See codes.hpp; examples are parts of scenario files.
#include <array>

#include "sim/cli/explain/codes.hpp"

namespace squall {
namespace {

constexpr std::array kReferences{
    CodeRow{"S0301", "A parameter that is not declared under params.", "Declare it, or mend it.",
            R"x("cluster": {"nodes": {"count": "$nodes"}})x"},
    CodeRow{"S0302", "A parameter that nothing uses; a note where --set replaced what used it.",
            "Use it as \"$name\", or remove it.", R"x("params": {"nodes": 3})x"},
    CodeRow{"S0303", "A parameter with a bad name, or a value that is not plain.",
            "Give it a plain value: a number or a text.", R"x("params": {"nodes": []})x"},
    CodeRow{"S0310", "A span of the script that has no such label.",
            "Name the `as` of a fault of the script.",
            R"x("expect": [{"that": "loss.intent < 1%", "during": "nothing"}])x"},
    CodeRow{"S0311", "A population that does not exist.", "Name one of people.",
            R"x("people": {"u": {"count": 2}},
 "script": [{"at": "1s", "do": "disconnect", "on": "v"}])x"},
    CodeRow{"S0312", "A set of rooms that does not exist.", "Name one of rooms.",
            R"x("people": {"u": {"count": 2}}, "rooms": {"r": {"count": 1}},
 "traffic": [{"as": "t", "to": "room:q", "rate": "1/s"}])x"},
    CodeRow{"S0313", "A traffic class that does not exist.", "Name the `as` of one of traffic.",
            R"x("expect": [{"that": "loss.intent < 1%", "of": "chat"}])x"},
    CodeRow{"S0314", "An individual that does not exist.", "Name one of clients.",
            R"x("script": [{"at": "1s", "do": "connect", "by": "ann"}])x"},
    CodeRow{"S0315", "An individual that does something that it cannot do then.",
            "Let it connect, or be in the room, before.",
            R"x("clients": {"ann": {}}, "script": [{"at": "1s", "do": "leave", "by": "ann",
 "room": "r"}])x"},
    CodeRow{"S0316", "A zone that no node is in, and that is so far from no other one.",
            "Name one of cluster.nodes.zones, or say in cluster.net.zones how far it is.",
            R"x("cluster": {"nodes": {"zones": ["a", "b"]}, "broker": {"zone": "c"}})x"},
    CodeRow{"S0320", "A strategy that does not exist.", "squall list strategies has the names.",
            R"x("strategies": ["broadcasted"])x"},
    CodeRow{"S0321", "A registered name (a policy, a backplane, a profile) that does not exist.",
            "Choose one of those in the message.", R"x("cluster": {"lb": {"policy": "best"}})x"},
    CodeRow{"S0322", "A metric that does not exist.", "squall list metrics has the names.",
            R"x("expect": [{"that": "loss.intnt < 1%"}])x"},
    CodeRow{"S0323", "A metric that cannot be asked for one span or one traffic class.",
            "Leave `during`, `outside` or `of` out; squall list metrics says which may.",
            R"x("people": {"u": {"count": 2}}, "traffic": [{"as": "t", "to": "user:online",
 "rate": "1/s"}], "expect": [{"that": "ledger.unattributed == 0", "of": "t"}])x"},
    CodeRow{"S0324", "A metric without a closed form is compared with it.",
            "Compare with a value; squall list metrics says which have one.",
            R"x("expect": [{"that": "loss.connected ~ closed_form"}])x"},
    CodeRow{"S0325", "A name that is given twice.", "Rename one of them.",
            R"x("strategies": ["routed", "routed"])x"},
    CodeRow{"S0326", "A pattern of strategies that fits none of them.", "Mend `for`.",
            R"x("strategies": ["routed"], "expect": [{"that": "loss.intent < 1%",
 "for": "broadcast"}])x"},
    CodeRow{"S0327",
            "A resume that nobody could serve: on a backplane whose nodes do not hear everything, "
            "or out of a broker's log where there is no broker.",
            "A backplane that can (`broadcast`; with `\"history\": \"broker\"` `interest`, "
            "too), or no `resume`.",
            R"x("strategies": [{"use": "routed", "as": "mine", "resume": "2m"}])x"},
    CodeRow{"S0328", "A value that a strategy cannot play otherwise than the others.",
            "Of `client`, `cluster.broker`, `cluster.registry`, `cluster.nodes.egress_queue`; for "
            "all else write a second scenario.",
            R"x("strategies": [{"use": "routed", "as": "mine",
 "with": {"/cluster/nodes/count": 4}}])x"},
    CodeRow{"S0330",
            "More of one thing than there is of another: connections than nodes, rooms "
            "per user than rooms, or one thing on both sides.",
            "Make one of the two smaller.",
            R"x("cluster": {"nodes": {"count": 1}}, "strategies": ["multi_active"])x"},
    CodeRow{"S0332", "Traffic that nobody can send, or nobody receive.",
            "Add people or rooms, or another `from` and `to`.",
            R"x("traffic": [{"as": "t", "to": "user:online", "rate": "1/s"}])x"},
    CodeRow{
        "S0333",
        "A history where no node hears everything in one order: several paths of the broker, or a "
        "consumer group that nodes share.",
        "One path, a group of its own for each node, or a strategy without `resume`.",
        R"x("cluster": {"broker": {"paths": 3}}, "strategies": ["broadcast+resume"])x"},
    CodeRow{"S0334", "A knob that cannot be set while a run plays.",
            "Set one of those in the message; write a second scenario for all else.",
            R"x("script": [{"at": "1s", "do": "set", "path": "/cluster/nodes/count", "to": 4}])x"},
    CodeRow{"S0335", "Two keys that speak of two different set-ups.", "Leave one of the two out.",
            R"x("cluster": {"lb": {"dns_ttl": "1m", "idle_timeout": "1m"}})x"},
    CodeRow{"S0336", "A file of room sizes that is not there, or says something else.",
            "A line for each size: members, or members,rooms. The name is seen from the scenario.",
            R"x("rooms": {"r": {"sizes": "no-such-file.csv"}})x"},
    CodeRow{"S0337", "What the scenario extends is not there, or extends another one itself.",
            "Name a built-in scenario, or a file as it is seen from this one.",
            R"x("extends": "no-such-scenario")x"},
};

}  // namespace

std::span<const CodeRow> reference_codes() { return kReferences; }

}  // namespace squall
