// Codes of times and amounts, and the warnings.
// See codes.hpp; examples are parts of scenario files.
#include <array>

#include "sim/cli/explain/codes.hpp"

namespace squall {
namespace {

constexpr std::array kTimes{
    CodeRow{"S0401", "A step of the script outside of the run.",
            "Choose a time between the warm-up's start and the drain's end.",
            R"x("script": [{"at": "1h", "do": "broker_down", "for": "1s"}])x"},
    CodeRow{"S0402", "A step of the script that would end after the run.", "Shorten it.",
            R"x("script": [{"at": "1s", "do": "broker_down", "for": "1h"}])x"},
    CodeRow{"S0403",
            "A time-out that is not longer than the rhythm that it watches, or the other "
            "way round.",
            "Choose a longer one.",
            R"x("cluster": {"net": {"peer_heartbeat": "5s", "peer_timeout": "1s"}})x"},
    CodeRow{"S0404", "A fault of something that is down, or faulty in this way, already.",
            "Move one of the two.",
            R"x("script": [{"at": "1s", "do": "crash", "on": "n1"},
 {"at": "2s", "do": "crash", "on": "n1"}])x"},
    CodeRow{"S0405", "A restart of a node that is not down.", "Crash it before, or leave it out.",
            R"x("script": [{"at": "1s", "do": "restart", "on": "n1"}])x"},
    CodeRow{"S0406", "A heal without a partition that is open.", "Add one before, or leave it out.",
            R"x("script": [{"at": "1s", "do": "heal"}])x"},
    CodeRow{"S0407", "An undrain of a node that was not drained.",
            "Drain it before, or leave it out.",
            R"x("script": [{"at": "1s", "do": "undrain", "on": "n1"}])x"},
    CodeRow{"S0408", "More than 64 faults in one script.", "Split the scenario.",
            "(a script with 65 faults)x"},
    CodeRow{"S0410", "More of something than one run can hold.", "Make it smaller.",
            R"x("people": {"u": {"count": 10000000}, "v": {"count": 10000000}})x"},
    CodeRow{"S0411", "Something that goes round so fast that time would hardly move.",
            "Make it slower.", R"x("people": {"u": {"count": 10, "drop": "1ns"}})x"},
    CodeRow{"S0412", "A queue that would take more than ten years to empty.",
            "A smaller queue, or a faster line.",
            R"x("cluster": {"broker": {"publisher_buffer": "1000GiB"},
 "net": {"node_bandwidth": "100bit/s"}})x"},
    CodeRow{"S0501", "Warning: nodes have more to do than they can, so queues do not settle.",
            "More nodes or loops, or less traffic.",
            R"x("cluster": {"nodes": {"count": 3}}, "people": {"u": {"count": 1000}},
 "traffic": [{"as": "t", "to": "user:online", "rate": "1000000/s"}])x"},
    CodeRow{"S0503",
            "Warning: the drain is shorter than the longest back-off and the deadline, so "
            "that who waits so long is still away at the end.",
            "A longer drain.",
            R"x("time": {"drain": "1s"}, "people": {"u": {"count": 2, "drop": "exp(10s)"}},
 "traffic": [{"as": "t", "to": "user:online", "rate": "1/s"}])x"},
    CodeRow{"S0504",
            "Warning: the balancer, or a NAT, ends quiet connections before their next ping.",
            "A quicker heartbeat, or a longer lb.idle_timeout where it is yours.",
            R"x("cluster": {"lb": {"idle_timeout": "10s"}}, "people": {"u": {"count": 2}})x"},
    CodeRow{"S0505",
            "Warning: too few messages to show so small a share, or too few samples to tell "
            "a quantile.",
            "A longer measure, more traffic, more replications, or a larger limit.",
            R"x("people": {"u": {"count": 2}}, "traffic": [{"as": "t", "to": "user:online",
 "rate": "1/s"}], "expect": [{"that": "loss.intent < 0.0001%"}])x"},
    CodeRow{
        "S0507", "Warning: measure begins before everybody has arrived and settled.",
        "A longer warm-up.",
        R"x("time": {"warmup": "1s"}, "people": {"u": {"count": 2, "arrive": "uniform(0s,9s)"}})x"},
    CodeRow{"S0508", "Note: a default strategy does not fit the scenario, and is left out.",
            "More nodes, or name the strategies.", R"x("cluster": {"nodes": {"count": 1}})x"},
    CodeRow{"S0509", "Warning: connecting takes longer than the client waits.",
            "A longer connect_timeout, or a shorter client_node.",
            R"x("people": {"u": {"count": 2}}, "cluster": {"net": {"client_node": "10s"}})x"},
    CodeRow{"S0510", "Warning: a pong takes longer than the heartbeat's time-out.",
            "A longer time-out, or a shorter client_node.",
            R"x("people": {"u": {"count": 2}}, "cluster": {"net": {"client_node": "6s"}},
 "client": {"connect_timeout": "5m"})x"},
    CodeRow{
        "S0513", "Warning: only pings renew the registry's entries, and too seldom.",
        "A longer lease, or a quicker heartbeat.",
        R"x("strategies": ["routed"], "cluster": {"registry": {"renew": "ping", "lease": "5s"}})x"},
    CodeRow{"S0514", "Warning: an option that this backplane does not have.", "Leave it out.",
            R"x("strategies": [{"use": "routed", "as": "mine", "backplane": "broadcast",
 "route_cache": "5s"}])x"},
    CodeRow{"S0515", "Warning: the connections of a node need more memory than it may have.",
            "A higher memory.limit, more nodes, or fewer users.",
            R"x("cluster": {"nodes": {"count": 1, "memory": {"limit": "65MiB"}}},
 "people": {"u": {"count": 100}})x"},
    CodeRow{"S0516", "Warning: a histogram of rooms has more members than there are users.",
            "Fewer or smaller rooms, or more users: each user is in one room of the set.",
            R"x("people": {"u": {"count": 100}}, "rooms": {"r": {"sizes": [[50, 3]]}})x"},
    CodeRow{"S0517", "Warning: what waits in mailboxes for a client is more than its queue takes.",
            "A higher egress_queue.limit, fewer mailbox_messages, or smaller messages.",
            R"x("people": {"u": {"count": 50}}, "strategies": ["routed:hardened"],
 "traffic": [{"as": "t", "to": "all", "rate": "50/s", "size": "8KiB"}])x"},
    CodeRow{"S0601", "Something that the live engine does not play.",
            "--engine sim, or leave it out.", "(squall run lb-idle-timeout --engine live)"},
};

}  // namespace

std::span<const CodeRow> time_codes() { return kTimes; }

}  // namespace squall
